-- The three products that each store sold most of in the last 12 months. What is older leaves by itself.
WITH sold AS (
  SELECT   o.store_id                         AS store_id,
           i.sku                              AS sku,
           SUM(i.quantity)                    AS quantity,
           SUM(i.amount)                      AS amount
  FROM     silver.order_item i
  JOIN     silver."order" o ON o.order_id = i.order_id
  WHERE    o.ordered_at > CURRENT_TIMESTAMP - INTERVAL '12' MONTH
  GROUP BY o.store_id, i.sku
)
SELECT store_id,
       place,
       sku,
       CAST(quantity AS BIGINT)               AS quantity,
       CAST(amount AS DECIMAL(14, 2))         AS revenue
FROM   (SELECT store_id, sku, quantity, amount,
               ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY quantity DESC, sku) AS place
        FROM   sold) ranked
WHERE  place <= 3
