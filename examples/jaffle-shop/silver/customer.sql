-- One row per person, with one spelling for everything (for countries: reference/country.csv). Somebody who registered twice with the same e-mail is one
-- person: the first registration counts. A country that nobody recognises is passed on as it was written: the
-- contract then sends the row to quarantine, where somebody can see it.
WITH cleaned AS (
  SELECT c.id                                 AS customer_id,
         NULLIF(TRIM(c.name), '')             AS name,
         NULLIF(LOWER(TRIM(c.email)), '')     AS email,
         COALESCE(CONFORM('country', c.country),
                  NULLIF(UPPER(TRIM(c.country)), ''))
                                              AS country,
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
