-- What each store sold in each hour (UTC), at the prices that hold now.
WITH basket AS (
  SELECT   order_id,
           SUM(amount)                        AS amount
  FROM     silver.order_item
  GROUP BY order_id
)
SELECT   w.store_id                           AS store_id,
         w.window_start                       AS hour_start,
         COUNT(*)                             AS orders,
         CAST(COALESCE(SUM(b.amount), 0) AS DECIMAL(14, 2)) AS revenue
FROM     TABLE(TUMBLE(TABLE silver."order", DESCRIPTOR(ordered_at), INTERVAL '1' HOUR)) w
LEFT JOIN basket b ON b.order_id = w.order_id
GROUP BY w.store_id, w.window_start
