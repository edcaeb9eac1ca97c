-- silver.result channel varchar key, day date key, minute timestamp, total_bids bigint, rank1_bids bigint, rank2_bids bigint, rank3_bids bigint, total_bidders bigint, rank1_bidders bigint, rank2_bidders bigint, rank3_bidders bigint, total_auctions bigint, rank1_auctions bigint, rank2_auctions bigint, rank3_auctions bigint
SELECT
    channel,
    CAST(date_time AS DATE) AS day,
    MAX(DATE_TRUNC('minute', date_time)) AS minute,
    COUNT(*) AS total_bids,
    COUNT(*) FILTER (WHERE price < 10000) AS rank1_bids,
    COUNT(*) FILTER (WHERE price >= 10000 AND price < 30000) AS rank2_bids,
    COUNT(*) FILTER (WHERE price >= 30000) AS rank3_bids,
    COUNT(DISTINCT bidder) AS total_bidders,
    COUNT(DISTINCT bidder) FILTER (WHERE price < 10000) AS rank1_bidders,
    COUNT(DISTINCT bidder) FILTER (WHERE price >= 10000 AND price < 30000) AS rank2_bidders,
    COUNT(DISTINCT bidder) FILTER (WHERE price >= 30000) AS rank3_bidders,
    COUNT(DISTINCT auction) AS total_auctions,
    COUNT(DISTINCT auction) FILTER (WHERE price < 10000) AS rank1_auctions,
    COUNT(DISTINCT auction) FILTER (WHERE price >= 10000 AND price < 30000) AS rank2_auctions,
    COUNT(DISTINCT auction) FILTER (WHERE price >= 30000) AS rank3_auctions
FROM bronze.bid
GROUP BY channel, CAST(date_time AS DATE)
