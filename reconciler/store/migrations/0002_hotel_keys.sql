-- The unique keys that two of the hotel's tables lack, without which an upsert has no conflict target and two runs make two rows.
-- Where the rows that are there do not allow one, it is left out and `db check` lists them. So it is where the table belongs to
-- somebody else, or has not these columns.
DO $$
BEGIN
  CREATE UNIQUE INDEX IF NOT EXISTS third_party_integrations_property_provider
    ON public.third_party_integrations (property_id, provider);
EXCEPTION WHEN unique_violation OR insufficient_privilege OR undefined_column THEN
  RAISE NOTICE 'no unique key on third_party_integrations: %', SQLERRM;
END
$$;

DO $$
BEGIN
  CREATE UNIQUE INDEX IF NOT EXISTS ota_rate_plans_property_provider_room_plan
    ON public.ota_rate_plans (property_id, provider, room_type_id, rate_plan_id);
EXCEPTION WHEN unique_violation OR insufficient_privilege OR undefined_column THEN
  RAISE NOTICE 'no unique key on ota_rate_plans: %', SQLERRM;
END
$$;
