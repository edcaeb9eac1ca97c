-- silver.result bid_id bigint key, auction bigint, bidder bigint, price bigint, channel varchar, channel_id varchar null
SELECT
    bid_id,
    auction,
    bidder,
    price,
    channel,
    CASE
        WHEN LOWER(channel) = 'apple' THEN '0'
        WHEN LOWER(channel) = 'google' THEN '1'
        WHEN LOWER(channel) = 'facebook' THEN '2'
        WHEN LOWER(channel) = 'baidu' THEN '3'
        ELSE SUBSTRING(url FROM 'channel_id=([^&]*)')
    END AS channel_id
FROM bronze.bid
WHERE SUBSTRING(url FROM 'channel_id=([^&]*)') IS NOT NULL OR LOWER(channel) IN ('apple', 'google', 'facebook', 'baidu')
