-- silver.result s_acctbal decimal(12,2), s_name varchar, n_name varchar, p_partkey bigint key, p_mfgr varchar, s_suppkey bigint key, s_address varchar, s_phone varchar
SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_suppkey, s_address, s_phone
FROM bronze.part, bronze.supplier, bronze.partsupp, bronze.nation, bronze.region
WHERE p_partkey = ps_partkey
    AND s_suppkey = ps_suppkey
    AND p_size = 15
    AND p_type LIKE '%BRASS'
    AND s_nationkey = n_nationkey
    AND n_regionkey = r_regionkey
    AND r_name = 'EUROPE'
    AND ps_supplycost = (
        SELECT MIN(ps_supplycost)
        FROM bronze.partsupp, bronze.supplier, bronze.nation, bronze.region
        WHERE p_partkey = ps_partkey
            AND s_suppkey = ps_suppkey
            AND s_nationkey = n_nationkey
            AND n_regionkey = r_regionkey
            AND r_name = 'EUROPE')
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey, s_suppkey
LIMIT 5
