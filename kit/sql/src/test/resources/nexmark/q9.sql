-- silver.result id bigint key, item_name varchar, description varchar, initial_bid bigint, reserve bigint, date_time timestamp, expires timestamp, seller bigint, category integer, extra varchar, auction bigint, bidder bigint, price bigint, bid_time timestamp, bid_extra varchar
SELECT id, item_name, description, initial_bid, reserve, date_time, expires, seller, category, extra, auction, bidder, price, bid_time, bid_extra
FROM (
    SELECT
        a.id, a.item_name, a.description, a.initial_bid, a.reserve, a.date_time, a.expires, a.seller, a.category, a.extra,
        b.auction, b.bidder, b.price, b.date_time AS bid_time, b.extra AS bid_extra,
        ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.date_time ASC, b.bid_id) AS rownum
    FROM bronze.auction a, bronze.bid b
    WHERE a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires) won
WHERE rownum <= 1
