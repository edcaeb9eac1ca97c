SELECT c.id                    AS customer_id,
       UPPER(TRIM(c.country))  AS country
FROM   bronze.customers c
