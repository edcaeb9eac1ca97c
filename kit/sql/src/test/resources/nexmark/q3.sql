-- silver.result name varchar, city varchar, state varchar, id bigint key
SELECT p.name, p.city, p.state, a.id
FROM bronze.auction AS a INNER JOIN bronze.person AS p ON a.seller = p.id
WHERE a.category = 10 AND (p.state = 'OR' OR p.state = 'ID' OR p.state = 'CA')
