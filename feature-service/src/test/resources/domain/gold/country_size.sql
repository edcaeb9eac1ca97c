SELECT   c.country,
         COUNT(*) AS customers
FROM     silver.customer c
GROUP BY c.country
