-- The shops' operational database. Run once, as an administrator, inside an empty database (`shop`):
-- `weir up` does so on the first start. The passwords are for a laptop: a real database gets its own.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_app') THEN
    CREATE ROLE shop_app LOGIN PASSWORD 'weir-local';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'weir_capture') THEN
    CREATE ROLE weir_capture LOGIN REPLICATION PASSWORD 'weir-local';
  END IF;
END
$$;

CREATE TABLE public.customers (
  id          bigint         PRIMARY KEY,
  name        text,
  email       text,
  country     text,
  created_at  timestamptz(3) NOT NULL
);

-- The description is long enough to be stored out of line (TOAST): an update that leaves it alone does not log it.
CREATE TABLE public.products (
  sku         text           PRIMARY KEY,
  name        text           NOT NULL,
  category    text           NOT NULL,
  price       numeric(12, 2) NOT NULL,
  description text
);
ALTER TABLE public.products ALTER COLUMN description SET STORAGE EXTERNAL;

CREATE TABLE public.stores (
  id          bigint         PRIMARY KEY,
  name        text           NOT NULL,
  city        text           NOT NULL,
  opened_on   date           NOT NULL,
  tax_rate    numeric(6, 4)  NOT NULL
);

CREATE TABLE public.supplies (
  id          text           NOT NULL,
  sku         text           NOT NULL REFERENCES public.products ON UPDATE CASCADE ON DELETE CASCADE,
  name        text           NOT NULL,
  cost        numeric(12, 2) NOT NULL,
  perishable  boolean        NOT NULL,
  PRIMARY KEY (id, sku)
);

-- ordered_at is UTC; an order without a customer is a guest's.
CREATE TABLE public.orders (
  id          bigint         PRIMARY KEY,
  customer_id bigint         REFERENCES public.customers ON UPDATE CASCADE ON DELETE SET NULL,
  store_id    bigint         NOT NULL REFERENCES public.stores ON UPDATE CASCADE,
  ordered_at  timestamp(3)   NOT NULL
);
CREATE INDEX orders_customer_id ON public.orders (customer_id);

CREATE TABLE public.order_items (
  id          bigint         PRIMARY KEY,
  order_id    bigint         NOT NULL REFERENCES public.orders ON UPDATE CASCADE ON DELETE CASCADE,
  sku         text           NOT NULL REFERENCES public.products ON UPDATE CASCADE,
  quantity    integer        NOT NULL
);
CREATE INDEX order_items_order_id ON public.order_items (order_id);

-- Two replica identities, because real databases have both: FULL logs the whole old row, DEFAULT only its key.
ALTER TABLE public.orders REPLICA IDENTITY FULL;

GRANT USAGE ON SCHEMA public TO shop_app, weir_capture;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO weir_capture;

-- Owned by the administrator: the capture role may read the stream, not decide what is in it.
CREATE PUBLICATION weir_jaffle_shop FOR TABLE
  public.customers, public.products, public.stores, public.supplies, public.orders, public.order_items;
