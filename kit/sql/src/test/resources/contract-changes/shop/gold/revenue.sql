SELECT   country, CAST(SUM(amount) AS DECIMAL(14, 2)) AS revenue
FROM     silver.open_order
WHERE    country IS NOT NULL
GROUP BY country
