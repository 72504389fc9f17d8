-- What brings a plan's values into the tables. Every statement may be run twice. Documents come as one JSON object, in which a column
-- that is not named is left as it is; nights come as runs.

-- name: merged
-- A JSONB column with what git names laid over it key by key, at any depth; keys of others stay. %(steps)s holds, per column, the
-- paths in order: {"path": [...], "value": ...}, or without a value where an object has to be.
CASE jsonb_typeof(%(document)s -> '[[column]]')
  WHEN 'object' THEN (
    WITH RECURSIVE merged (step, whole) AS (
      SELECT 0, CASE WHEN jsonb_typeof(t.[[column]]) = 'object' THEN t.[[column]] ELSE jsonb_build_object() END
      UNION ALL
      SELECT step + 1, jsonb_set(whole, path, CASE
          WHEN part ? 'value' THEN part -> 'value'
          WHEN jsonb_typeof(whole #> path) = 'object' THEN whole #> path
          ELSE jsonb_build_object()
        END)
      FROM merged
      CROSS JOIN LATERAL (SELECT %(steps)s -> '[[column]]' -> step AS part) AS next
      CROSS JOIN LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(part -> 'path')) AS path) AS place
      WHERE part IS NOT NULL
    )
    SELECT whole FROM merged ORDER BY step DESC LIMIT 1
  )
  WHEN 'null' THEN NULL
  ELSE t.[[column]]
END;

-- name: update_integration
-- The columns that git names; `status` and `last_sync_at` are the runs' own.
UPDATE public.third_party_integrations AS t
SET (integration_name, integration_type, webhook_url, is_enabled) = (
      SELECT r.integration_name, r.integration_type, r.webhook_url, r.is_enabled
      FROM jsonb_populate_record(t, %(document)s) AS r
    ),
    credentials = [[merged: credentials]],
    configuration = [[merged: configuration]],
    updated_at = now()
WHERE t.property_id = %(property)s AND t.provider = %(provider)s;

-- name: insert_integration
INSERT INTO public.third_party_integrations
  (property_id, provider, integration_name, integration_type, credentials, configuration, webhook_url, is_enabled)
SELECT %(property)s, %(provider)s, integration_name, coalesce(integration_type, 'ota'), coalesce(credentials, jsonb_build_object()),
  coalesce(configuration, jsonb_build_object()), webhook_url, coalesce(is_enabled, true)
FROM jsonb_populate_record(NULL::public.third_party_integrations, %(document)s);

-- name: delete_integration
DELETE FROM public.third_party_integrations WHERE property_id = %(property)s AND provider = %(provider)s;

-- name: update_mapping
UPDATE public.ota_property_mappings AS t
SET (external_room_id, external_rate_plan_id, is_active) = (
      SELECT r.external_room_id, r.external_rate_plan_id, r.is_active FROM jsonb_populate_record(t, %(document)s) AS r
    )
WHERE t.property_id = %(property)s AND t.provider = %(provider)s AND t.internal_room_type_id = %(room)s;

-- name: insert_mapping
INSERT INTO public.ota_property_mappings
  (property_id, provider, internal_room_type_id, external_room_id, external_rate_plan_id, is_active)
SELECT %(property)s, %(provider)s, %(room)s, external_room_id, external_rate_plan_id, coalesce(is_active, true)
FROM jsonb_populate_record(NULL::public.ota_property_mappings, %(document)s);

-- name: delete_mapping
DELETE FROM public.ota_property_mappings
WHERE property_id = %(property)s AND provider = %(provider)s AND internal_room_type_id = %(room)s;

-- name: update_rate_plan
UPDATE public.ota_rate_plans AS t
SET (rate_plan_name, rate_plan_type, base_rate, currency, meal_plan, min_length_of_stay, max_length_of_stay, advance_booking_days,
      is_active) = (
      SELECT r.rate_plan_name, r.rate_plan_type, r.base_rate, r.currency, r.meal_plan, r.min_length_of_stay, r.max_length_of_stay,
        r.advance_booking_days, r.is_active
      FROM jsonb_populate_record(t, %(document)s) AS r
    ),
    cancellation_policy = [[merged: cancellation_policy]],
    configuration = [[merged: configuration]]
WHERE t.property_id = %(property)s AND t.provider = %(provider)s AND t.room_type_id = %(room)s AND t.rate_plan_id = %(plan)s;

-- name: insert_rate_plan
INSERT INTO public.ota_rate_plans
  (property_id, provider, room_type_id, rate_plan_id, rate_plan_name, rate_plan_type, base_rate, currency, meal_plan,
   cancellation_policy, min_length_of_stay, max_length_of_stay, advance_booking_days, is_active, configuration)
SELECT %(property)s, %(provider)s, %(room)s, %(plan)s, rate_plan_name, rate_plan_type, base_rate, currency, meal_plan,
  cancellation_policy, coalesce(min_length_of_stay, 1), max_length_of_stay, coalesce(advance_booking_days, 365),
  coalesce(is_active, true), configuration
FROM jsonb_populate_record(NULL::public.ota_rate_plans, %(document)s);

-- name: delete_rate_plan
DELETE FROM public.ota_rate_plans
WHERE property_id = %(property)s AND provider = %(provider)s AND room_type_id = %(room)s AND rate_plan_id = %(plan)s;

