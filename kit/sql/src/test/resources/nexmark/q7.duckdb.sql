SELECT b.bid_id, b.auction, b.price, b.bidder, b.date_time, b.extra
FROM bronze.bid b
JOIN (
    SELECT MAX(price) AS maxprice, window_end AS ends
    FROM (SELECT *, time_bucket(INTERVAL '10' SECOND, date_time) AS window_start, time_bucket(INTERVAL '10' SECOND, date_time) + INTERVAL '10' SECOND AS window_end FROM bronze.bid) w
    GROUP BY window_start, window_end) b1
ON b.price = b1.maxprice
WHERE b.date_time >= b1.ends - INTERVAL '10' SECOND AND b.date_time < b1.ends
