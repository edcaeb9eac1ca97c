SELECT bidder, COUNT(*) AS bid_count, MIN(date_time) AS starttime, MAX(date_time) + INTERVAL '10' SECOND AS endtime
FROM (
    SELECT *, SUM(CASE WHEN date_time - before <= INTERVAL '10' SECOND THEN 0 ELSE 1 END) OVER (PARTITION BY bidder ORDER BY date_time, bid_id) AS session
    FROM (SELECT *, LAG(date_time) OVER (PARTITION BY bidder ORDER BY date_time, bid_id) AS before FROM bronze.bid) x) y
GROUP BY bidder, session
