-- Dated prices and restrictions beside the hotel's tables, so that other programs can read what is sold: one row per run of equal
-- nights, runs of one plan never overlap. NULL means not set.

CREATE TABLE public.ota_rate_calendar (
  property_id uuid NOT NULL REFERENCES public.properties(id),
  provider text NOT NULL,
  room_type_id uuid NOT NULL REFERENCES public.room_types(id),
  rate_plan_id text NOT NULL,
  nights daterange NOT NULL,
  price numeric NOT NULL,
  guests jsonb,
  currency text NOT NULL,
  PRIMARY KEY (property_id, provider, room_type_id, rate_plan_id, nights),
  CONSTRAINT ota_rate_calendar_nights CHECK (NOT isempty(nights) AND NOT lower_inf(nights) AND NOT upper_inf(nights))
);

CREATE TABLE public.ota_restriction_calendar (
  property_id uuid NOT NULL REFERENCES public.properties(id),
  provider text NOT NULL,
  room_type_id uuid NOT NULL REFERENCES public.room_types(id),
  rate_plan_id text NOT NULL,
  nights daterange NOT NULL,
  min_stay integer,
  max_stay integer,
  min_stay_through integer,
  max_stay_through integer,
  closed boolean,
  closed_to_arrival boolean,
  closed_to_departure boolean,
  min_advance_days integer,
  max_advance_days integer,
  PRIMARY KEY (property_id, provider, room_type_id, rate_plan_id, nights),
  CONSTRAINT ota_restriction_calendar_nights CHECK (NOT isempty(nights) AND NOT lower_inf(nights) AND NOT upper_inf(nights))
);

-- An exclusion constraint over plain columns needs btree_gist. A trusted extension: the owner of the database may create it; Supabase
-- keeps extensions in a schema of their own.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist')
     AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'btree_gist') THEN
    EXECUTE 'CREATE EXTENSION btree_gist SCHEMA '
      || CASE WHEN to_regnamespace('extensions') IS NULL THEN 'public' ELSE 'extensions' END;
  END IF;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'btree_gist is not available: %', SQLERRM;
END
$$;

-- Where it is not available, a trigger refuses the same. It cannot see what another transaction has not committed, which the lock per
-- property makes up for.
CREATE FUNCTION reconciler.refuse_overlap() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  overlapping bigint;
BEGIN
  EXECUTE format(
    'SELECT count(*) FROM %I.%I WHERE property_id = $1 AND provider = $2 AND room_type_id = $3 AND rate_plan_id = $4 AND nights && $5',
    TG_TABLE_SCHEMA, TG_TABLE_NAME
  ) INTO overlapping USING NEW.property_id, NEW.provider, NEW.room_type_id, NEW.rate_plan_id, NEW.nights;
  IF overlapping > 1 THEN
    RAISE EXCEPTION 'nights % of % overlap another run in %', NEW.nights, NEW.rate_plan_id, TG_TABLE_NAME
      USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NULL;
END
$$;

DO $$
DECLARE
  calendar text;
BEGIN
  FOREACH calendar IN ARRAY ARRAY['ota_rate_calendar', 'ota_restriction_calendar'] LOOP
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
      EXECUTE format(
        'ALTER TABLE public.%I ADD CONSTRAINT %I EXCLUDE USING gist '
        '(property_id WITH =, provider WITH =, room_type_id WITH =, rate_plan_id WITH =, nights WITH &&)',
        calendar, calendar || '_no_overlap'
      );
    ELSE
      EXECUTE format(
        'CREATE TRIGGER %I AFTER INSERT OR UPDATE ON public.%I FOR EACH ROW EXECUTE FUNCTION reconciler.refuse_overlap()',
        calendar || '_no_overlap', calendar
      );
    END IF;
  END LOOP;
END
$$;
