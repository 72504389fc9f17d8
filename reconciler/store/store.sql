-- name: clock
SELECT clock_timestamp();

-- name: environment
SELECT name FROM reconciler.environment;

-- name: claim
INSERT INTO reconciler.environment (name) VALUES (%s) ON CONFLICT DO NOTHING;

-- name: applied
SELECT address, kind, from_night, until_night, value, run_id::text, plan_digest, message_id, at
FROM reconciler.applied
WHERE environment = %s AND property = %s
ORDER BY address, from_night;

-- name: applied_within
DELETE FROM reconciler.applied
WHERE environment = %s AND address = %s AND from_night < %s AND until_night > %s
RETURNING from_night, until_night, value, provenance, run_id::text, plan_digest, message_id, at;

-- name: forget_document
DELETE FROM reconciler.applied WHERE environment = %s AND address = %s;

-- name: record
INSERT INTO reconciler.applied
  (environment, property, target, kind, address, from_night, until_night, value, provenance, run_id, plan_digest, message_id, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- name: bindings
SELECT key, external_id FROM reconciler.bindings
WHERE environment = %s AND property = %s AND provider = %s AND kind = 'rate_plan';

-- name: bind
INSERT INTO reconciler.bindings (environment, property, provider, kind, key, external_id, run_id, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (environment, property, provider, kind, key) DO UPDATE
SET external_id = EXCLUDED.external_id, run_id = EXCLUDED.run_id, at = EXCLUDED.at
WHERE reconciler.bindings.external_id IS DISTINCT FROM EXCLUDED.external_id;

-- name: moving
SELECT room_id::text, channel, from_night, until_night FROM reconciler.holdings
WHERE property_id = %s AND phase <> 'open' ORDER BY room_id, channel, from_night;

-- name: sold_direct
SELECT b.room_id::text, n::date, n::date + 1, sum(CASE WHEN b.status = 'cancelled' THEN 0 ELSE b.units END)::int
FROM reconciler.bookings b, generate_series(b.arrival, b.departure - 1, interval '1 day') AS n
WHERE b.property_id = %s AND b.provider = 'direct' AND b.room_id IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: dead_at
SELECT max(dead_at) FROM reconciler.holdings WHERE property_id = %s AND channel = %s;

-- name: closures
SELECT property, room, from_night, until_night, reason, os_user, since
FROM reconciler.closures
WHERE environment = %s
ORDER BY property, room, from_night;

-- name: close
INSERT INTO reconciler.closures (environment, property, room, from_night, until_night, reason, os_user, since)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (environment, property, room, from_night) DO UPDATE
SET until_night = EXCLUDED.until_night, reason = EXCLUDED.reason, os_user = EXCLUDED.os_user;

-- name: open
DELETE FROM reconciler.closures WHERE environment = %s AND property = %s AND room = ANY (%s);

-- name: moves
SELECT property, kind, old_key, new_key FROM reconciler.moves WHERE environment = %s;

-- name: forget_moves
DELETE FROM reconciler.moves WHERE environment = %s AND property = %s;

-- name: moved
INSERT INTO reconciler.moves (environment, property, kind, old_key, new_key, at) VALUES (%s, %s, %s, %s, %s, %s);

-- name: remembered
-- The addresses that anything is remembered of, in what was applied and in what is not settled.
SELECT address FROM reconciler.applied WHERE environment = %s AND property = %s
UNION
SELECT o.address FROM reconciler.operations o JOIN reconciler.runs r ON r.id = o.run_id
WHERE r.environment = %s AND o.property = %s AND (o.outcome IS NULL OR o.outcome = 'unknown');

-- name: move_addresses_aside
-- Two steps, for two keys may change places: first to names that nobody has.
UPDATE reconciler.applied AS a SET address = E'\x01' || m.new
FROM unnest(%s::text[], %s::text[]) AS m (old, new)
WHERE a.environment = %s AND a.address = m.old;

-- name: forget_what_is_newer_there
-- What was remembered under the new key since is newer than what moves there.
DELETE FROM reconciler.applied AS a
WHERE a.environment = %s AND a.address LIKE E'\x01%%' AND EXISTS (
  SELECT FROM reconciler.applied b
  WHERE b.environment = a.environment AND b.address = substr(a.address, 2)
    AND daterange(b.from_night, b.until_night) && daterange(a.from_night, a.until_night)
);

-- name: move_addresses
UPDATE reconciler.applied SET address = substr(address, 2) WHERE environment = %s AND address LIKE E'\x01%%';

-- name: move_operations
UPDATE reconciler.operations AS o SET address = m.new
FROM unnest(%s::text[], %s::text[]) AS m (old, new), reconciler.runs r
WHERE r.id = o.run_id AND r.environment = %s AND o.address = m.old AND (o.outcome IS NULL OR o.outcome = 'unknown');

-- name: move_bindings_aside
UPDATE reconciler.bindings AS b SET key = E'\x01' || m.new
FROM unnest(%s::text[], %s::text[]) AS m (old, new)
WHERE b.environment = %s AND b.property = %s AND b.kind = 'rate_plan' AND b.key = m.old;

-- name: forget_newer_bindings
DELETE FROM reconciler.bindings AS a
WHERE a.environment = %s AND a.property = %s AND a.key LIKE E'\x01%%' AND EXISTS (
  SELECT FROM reconciler.bindings b
  WHERE (b.environment, b.property, b.provider, b.kind, b.key) = (a.environment, a.property, a.provider, a.kind, substr(a.key, 2))
);

-- name: move_bindings
UPDATE reconciler.bindings SET key = substr(key, 2) WHERE environment = %s AND property = %s AND key LIKE E'\x01%%';

-- name: move_closures
UPDATE reconciler.closures AS c SET room = m.new
FROM unnest(%s::text[], %s::text[]) AS m (old, new)
WHERE c.environment = %s AND c.property = %s AND c.room = m.old;

-- name: move_plan_rows_aside
UPDATE public.ota_rate_plans AS t SET rate_plan_id = E'\x01' || m.new
FROM unnest(%s::text[], %s::text[]) AS m (old, new)
WHERE t.property_id = %s::uuid AND t.rate_plan_id = m.old;

-- name: move_plan_rows
UPDATE public.ota_rate_plans SET rate_plan_id = substr(rate_plan_id, 2) WHERE property_id = %s::uuid AND rate_plan_id LIKE E'\x01%%';

-- name: move_rate_nights_aside
UPDATE public.ota_rate_calendar AS t SET rate_plan_id = E'\x01' || m.new
FROM unnest(%s::text[], %s::text[]) AS m (old, new)
WHERE t.property_id = %s::uuid AND t.rate_plan_id = m.old;

-- name: move_rate_nights
UPDATE public.ota_rate_calendar SET rate_plan_id = substr(rate_plan_id, 2) WHERE property_id = %s::uuid AND rate_plan_id LIKE E'\x01%%';

-- name: move_restriction_nights_aside
UPDATE public.ota_restriction_calendar AS t SET rate_plan_id = E'\x01' || m.new
FROM unnest(%s::text[], %s::text[]) AS m (old, new)
WHERE t.property_id = %s::uuid AND t.rate_plan_id = m.old;

-- name: move_restriction_nights
UPDATE public.ota_restriction_calendar SET rate_plan_id = substr(rate_plan_id, 2) WHERE property_id = %s::uuid AND rate_plan_id LIKE E'\x01%%';

-- name: start
INSERT INTO reconciler.runs (id, environment, verb, plan_digest, commit, started_at, status, host, pid, os_user, tool_version)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- name: finish
UPDATE reconciler.runs SET status = %s, finished_at = %s, summary = %s WHERE id = %s;

-- name: abandon
UPDATE reconciler.runs r SET status = 'interrupted', finished_at = %s
WHERE r.environment = %s AND r.status = 'running' AND NOT EXISTS (
  SELECT FROM reconciler.locks l
  JOIN pg_locks p ON p.pid = l.backend_pid AND p.locktype = 'advisory' AND p.granted
    AND p.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  WHERE l.run_id = r.id
);

-- name: rotated
SELECT provider, COALESCE(max(rotated_at), min(created_at))
FROM (
  SELECT provider, rotated_at, NULL::timestamptz AS created_at
  FROM public.integration_credential_history WHERE property_id = %s::uuid
  UNION ALL
  SELECT provider, NULL, created_at FROM public.third_party_integrations WHERE property_id = %s::uuid
) AS known
GROUP BY provider;

-- name: runs
SELECT id::text, environment, verb, started_at, host, pid, os_user, tool_version, plan_digest, commit, status, finished_at, summary
FROM reconciler.runs WHERE environment = %s
ORDER BY started_at DESC, id
LIMIT %s;

-- name: run
SELECT id::text, environment, verb, started_at, host, pid, os_user, tool_version, plan_digest, commit, status, finished_at, summary
FROM reconciler.runs WHERE environment = %s AND id::text LIKE %s
LIMIT 2;

-- name: intend
INSERT INTO reconciler.operations (run_id, seq, property, target, address, label, action, before, after, intent_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- name: settle
UPDATE reconciler.operations SET outcome = %s, outcome_at = %s, detail = %s, messages = %s
WHERE run_id = %s AND seq = ANY(%s);

-- name: journal
SELECT run_id::text, seq, address, label, action, before, after, intent_at, outcome, outcome_at, detail, messages
FROM reconciler.operations WHERE run_id = %s ORDER BY seq;

-- name: unsettled
SELECT o.run_id::text, o.seq, o.address, o.label, o.action, o.before, o.after, o.intent_at, o.outcome, o.outcome_at, o.detail, o.messages
FROM reconciler.operations o JOIN reconciler.runs r ON r.id = o.run_id
WHERE r.environment = %s AND o.property = %s
  AND o.intent_at IS NOT NULL AND (o.outcome IS NULL OR o.outcome = 'unknown')
ORDER BY o.intent_at, o.run_id, o.seq;

-- name: completed_by
SELECT run_id::text FROM reconciler.completed_plans WHERE digest = %s;

-- name: complete
INSERT INTO reconciler.completed_plans (digest, environment, run_id, at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING;

-- name: try_lock
SELECT pg_try_advisory_lock(hashtextextended('reconciler ' || %s || '/' || %s, 0));

-- name: hold
INSERT INTO reconciler.locks (environment, property, run_id, verb, host, pid, os_user, since, backend_pid)
VALUES (%s, %s, %s, %s, %s, %s, %s, now(), pg_backend_pid())
ON CONFLICT (environment, property) DO UPDATE
SET run_id = EXCLUDED.run_id, verb = EXCLUDED.verb, host = EXCLUDED.host, pid = EXCLUDED.pid, os_user = EXCLUDED.os_user,
    since = EXCLUDED.since, backend_pid = EXCLUDED.backend_pid;

-- name: let_go
WITH gone AS (
  DELETE FROM reconciler.locks WHERE environment = %s AND backend_pid = pg_backend_pid() RETURNING property
)
SELECT pg_advisory_unlock_all(), count(*) FROM gone;

-- name: holds
SELECT EXISTS (
  SELECT FROM reconciler.locks l
  JOIN pg_locks p ON p.pid = l.backend_pid AND p.locktype = 'advisory' AND p.granted
    AND p.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  WHERE l.environment = %s AND l.property = %s AND l.run_id = %s
);

-- name: break_lock
SELECT pg_terminate_backend(l.backend_pid)
FROM reconciler.locks l
WHERE l.environment = %s AND l.property = %s AND EXISTS (
  SELECT FROM pg_locks p
  WHERE p.locktype = 'advisory' AND p.granted AND p.pid = l.backend_pid
    AND p.database = (SELECT oid FROM pg_database WHERE datname = current_database())
);

-- name: holders
SELECT l.property, l.run_id::text, l.verb, l.host, l.pid, l.os_user, l.since
FROM reconciler.locks l
WHERE l.environment = %s AND EXISTS (
  SELECT FROM pg_locks p
  WHERE p.locktype = 'advisory' AND p.granted AND p.pid = l.backend_pid
    AND p.database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
ORDER BY l.property;

-- name: acknowledged
UPDATE reconciler.booking_versions SET acknowledged_at = %s
WHERE provider = %s AND booking = %s AND split_part(version, '~', 1) = %s AND acknowledged_at IS NULL;

-- name: sell_direct
SELECT reconciler.sell_direct(%s, %s, %s, %s, %s, %s);

-- name: cancel_direct
SELECT reconciler.cancel_direct(%s, %s);

-- name: free
SELECT reconciler.free_units(%s, %s, %s);

-- name: bookings
SELECT provider, booking, status, room_id::text, channel_room, arrival, departure, units, at
FROM reconciler.bookings WHERE property_id = %s ORDER BY arrival, provider, booking, line;
