-- One row per line of an order, at the price that holds now: a partner's correction before the list price.
WITH price AS (
  SELECT p.sku                                AS sku,
         p.category                           AS category,
         COALESCE(c.price, p.price)           AS unit_price
  FROM   bronze.products p
  LEFT JOIN bronze.price_corrections c ON c.sku = p.sku
)
SELECT i.id                                   AS order_item_id,
       i.order_id                             AS order_id,
       i.sku                                  AS sku,
       p.category                             AS category,
       CAST(i.quantity AS BIGINT)             AS quantity,
       p.unit_price                           AS unit_price,
       CAST(i.quantity * p.unit_price AS DECIMAL(12, 2)) AS amount
FROM   bronze.order_items i
JOIN   price p ON p.sku = i.sku
