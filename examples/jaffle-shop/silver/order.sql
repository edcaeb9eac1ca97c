-- One row per order, under the first registration of whoever placed it: see silver/customer.sql.
-- (`order` is a word of SQL, so models that read this product write silver."order".)
WITH registered AS (
  SELECT c.id                                 AS customer_id,
         NULLIF(LOWER(TRIM(c.email)), '')     AS email
  FROM   bronze.customers c
),
first_registered AS (
  SELECT   email, MIN(customer_id)            AS customer_id
  FROM     registered
  WHERE    email IS NOT NULL
  GROUP BY email
)
SELECT o.id                                   AS order_id,
       COALESCE(f.customer_id, o.customer_id) AS customer_id,
       o.store_id                             AS store_id,
       o.ordered_at                           AS ordered_at
FROM   bronze.orders o
LEFT JOIN registered r       ON r.customer_id = o.customer_id
LEFT JOIN first_registered f ON f.email = r.email
