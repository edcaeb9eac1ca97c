
GRANT USAGE ON SCHEMA public TO weir_capture;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO weir_capture;
CREATE PUBLICATION weir_jaffle_crm FOR TABLE public.customer_profile;
