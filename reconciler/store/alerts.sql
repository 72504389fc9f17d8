-- name: turn
SELECT pg_advisory_xact_lock(hashtextextended('reconciler.alerts', 0));

-- name: forget_removed
-- Rows that another program resolved or removed are over for us too.
UPDATE reconciler.alerts n SET resolved_at = %s, reason = 'resolved by another program'
WHERE n.resolved_at IS NULL AND NOT EXISTS
  (SELECT FROM public.ota_config_alerts a WHERE a.id = n.alert_id AND NOT COALESCE(a.is_resolved, false));

-- name: raised
SELECT a.id::text, a.property_id::text, a.provider, a.alert_type, a.severity, a.message, a.created_at,
  n.property, n.subject, n.mark, n.nights, n.changed_at
FROM public.ota_config_alerts a LEFT JOIN reconciler.alerts n ON n.alert_id = a.id
WHERE NOT COALESCE(a.is_resolved, false) AND (n.environment IS NULL OR n.environment = %s)
ORDER BY a.created_at, a.id;

-- name: raise
INSERT INTO public.ota_config_alerts (property_id, provider, alert_type, severity, message, is_resolved, created_at)
VALUES ((SELECT p.id FROM public.properties p WHERE p.id = %s), %s, %s, %s, %s, false, %s) RETURNING id::text;

-- name: remember
INSERT INTO reconciler.alerts (alert_id, environment, property, target, kind, subject, mark, nights)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s);

-- name: change
UPDATE public.ota_config_alerts SET severity = %s, message = %s WHERE id = %s;

-- name: changed
UPDATE reconciler.alerts SET mark = %s, nights = %s, changed_at = %s WHERE alert_id = %s;

-- name: resolve
UPDATE public.ota_config_alerts SET is_resolved = true WHERE id = %s;

-- name: resolved
-- For a row of another program too: that table has no place for when and why.
INSERT INTO reconciler.alerts (alert_id, environment, property, target, kind, subject, mark, resolved_at, reason)
SELECT a.id, %s, COALESCE(a.property_id::text, ''), a.provider, a.alert_type, '', '', %s, %s FROM public.ota_config_alerts a WHERE a.id = %s
ON CONFLICT (alert_id) DO UPDATE SET resolved_at = EXCLUDED.resolved_at, reason = EXCLUDED.reason;
