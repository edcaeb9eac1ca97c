
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'weir_capture') THEN
    CREATE ROLE weir_capture LOGIN REPLICATION PASSWORD 'weir-local';
  END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO weir_capture;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO weir_capture;
CREATE PUBLICATION weir_jaffle_crm FOR TABLE public.customer_profile;
