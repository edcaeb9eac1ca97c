-- silver.result bid_id bigint key, auction bigint, bidder bigint, price bigint, channel varchar, dir1 varchar, dir2 varchar, dir3 varchar
SELECT
    bid_id, auction, bidder, price, channel, SPLIT_PART(url, '/', 4) AS dir1, SPLIT_PART(url, '/', 5) AS dir2, SPLIT_PART(url, '/', 6) AS dir3
FROM bronze.bid
