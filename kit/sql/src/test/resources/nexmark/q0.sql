-- silver.result bid_id bigint key, auction bigint, bidder bigint, price bigint, date_time timestamp, extra varchar
SELECT bid_id, auction, bidder, price, date_time, extra FROM bronze.bid
