-- silver.result auction bigint key, day date key, total_bids bigint, rank1_bids bigint, rank2_bids bigint, rank3_bids bigint, min_price bigint, max_price bigint, avg_price double, sum_price decimal(38,0)
SELECT
    auction,
    CAST(date_time AS DATE) AS day,
    COUNT(*) AS total_bids,
    COUNT(*) FILTER (WHERE price < 10000) AS rank1_bids,
    COUNT(*) FILTER (WHERE price >= 10000 AND price < 30000) AS rank2_bids,
    COUNT(*) FILTER (WHERE price >= 30000) AS rank3_bids,
    MIN(price) AS min_price,
    MAX(price) AS max_price,
    CAST(AVG(price) AS DOUBLE PRECISION) AS avg_price,
    SUM(price) AS sum_price
FROM bronze.bid
GROUP BY auction, CAST(date_time AS DATE)
