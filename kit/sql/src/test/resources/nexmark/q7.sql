-- silver.result bid_id bigint key, auction bigint, price bigint, bidder bigint, date_time timestamp, extra varchar
SELECT b.bid_id, b.auction, b.price, b.bidder, b.date_time, b.extra
FROM bronze.bid b
JOIN (
    SELECT MAX(price) AS maxprice, window_end AS ends
    FROM TABLE(TUMBLE(TABLE bronze.bid, DESCRIPTOR(date_time), INTERVAL '10' SECOND))
    GROUP BY window_start, window_end) b1
ON b.price = b1.maxprice
WHERE b.date_time >= b1.ends - INTERVAL '10' SECOND AND b.date_time < b1.ends
