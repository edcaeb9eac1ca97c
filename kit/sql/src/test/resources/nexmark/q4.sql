-- silver.result category integer key, average double
SELECT q.category, CAST(AVG(q.final) AS DOUBLE PRECISION) AS average
FROM (
    SELECT MAX(b.price) AS final, a.category
    FROM bronze.auction a, bronze.bid b
    WHERE a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires
    GROUP BY a.id, a.category) q
GROUP BY q.category
