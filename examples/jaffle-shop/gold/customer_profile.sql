-- What a shop wants to know about a customer who walks in.
WITH basket AS (
  SELECT   order_id,
           SUM(quantity)                      AS items,
           SUM(amount)                        AS amount
  FROM     silver.order_item
  GROUP BY order_id
),
history AS (
  SELECT   o.customer_id                      AS customer_id,
           COUNT(*)                           AS orders,
           SUM(b.items)                       AS items,
           SUM(b.amount)                      AS spend,
           MIN(o.ordered_at)                  AS first_order_at,
           MAX(o.ordered_at)                  AS last_order_at
  FROM     silver."order" o
  LEFT JOIN basket b ON b.order_id = o.order_id
  WHERE    o.customer_id IS NOT NULL
  GROUP BY o.customer_id
),
taste AS (
  SELECT   o.customer_id                      AS customer_id,
           i.category                         AS category,
           SUM(i.quantity)                    AS bought
  FROM     silver.order_item i
  JOIN     silver."order" o ON o.order_id = i.order_id
  WHERE    o.customer_id IS NOT NULL
  GROUP BY o.customer_id, i.category
),
favourite AS (
  SELECT customer_id, category
  FROM   (SELECT customer_id, category,
                 ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY bought DESC, category) AS place
          FROM   taste) ranked
  WHERE  place = 1
)
SELECT c.customer_id                          AS customer_id,
       c.country                              AS country,
       COALESCE(h.orders, 0)                  AS orders,
       CAST(COALESCE(h.items, 0) AS BIGINT)   AS items,
       CAST(COALESCE(h.spend, 0) AS DECIMAL(14, 2)) AS lifetime_spend,
       -- Divided as DOUBLE: engines disagree on how many digits a quotient of decimals has.
       CAST(h.spend AS DOUBLE) / CAST(h.orders AS DOUBLE) AS average_order,
       h.first_order_at                       AS first_order_at,
       h.last_order_at                        AS last_order_at,
       f.category                             AS favourite_category
FROM   silver.customer c
LEFT JOIN history h   ON h.customer_id = c.customer_id
LEFT JOIN favourite f ON f.customer_id = c.customer_id
