-- silver.result bid_id bigint key, auction bigint, bidder bigint, price decimal(38,3), bid_time_type varchar, date_time timestamp, extra varchar, c_counts bigint
SELECT
    bid_id,
    auction,
    bidder,
    0.908 * price AS price,
    CASE
        WHEN EXTRACT(HOUR FROM date_time) >= 8 AND EXTRACT(HOUR FROM date_time) <= 18 THEN 'dayTime'
        WHEN EXTRACT(HOUR FROM date_time) <= 6 OR EXTRACT(HOUR FROM date_time) >= 20 THEN 'nightTime'
        ELSE 'otherTime'
    END AS bid_time_type,
    date_time,
    extra,
    CAST(LENGTH(extra) - LENGTH(REPLACE(extra, 'c', '')) AS BIGINT) AS c_counts
FROM bronze.bid
WHERE 0.908 * price > 1000 AND 0.908 * price < 50000