-- name: update_schedule
-- `last_run_at` and `next_run_at` are the runs' own.
UPDATE public.ota_sync_schedules AS t
SET (schedule_cron, is_enabled) = (
      SELECT r.schedule_cron, r.is_enabled FROM jsonb_populate_record(t, %(document)s) AS r
    ),
    configuration = [[merged: configuration]]
WHERE t.sync_type = %(sync_type)s;

-- name: insert_schedule
INSERT INTO public.ota_sync_schedules (sync_type, schedule_cron, is_enabled, configuration)
SELECT %(sync_type)s, schedule_cron, coalesce(is_enabled, true), configuration
FROM jsonb_populate_record(NULL::public.ota_sync_schedules, %(document)s);

-- name: delete_schedule
DELETE FROM public.ota_sync_schedules WHERE sync_type = %(sync_type)s;

-- name: write_allocation
-- One row per night from runs; rows that are so already are not touched.
INSERT INTO public.ota_inventory_allocation AS t
  (property_id, room_type_id, date, total_inventory, allocated_direct, allocated_expedia, allocated_booking_com, overbooking_buffer,
   last_synced_at)
SELECT %(property)s, run.room, night::date, run.total, run.direct, run.expedia, run.booking_com, run.buffer, now()
FROM jsonb_to_recordset(%(runs)s) AS run
    (room uuid, start date, until date, total integer, direct integer, expedia integer, booking_com integer, buffer integer),
  generate_series(run.start, run.until - 1, interval '1 day') AS night
WHERE run.total IS NOT NULL
ON CONFLICT (property_id, room_type_id, date) DO UPDATE
SET total_inventory = excluded.total_inventory,
    allocated_direct = excluded.allocated_direct,
    allocated_expedia = excluded.allocated_expedia,
    allocated_booking_com = excluded.allocated_booking_com,
    overbooking_buffer = excluded.overbooking_buffer,
    last_synced_at = excluded.last_synced_at
WHERE (t.total_inventory, t.allocated_direct, t.allocated_expedia, t.allocated_booking_com, t.overbooking_buffer)
  IS DISTINCT FROM
  (excluded.total_inventory, excluded.allocated_direct, excluded.allocated_expedia, excluded.allocated_booking_com,
   excluded.overbooking_buffer);

-- name: clear_allocation
-- The nights of runs without a value.
DELETE FROM public.ota_inventory_allocation AS t
USING jsonb_to_recordset(%(runs)s) AS run (room uuid, start date, until date, total integer)
WHERE run.total IS NULL AND t.property_id = %(property)s AND t.room_type_id = run.room AND t.date >= run.start AND t.date < run.until;

-- name: write_calendar
-- Exactly the nights of the runs get their values, or lose them where a run has none. Rows that overlap or adjoin these nights are
-- taken out, what they hold of other nights is kept, and equal neighbours are joined, so that each run of equal nights is one row.
-- Every column of a row but `nights` is its value, in the column's own types. All old rows are read before the first new one is written: the windows sort them.
WITH wanted AS (
  SELECT provider, room, plan, daterange(start, until) AS nights, value
  FROM jsonb_to_recordset(%(runs)s) AS run (provider text, room uuid, plan text, start date, until date, value jsonb)
),
touched AS (
  SELECT provider, room, plan, range_agg(nights) AS nights, range_agg(daterange(lower(nights) - 1, upper(nights) + 1)) AS around
  FROM wanted
  GROUP BY provider, room, plan
),
taken AS (
  DELETE FROM {table} AS t
  USING touched
  WHERE t.property_id = %(property)s AND t.provider = touched.provider AND t.room_type_id = touched.room
    AND t.rate_plan_id = touched.plan AND t.nights && touched.around
  RETURNING t.provider, t.room_type_id AS room, t.rate_plan_id AS plan, datemultirange(t.nights) - touched.nights AS kept,
    jsonb_strip_nulls(to_jsonb(t) - 'nights') AS value
),
piece AS (
  SELECT provider, room, plan, nights, value FROM taken, unnest(kept) AS nights
  UNION ALL
  SELECT w.provider, w.room, w.plan, w.nights, jsonb_strip_nulls(to_jsonb(line) - 'nights')
  FROM wanted AS w,
    jsonb_populate_record(NULL::{table}, w.value || jsonb_build_object(
      'property_id', %(property)s::uuid, 'provider', w.provider, 'room_type_id', w.room, 'rate_plan_id', w.plan)) AS line
  WHERE w.value IS NOT NULL
),
follows AS (
  SELECT *, lag(upper(nights)) OVER earlier = lower(nights) AND lag(value) OVER earlier = value AS joins
  FROM piece
  WINDOW earlier AS (PARTITION BY provider, room, plan ORDER BY lower(nights))
),
island AS (
  SELECT *, count(*) FILTER (WHERE joins IS NOT TRUE) OVER (PARTITION BY provider, room, plan ORDER BY lower(nights)) AS number
  FROM follows
),
joined AS (
  SELECT value || jsonb_build_object('nights', daterange(min(lower(nights)), max(upper(nights)))) AS whole
  FROM island
  GROUP BY provider, room, plan, number, value
)
INSERT INTO {table}
SELECT line.* FROM joined, jsonb_populate_record(NULL::{table}, whole) AS line;
