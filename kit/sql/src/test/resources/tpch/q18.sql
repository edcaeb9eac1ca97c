-- silver.result c_name varchar, c_custkey bigint, o_orderkey bigint key, o_orderdate date, o_totalprice decimal(12,2), quantity decimal(38,2)
SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, SUM(l_quantity) AS quantity
FROM bronze.customer, bronze.orders, bronze.lineitem
WHERE o_orderkey IN (SELECT l_orderkey FROM bronze.lineitem GROUP BY l_orderkey HAVING SUM(l_quantity) > 200)
    AND c_custkey = o_custkey
    AND o_orderkey = l_orderkey
GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
ORDER BY o_totalprice DESC, o_orderdate, o_orderkey
LIMIT 3
