SELECT auction_bids.auction, auction_bids.num, auction_bids.window_end
FROM (
    SELECT auction, COUNT(*) AS num, window_start, window_end
    FROM (SELECT b.*, time_bucket(INTERVAL '2' SECOND, date_time) - i * INTERVAL '2' SECOND AS window_start, time_bucket(INTERVAL '2' SECOND, date_time) - i * INTERVAL '2' SECOND + INTERVAL '10' SECOND AS window_end FROM bronze.bid b, range(5) r(i)) w
    GROUP BY auction, window_start, window_end) AS auction_bids
JOIN (
    SELECT MAX(count_bids.num) AS maxn, count_bids.window_start, count_bids.window_end
    FROM (
        SELECT COUNT(*) AS num, window_start, window_end
        FROM (SELECT b.*, time_bucket(INTERVAL '2' SECOND, date_time) - i * INTERVAL '2' SECOND AS window_start, time_bucket(INTERVAL '2' SECOND, date_time) - i * INTERVAL '2' SECOND + INTERVAL '10' SECOND AS window_end FROM bronze.bid b, range(5) r(i)) w
        GROUP BY auction, window_start, window_end) AS count_bids
    GROUP BY count_bids.window_start, count_bids.window_end) AS max_bids
ON auction_bids.window_start = max_bids.window_start
    AND auction_bids.window_end = max_bids.window_end
    AND auction_bids.num >= max_bids.maxn
