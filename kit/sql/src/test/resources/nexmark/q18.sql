-- silver.result auction bigint key, bidder bigint key, price bigint, channel varchar, url varchar, date_time timestamp, extra varchar
SELECT auction, bidder, price, channel, url, date_time, extra
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY date_time DESC, bid_id) AS rank_number
    FROM bronze.bid) numbered
WHERE rank_number <= 1
