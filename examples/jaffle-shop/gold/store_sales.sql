-- What each store sold on each day (UTC), at the prices that hold now. Guests count too.
WITH basket AS (
  SELECT   order_id,
           SUM(quantity)                      AS items,
           SUM(amount)                        AS amount
  FROM     silver.order_item
  GROUP BY order_id
)
SELECT   o.store_id                           AS store_id,
         CAST(o.ordered_at AS DATE)           AS sales_date,
         COUNT(*)                             AS orders,
         COUNT(*) FILTER (WHERE o.customer_id IS NULL) AS guest_orders,
         CAST(COALESCE(SUM(b.items), 0) AS BIGINT) AS items,
         CAST(COALESCE(SUM(b.amount), 0) AS DECIMAL(14, 2)) AS revenue
FROM     silver."order" o
LEFT JOIN basket b ON b.order_id = o.order_id
GROUP BY o.store_id, CAST(o.ordered_at AS DATE)
