-- silver.result o_year bigint key, mkt_share double null
SELECT
    o_year,
    CAST(SUM(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) AS DOUBLE PRECISION) / CAST(SUM(volume) AS DOUBLE PRECISION) AS mkt_share
FROM (
    SELECT
        CAST(EXTRACT(YEAR FROM o_orderdate) AS BIGINT) AS o_year,
        l_extendedprice * (1 - l_discount) AS volume,
        n2.n_name AS nation
    FROM bronze.part, bronze.supplier, bronze.lineitem, bronze.orders, bronze.customer, bronze.nation n1, bronze.nation n2, bronze.region
    WHERE p_partkey = l_partkey
        AND s_suppkey = l_suppkey
        AND l_orderkey = o_orderkey
        AND o_custkey = c_custkey
        AND c_nationkey = n1.n_nationkey
        AND n1.n_regionkey = r_regionkey
        AND r_name = 'AMERICA'
        AND s_nationkey = n2.n_nationkey
        AND o_orderdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
        AND p_type = 'ECONOMY ANODIZED STEEL') all_nations
GROUP BY o_year
