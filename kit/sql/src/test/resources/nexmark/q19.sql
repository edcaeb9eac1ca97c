-- silver.result auction bigint key, bidder bigint, price bigint, channel varchar, url varchar, date_time timestamp, extra varchar, rank_number bigint key
SELECT auction, bidder, price, channel, url, date_time, extra, rank_number
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, bid_id) AS rank_number
    FROM bronze.bid) numbered
WHERE rank_number <= 10
