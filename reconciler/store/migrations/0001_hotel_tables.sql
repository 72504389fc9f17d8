-- The hotel system's own tables, created only where they are missing. One that exists is left as it is, whatever it looks like.

CREATE TABLE IF NOT EXISTS public.properties (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  ota_enabled boolean DEFAULT true,
  ota_settings jsonb
);

CREATE TABLE IF NOT EXISTS public.room_types (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  property_id uuid REFERENCES public.properties(id),
  name text NOT NULL,
  created_at timestamptz DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.third_party_integrations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  property_id uuid REFERENCES public.properties(id),
  integration_name text NOT NULL,
  integration_type text NOT NULL,
  provider text NOT NULL,
  credentials jsonb NOT NULL,
  configuration jsonb NOT NULL,
  webhook_url text,
  is_enabled boolean DEFAULT true,
  status text DEFAULT 'active',
  last_sync_at timestamptz,
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.integration_credential_history (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  property_id uuid REFERENCES public.properties(id),
  provider text NOT NULL,
  credentials jsonb NOT NULL,
  rotated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.ota_property_mappings (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  property_id uuid REFERENCES public.properties(id),
  provider text NOT NULL,
  internal_room_type_id uuid REFERENCES public.room_types(id),
  external_room_id text NOT NULL,
  external_rate_plan_id text,
  is_active boolean DEFAULT true,
  created_at timestamptz DEFAULT now(),
  UNIQUE (property_id, provider, internal_room_type_id)
);

CREATE TABLE IF NOT EXISTS public.ota_rate_plans (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  property_id uuid REFERENCES public.properties(id),
  provider text NOT NULL,
  room_type_id uuid REFERENCES public.room_types(id),
  rate_plan_id text NOT NULL,
  rate_plan_name text NOT NULL,
  rate_plan_type text NOT NULL,
  base_rate numeric(10,2),
  currency text DEFAULT 'USD',
  meal_plan text,
  cancellation_policy jsonb,
  min_length_of_stay integer DEFAULT 1,
  max_length_of_stay integer,
  advance_booking_days integer DEFAULT 365,
  is_active boolean DEFAULT true,
  configuration jsonb,
  created_at timestamptz DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.ota_inventory_allocation (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  property_id uuid REFERENCES public.properties(id),
  room_type_id uuid REFERENCES public.room_types(id),
  date date NOT NULL,
  total_inventory integer NOT NULL,
  allocated_direct integer DEFAULT 0,
  allocated_expedia integer DEFAULT 0,
  allocated_booking_com integer DEFAULT 0,
  available_inventory integer GENERATED ALWAYS AS (
    total_inventory - (allocated_direct + allocated_expedia + allocated_booking_com)
  ) STORED,
  overbooking_buffer integer DEFAULT 0,
  last_synced_at timestamptz,
  created_at timestamptz DEFAULT now(),
  UNIQUE (property_id, room_type_id, date)
);

CREATE TABLE IF NOT EXISTS public.ota_sync_schedules (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sync_type text NOT NULL,
  schedule_cron text NOT NULL,
  is_enabled boolean DEFAULT true,
  configuration jsonb,
  last_run_at timestamptz,
  next_run_at timestamptz,
  created_at timestamptz DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.ota_config_alerts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  property_id uuid REFERENCES public.properties(id),
  provider text NOT NULL,
  alert_type text NOT NULL,
  severity text NOT NULL,
  message text NOT NULL,
  is_resolved boolean DEFAULT false,
  created_at timestamptz DEFAULT now()
);
