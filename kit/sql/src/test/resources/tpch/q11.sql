-- silver.result ps_partkey bigint key, total decimal(38,2)
SELECT ps_partkey, SUM(ps_supplycost * ps_availqty) AS total
FROM bronze.partsupp, bronze.supplier, bronze.nation
WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY'
GROUP BY ps_partkey
HAVING SUM(ps_supplycost * ps_availqty) > (
    SELECT SUM(ps_supplycost * ps_availqty) * 0.05
    FROM bronze.partsupp, bronze.supplier, bronze.nation
    WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY')
