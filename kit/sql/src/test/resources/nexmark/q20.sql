-- silver.result bid_id bigint key, auction bigint, bidder bigint, price bigint, channel varchar, url varchar, bid_time timestamp, item_name varchar, initial_bid bigint, reserve bigint, opened timestamp, expires timestamp, seller bigint, category integer
SELECT
    b.bid_id, b.auction, b.bidder, b.price, b.channel, b.url, b.date_time AS bid_time,
    a.item_name, a.initial_bid, a.reserve, a.date_time AS opened, a.expires, a.seller, a.category
FROM bronze.bid AS b INNER JOIN bronze.auction AS a ON b.auction = a.id
WHERE a.category = 10
