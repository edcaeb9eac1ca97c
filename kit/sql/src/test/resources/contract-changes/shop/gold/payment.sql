SELECT id, UPPER(state) = 'PAID' AS paid, CAST(priority AS BIGINT) AS priority
FROM   bronze.orders
