-- silver.result seller bigint, id bigint key, average double
SELECT
    q.seller,
    q.id,
    CAST(AVG(q.final) OVER (PARTITION BY q.seller ORDER BY q.sold, q.id ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS DOUBLE PRECISION) AS average
FROM (
    SELECT a.id, a.seller, MAX(b.price) AS final, MAX(b.date_time) AS sold
    FROM bronze.auction AS a, bronze.bid AS b
    WHERE a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires
    GROUP BY a.id, a.seller) AS q
