SELECT p.id, p.name, p.starttime
FROM (
    SELECT id, name, window_start AS starttime, window_end AS endtime
    FROM (SELECT *, time_bucket(INTERVAL '10' SECOND, date_time) AS window_start, time_bucket(INTERVAL '10' SECOND, date_time) + INTERVAL '10' SECOND AS window_end FROM bronze.person) w
    GROUP BY id, name, window_start, window_end) p
JOIN (
    SELECT seller, window_start AS starttime, window_end AS endtime
    FROM (SELECT *, time_bucket(INTERVAL '10' SECOND, date_time) AS window_start, time_bucket(INTERVAL '10' SECOND, date_time) + INTERVAL '10' SECOND AS window_end FROM bronze.auction) w
    GROUP BY seller, window_start, window_end) a
ON p.id = a.seller AND p.starttime = a.starttime AND p.endtime = a.endtime
