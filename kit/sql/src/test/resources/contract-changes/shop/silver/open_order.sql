SELECT id AS order_id, country, amount, note
FROM   bronze.orders
WHERE  state <> 'cancelled'
