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
        ELSE NULLIF(regexp_extract(url, 'channel_id=([^&]*)', 1), '')
    END AS channel_id
FROM bronze.bid
WHERE NULLIF(regexp_extract(url, 'channel_id=([^&]*)', 1), '') IS NOT NULL OR LOWER(channel) IN ('apple', 'google', 'facebook', 'baidu')
