-- One row per person, with one spelling for everything. Somebody who registered twice with the same e-mail is one
-- person: the first registration counts. A country that nobody recognises is passed on as it was written: the
-- contract then sends the row to quarantine, where somebody can see it.
WITH cleaned AS (
  SELECT c.id                                 AS customer_id,
         NULLIF(TRIM(c.name), '')             AS name,
         NULLIF(LOWER(TRIM(c.email)), '')     AS email,
         CASE
           WHEN UPPER(TRIM(c.country)) IN ('DE', 'DEU', 'GERMANY', 'DEUTSCHLAND')                    THEN 'DE'
           WHEN UPPER(TRIM(c.country)) IN ('FR', 'FRA', 'FRANCE')                                    THEN 'FR'
           WHEN UPPER(TRIM(c.country)) IN ('GB', 'GBR', 'UK', 'UNITED KINGDOM', 'GREAT BRITAIN')     THEN 'GB'
           WHEN UPPER(TRIM(c.country)) IN ('NL', 'NLD', 'NETHERLANDS', 'HOLLAND')                    THEN 'NL'
           WHEN UPPER(TRIM(c.country)) IN ('US', 'USA', 'U.S.A.', 'UNITED STATES', 'AMERICA')        THEN 'US'
           ELSE NULLIF(UPPER(TRIM(c.country)), '')
         END                                  AS country,
         c.created_at                         AS signed_up_at
  FROM   bronze.customers c
),
ranked AS (
  SELECT customer_id, name, email, country, signed_up_at,
         ROW_NUMBER() OVER (
           PARTITION BY COALESCE(email, CAST(customer_id AS VARCHAR))   -- without an e-mail: nobody's duplicate
           ORDER BY customer_id)              AS registration
  FROM   cleaned
)
SELECT customer_id, name, email, country, signed_up_at
FROM   ranked
WHERE  registration = 1
