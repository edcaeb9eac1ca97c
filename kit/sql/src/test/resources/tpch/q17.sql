-- silver.result avg_yearly double null
SELECT CAST(SUM(l_extendedprice) AS DOUBLE PRECISION) / 7.0 AS avg_yearly
FROM bronze.lineitem, bronze.part
WHERE p_partkey = l_partkey
    AND p_brand = 'Brand#23'
    AND p_container = 'MED BOX'
    AND l_quantity < (SELECT 0.2 * AVG(l_quantity) FROM bronze.lineitem WHERE l_partkey = p_partkey)
