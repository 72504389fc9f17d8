-- What the rows of public.ota_config_alerts that are ours stand for. That table is not ours to widen.
ALTER TABLE reconciler.alerts
  ALTER COLUMN resolved_at DROP NOT NULL,
  ALTER COLUMN resolved_at DROP DEFAULT,
  DROP COLUMN run_id,
  ADD COLUMN environment text NOT NULL,
  ADD COLUMN property text NOT NULL,
  ADD COLUMN target text NOT NULL,
  ADD COLUMN kind text NOT NULL,
  ADD COLUMN subject text NOT NULL,
  ADD COLUMN mark text NOT NULL,
  ADD COLUMN nights jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN changed_at timestamptz;

CREATE UNIQUE INDEX alerts_open ON reconciler.alerts (environment, property, target, kind, subject) WHERE resolved_at IS NULL;
