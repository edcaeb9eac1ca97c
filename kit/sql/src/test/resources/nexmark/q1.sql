-- silver.result bid_id bigint key, auction bigint, bidder bigint, price decimal(38,3), date_time timestamp, extra varchar
SELECT bid_id, auction, bidder, 0.908 * price AS price, date_time, extra FROM bronze.bid
