-- silver.result o_orderpriority varchar key, order_count bigint
SELECT o_orderpriority, COUNT(*) AS order_count
FROM bronze.orders
WHERE o_orderdate >= DATE '1993-07-01'
    AND o_orderdate < DATE '1993-07-01' + INTERVAL '3' MONTH
    AND EXISTS (
        SELECT * FROM bronze.lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
GROUP BY o_orderpriority
