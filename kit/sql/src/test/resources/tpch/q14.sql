-- silver.result promo_revenue double null
SELECT
    100.00 * CAST(SUM(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END) AS DOUBLE PRECISION)
        / CAST(SUM(l_extendedprice * (1 - l_discount)) AS DOUBLE PRECISION) AS promo_revenue
FROM bronze.lineitem, bronze.part
WHERE l_partkey = p_partkey
    AND l_shipdate >= DATE '1995-09-01'
    AND l_shipdate < DATE '1995-09-01' + INTERVAL '1' MONTH
