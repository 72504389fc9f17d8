-- Runs before every migration, under the migration lock: what the migrations themselves are recorded in.
-- CREATE SCHEMA asks for a privilege on the database even where the schema exists, so it is asked for only where it is missing.
DO $$
BEGIN
  IF to_regnamespace('reconciler') IS NULL THEN
    CREATE SCHEMA reconciler;
  END IF;
END
$$;

CREATE TABLE IF NOT EXISTS reconciler.migrations (
  name text PRIMARY KEY,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
