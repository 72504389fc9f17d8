-- What the reconciler keeps for itself. Nobody else writes here.

-- The environment that this database belongs to, marked at first use; one row.
CREATE TABLE reconciler.environment (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  name text NOT NULL,
  marked_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE reconciler.runs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL,
  verb text NOT NULL,
  plan_digest text,
  commit text,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  status text NOT NULL DEFAULT 'running',
  host text NOT NULL,
  pid integer NOT NULL,
  os_user text NOT NULL,
  tool_version text NOT NULL,
  summary jsonb
);
CREATE INDEX runs_by_time ON reconciler.runs (started_at DESC);

-- The journal: a row before an operation is tried (intent), its outcome after. What was never tried has no intent.
CREATE TABLE reconciler.operations (
  run_id uuid NOT NULL REFERENCES reconciler.runs(id),
  seq integer NOT NULL,
  property text NOT NULL,
  target text NOT NULL,
  address text NOT NULL,
  label text NOT NULL DEFAULT '',
  action text NOT NULL,
  before jsonb,
  after jsonb,
  intent_at timestamptz,
  outcome text CHECK (outcome IN ('applied', 'failed', 'not_attempted', 'unknown')),
  outcome_at timestamptz,
  detail text,
  messages jsonb,
  PRIMARY KEY (run_id, seq)
);
CREATE INDEX operations_unsettled ON reconciler.operations (property)
  WHERE intent_at IS NOT NULL AND (outcome IS NULL OR outcome = 'unknown');
CREATE INDEX operations_by_address ON reconciler.operations (address, intent_at DESC);

-- What was last applied or acknowledged: one row per run of nights of a calendar, one row without nights for a document.
CREATE TABLE reconciler.applied (
  environment text NOT NULL,
  property text NOT NULL,
  target text NOT NULL,
  kind text NOT NULL,
  address text NOT NULL,
  from_night date,
  until_night date,
  value jsonb NOT NULL,
  provenance text NOT NULL,
  run_id uuid REFERENCES reconciler.runs(id),
  plan_digest text,
  message_id text,
  at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT applied_nights CHECK (
    (from_night IS NULL AND until_night IS NULL) OR (from_night IS NOT NULL AND until_night IS NOT NULL AND from_night < until_night)
  )
);
CREATE UNIQUE INDEX applied_document ON reconciler.applied (environment, address) WHERE from_night IS NULL;
CREATE UNIQUE INDEX applied_run_of_nights ON reconciler.applied (environment, address, from_night) WHERE from_night IS NOT NULL;
CREATE INDEX applied_by_target ON reconciler.applied (environment, property, target);

-- A document's row covers every night: daterange(NULL, NULL) is unbounded.
CREATE FUNCTION reconciler.refuse_applied_overlap() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (SELECT count(*) FROM reconciler.applied a
      WHERE a.environment = NEW.environment AND a.address = NEW.address
        AND daterange(a.from_night, a.until_night) && daterange(NEW.from_night, NEW.until_night)) > 1 THEN
    RAISE EXCEPTION 'the applied value of % has overlapping rows', NEW.address USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NULL;
END
$$;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
    ALTER TABLE reconciler.applied ADD CONSTRAINT applied_no_overlap
      EXCLUDE USING gist (environment WITH =, address WITH =, daterange(from_night, until_night) WITH &&);
  ELSE
    CREATE TRIGGER applied_no_overlap AFTER INSERT OR UPDATE ON reconciler.applied
      FOR EACH ROW EXECUTE FUNCTION reconciler.refuse_applied_overlap();
  END IF;
END
$$;

-- Ids that a provider assigned to what git names by a key of its own.
CREATE TABLE reconciler.bindings (
  environment text NOT NULL,
  property text NOT NULL,
  provider text NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  external_id text NOT NULL,
  run_id uuid REFERENCES reconciler.runs(id),
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (environment, property, provider, kind, key)
);

-- The ledger: one row per booking, version and room of it. A version that comes twice is one row; the current one counts.
-- No names, no cards: what a guest is called is nobody's business here.
CREATE TABLE reconciler.bookings (
  environment text NOT NULL,
  provider text NOT NULL,
  booking_id text NOT NULL,
  version integer NOT NULL,
  line integer NOT NULL,
  property text NOT NULL,
  room text NOT NULL,
  rate_plan text,
  arrival date NOT NULL,
  departure date NOT NULL,
  units integer NOT NULL DEFAULT 1 CHECK (units > 0),
  status text NOT NULL CHECK (status IN ('booked', 'modified', 'cancelled')),
  amount numeric,
  currency text,
  source text NOT NULL,
  is_current boolean NOT NULL DEFAULT true,
  occurred_at timestamptz,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (environment, provider, booking_id, version, line),
  CHECK (arrival < departure)
);
CREATE INDEX bookings_by_night ON reconciler.bookings (environment, property, room, arrival, departure)
  WHERE is_current AND status <> 'cancelled';

-- Who holds a property; the lock itself is an advisory lock of the session `backend_pid`, which dies with its holder.
CREATE TABLE reconciler.locks (
  environment text NOT NULL,
  property text NOT NULL,
  run_id uuid,
  verb text NOT NULL,
  host text NOT NULL,
  pid integer NOT NULL,
  os_user text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  backend_pid integer NOT NULL,
  PRIMARY KEY (environment, property)
);

-- A plan that was completed once never changes anything again.
CREATE TABLE reconciler.completed_plans (
  digest text PRIMARY KEY,
  environment text NOT NULL,
  run_id uuid REFERENCES reconciler.runs(id),
  at timestamptz NOT NULL DEFAULT now()
);

-- When alerts of public.ota_config_alerts were resolved; that table is not ours to widen.
CREATE TABLE reconciler.alerts (
  alert_id uuid PRIMARY KEY,
  resolved_at timestamptz NOT NULL DEFAULT now(),
  run_id uuid REFERENCES reconciler.runs(id),
  reason text NOT NULL DEFAULT ''
);
