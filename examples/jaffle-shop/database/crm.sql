-- The customer-relationship system's database, into which Weir writes back. Run once, as an administrator, inside an
-- empty database `crm`: `weir up` does so on the first start. The password is for a laptop.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'weir_sync') THEN
    CREATE ROLE weir_sync LOGIN PASSWORD 'weir-local';
  END IF;
END
$$;

CREATE TABLE public.customer_profile (
  customer_id        bigint           PRIMARY KEY,
  country            text,
  order_count        bigint           NOT NULL,
  item_count         bigint           NOT NULL,
  lifetime_spend     numeric(14, 2)   NOT NULL,
  average_order      double precision,
  first_order_at     timestamp(3),
  last_order_at      timestamp(3),
  favourite_category text
);

GRANT USAGE ON SCHEMA public TO weir_sync;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.customer_profile TO weir_sync;

-- Where Weir remembers which change wrote which row (the fence against replays), beside the rows themselves.
CREATE SCHEMA weir AUTHORIZATION weir_sync;

-- Weir marks its writes with a replication origin, so that whoever captures this database can tell their echo.
GRANT EXECUTE ON FUNCTION pg_replication_origin_oid(text), pg_replication_origin_create(text),
  pg_replication_origin_session_setup(text) TO weir_sync;
