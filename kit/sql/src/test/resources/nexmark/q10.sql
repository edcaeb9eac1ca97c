-- silver.result bid_id bigint key, auction bigint, bidder bigint, price bigint, date_time timestamp, extra varchar, dt varchar, hm varchar
SELECT bid_id, auction, bidder, price, date_time, extra, TO_CHAR(date_time, 'YYYY-MM-DD') AS dt, TO_CHAR(date_time, 'HH24:MI') AS hm
FROM bronze.bid
