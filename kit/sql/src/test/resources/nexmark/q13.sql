-- silver.result bid_id bigint key, auction bigint, bidder bigint, price bigint, date_time timestamp, value varchar
SELECT b.bid_id, b.auction, b.bidder, b.price, b.date_time, s.value
FROM bronze.bid AS b JOIN bronze.side_input AS s ON MOD(b.auction, 10) = s.key
