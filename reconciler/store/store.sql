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

-- name: holders
SELECT l.property, l.run_id::text, l.verb, l.host, l.pid, l.os_user, l.since
FROM reconciler.locks l
WHERE l.environment = %s AND EXISTS (
  SELECT FROM pg_locks p
  WHERE p.locktype = 'advisory' AND p.granted AND p.pid = l.backend_pid
    AND p.database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
ORDER BY l.property;
