-- silver.result l_returnflag varchar key, l_linestatus varchar key, sum_qty decimal(38,2), sum_base_price decimal(38,2), sum_disc_price decimal(38,4), sum_charge decimal(38,6), avg_qty double, avg_price double, avg_disc double, count_order bigint
SELECT
    l_returnflag,
    l_linestatus,
    SUM(l_quantity) AS sum_qty,
    SUM(l_extendedprice) AS sum_base_price,
    SUM(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
    SUM(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
    CAST(AVG(l_quantity) AS DOUBLE PRECISION) AS avg_qty,
    CAST(AVG(l_extendedprice) AS DOUBLE PRECISION) AS avg_price,
    CAST(AVG(l_discount) AS DOUBLE PRECISION) AS avg_disc,
    COUNT(*) AS count_order
FROM bronze.lineitem
WHERE l_shipdate <= DATE '1996-12-01' - INTERVAL '90' DAY
GROUP BY l_returnflag, l_linestatus
