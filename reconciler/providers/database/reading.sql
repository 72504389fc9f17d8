-- What is there, of one property or of the workspace. Run in one read-only snapshot. Documents come as the text of one JSON object,
-- so that numbers arrive as they were written; nights come as runs.

-- name: property
-- Whether the hotel system knows the property.
SELECT count(*) FROM public.properties WHERE id = %(property)s;

-- name: rooms
-- Of the rooms asked for, those that exist, and whose they are.
SELECT id::text, property_id::text FROM public.room_types WHERE id = ANY(%(rooms)s::uuid[]);

-- name: integration
-- The property's connections to providers. Rows of other types (payments, locks, ...) are other programs' business.
SELECT provider, jsonb_build_object(
    'integration_name', integration_name,
    'integration_type', integration_type,
    'provider', provider,
    'credentials', credentials,
    'configuration', configuration,
    'webhook_url', webhook_url,
    'is_enabled', is_enabled
  )::text
FROM public.third_party_integrations
WHERE property_id = %(property)s AND (integration_type = 'ota' OR provider = ANY(%(providers)s::text[]))
ORDER BY provider, id;

-- name: mapping
-- Which room is which at a provider.
SELECT provider, internal_room_type_id::text, jsonb_build_object(
    'external_room_id', external_room_id,
    'external_rate_plan_id', external_rate_plan_id,
    'is_active', is_active
  )::text
FROM public.ota_property_mappings
WHERE property_id = %(property)s
ORDER BY provider, internal_room_type_id, id;

-- name: rate_plan
-- The rate plans, one row per provider, room and plan.
SELECT provider, room_type_id::text, rate_plan_id, jsonb_build_object(
    'rate_plan_id', rate_plan_id,
    'rate_plan_name', rate_plan_name,
    'rate_plan_type', rate_plan_type,
    'base_rate', base_rate::text,
    'currency', currency,
    'meal_plan', meal_plan,
    'cancellation_policy', cancellation_policy,
    'min_length_of_stay', min_length_of_stay,
    'max_length_of_stay', max_length_of_stay,
    'advance_booking_days', advance_booking_days,
    'is_active', is_active,
    'configuration', configuration
  )::text
FROM public.ota_rate_plans
WHERE property_id = %(property)s
ORDER BY provider, room_type_id, rate_plan_id, id;

-- name: allocation
-- Who may sell how many, as runs of equal nights: within one value, nights in a row differ from their rank by the same number.
-- Two rows of one night end up in runs that overlap, which the reader takes for what it is.
SELECT room_type_id::text, min(date), max(date) + 1, total, direct, expedia, booking_com, buffer
FROM (
  SELECT room_type_id, date, total, direct, expedia, booking_com, buffer,
    date - (row_number() OVER (PARTITION BY room_type_id, total, direct, expedia, booking_com, buffer ORDER BY date))::integer AS island
  FROM (
    SELECT room_type_id, date, total_inventory AS total, coalesce(allocated_direct, 0) AS direct,
      coalesce(allocated_expedia, 0) AS expedia, coalesce(allocated_booking_com, 0) AS booking_com,
      coalesce(overbooking_buffer, 0) AS buffer
    FROM public.ota_inventory_allocation
    WHERE property_id = %(property)s AND date >= %(start)s AND date < %(until)s
  ) AS night
) AS ranked
GROUP BY room_type_id, total, direct, expedia, booking_com, buffer, island
ORDER BY 1, 2;

-- name: rates
-- Prices within the window, one row per run.
SELECT provider, room_type_id::text, rate_plan_id, lower(within), upper(within), price, guests::text, currency
FROM (
  SELECT *, nights * daterange(%(start)s, %(until)s) AS within
  FROM public.ota_rate_calendar
  WHERE property_id = %(property)s AND nights && daterange(%(start)s, %(until)s)
) AS run
ORDER BY provider, room_type_id, rate_plan_id, within;

-- name: restrictions
-- Restrictions within the window, one row per run; only what is set.
SELECT provider, room_type_id::text, rate_plan_id, lower(within), upper(within), jsonb_strip_nulls(jsonb_build_object(
    'min_stay', min_stay,
    'max_stay', max_stay,
    'min_stay_through', min_stay_through,
    'max_stay_through', max_stay_through,
    'closed', closed,
    'closed_to_arrival', closed_to_arrival,
    'closed_to_departure', closed_to_departure,
    'min_advance_days', min_advance_days,
    'max_advance_days', max_advance_days
  ))::text
FROM (
  SELECT *, nights * daterange(%(start)s, %(until)s) AS within
  FROM public.ota_restriction_calendar
  WHERE property_id = %(property)s AND nights && daterange(%(start)s, %(until)s)
) AS run
ORDER BY provider, room_type_id, rate_plan_id, within;

-- name: schedule
-- The workspace's schedules.
SELECT sync_type, jsonb_build_object(
    'schedule_cron', schedule_cron,
    'is_enabled', is_enabled,
    'configuration', configuration
  )::text
FROM public.ota_sync_schedules
ORDER BY sync_type, id;
