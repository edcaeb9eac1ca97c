-- silver.result bid_id bigint key, auction bigint, price bigint
SELECT bid_id, auction, price FROM bronze.bid WHERE MOD(auction, 3) = 0
