-- Units: bookings as channels tell them, what each channel may sell in all, and sales by the hotel itself.
-- Keyed by the hotel's own ids, so that a property or room that git renames keeps what is known of it.

-- Nothing was ever written to the table of this name that an earlier migration made.
DROP TABLE reconciler.bookings;

-- The inbox: every version of a booking once, as it was told. No names, no cards, no prices. `arrived` is the order in which they came, which
-- no clock disturbs. A booking is one of its property's: two hotels may number theirs alike.
CREATE TABLE reconciler.booking_versions (
  provider text NOT NULL,
  booking text NOT NULL CHECK (booking <> ''),
  version text NOT NULL,
  property_id uuid NOT NULL,
  change text NOT NULL CHECK (change IN ('booked', 'modified', 'cancelled')),
  at timestamptz NOT NULL,
  stays jsonb NOT NULL,
  source text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  acknowledged_at timestamptz,
  arrived bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (property_id, provider, booking, version)
);
CREATE INDEX booking_versions_waiting ON reconciler.booking_versions (property_id) WHERE acknowledged_at IS NULL;

-- The ledger: what the versions of each booking come to, a row for each room and stay of it. `room_id` is NULL where the channel's room is mapped to none.
CREATE TABLE reconciler.bookings (
  provider text NOT NULL,
  booking text NOT NULL,
  line integer NOT NULL,
  property_id uuid NOT NULL,
  room_id uuid,
  channel_room text NOT NULL,
  arrival date NOT NULL,
  departure date NOT NULL,
  units integer NOT NULL CHECK (units > 0),
  status text NOT NULL CHECK (status IN ('booked', 'modified', 'cancelled')),
  version text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (property_id, provider, booking, line),
  CHECK (arrival < departure)
);
CREATE INDEX bookings_by_night ON reconciler.bookings (property_id, room_id, arrival, departure) WHERE status <> 'cancelled';

-- What each provider may have sold in all of a room on a night, at most: a row for each run of nights. `phase` and `dead_at` are of the
-- request that is under way, if there is one; after `dead_at` it can no longer be carried out.
CREATE TABLE reconciler.holdings (
  property_id uuid NOT NULL,
  room_id uuid NOT NULL,
  channel text NOT NULL,
  from_night date NOT NULL,
  until_night date NOT NULL,
  held integer NOT NULL CHECK (held >= 0),
  phase text NOT NULL CHECK (phase IN ('open', 'closing', 'closed', 'opening')),
  epoch bigint NOT NULL DEFAULT 0,
  dead_at timestamptz,
  PRIMARY KEY (property_id, room_id, channel, from_night),
  CHECK (from_night < until_night)
);

-- Whoever takes or gives units of a property changes its row first, and so waits for whoever is at it. A transaction that looks at an
-- older snapshot fails there, and does not decide by what is over.
CREATE TABLE reconciler.guards (
  property_id uuid PRIMARY KEY,
  turn bigint NOT NULL DEFAULT 0
);

CREATE FUNCTION reconciler.take_turn(property uuid) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  INSERT INTO reconciler.guards AS g (property_id) VALUES (property)
  ON CONFLICT (property_id) DO UPDATE SET turn = g.turn + 1;
$$;

CREATE FUNCTION reconciler.booked_units(property uuid, room uuid, channel text, night date) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT COALESCE(sum(b.units), 0) FROM reconciler.bookings b
  WHERE b.property_id = property AND b.room_id = room AND b.provider = channel AND b.status <> 'cancelled'
    AND b.arrival <= night AND night < b.departure;
$$;

CREATE FUNCTION reconciler.free_units(property uuid, room uuid, night date) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT a.total_inventory + COALESCE(a.overbooking_buffer, 0)
    - reconciler.booked_units(property, room, 'direct', night)
    - (SELECT sum(GREATEST(COALESCE(h.held, c.allotted, 0), reconciler.booked_units(property, room, c.channel, night)))
       FROM (VALUES ('expedia', a.allocated_expedia), ('booking.com', a.allocated_booking_com)) AS c (channel, allotted)
       LEFT JOIN reconciler.holdings h ON h.property_id = property AND h.room_id = room AND h.channel = c.channel
         AND h.from_night <= night AND night < h.until_night)
  FROM public.ota_inventory_allocation a
  WHERE a.property_id = property AND a.room_type_id = room AND a.date = night;
$$;
COMMENT ON FUNCTION reconciler.free_units IS 'Units of a room that no channel holds on a night; NULL where the night has no allocation.';

CREATE FUNCTION reconciler.sell_direct(property uuid, room uuid, arrival date, departure date, units integer, reference text)
  RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  known reconciler.booking_versions;
  asked jsonb := jsonb_build_array(jsonb_build_object('room', room, 'arrival', arrival, 'departure', departure, 'units', units));
  told timestamptz := clock_timestamp();
BEGIN
  IF property IS NULL OR room IS NULL OR arrival IS NULL OR departure IS NULL OR units IS NULL OR reference IS NULL THEN
    RAISE EXCEPTION 'sell_direct needs every argument' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  IF arrival >= departure OR departure - arrival > 366 OR units < 1 OR length(reference) NOT BETWEEN 1 AND 100 THEN
    RAISE EXCEPTION 'a stay has 1 to 366 nights and at least one unit, and its reference 1 to 100 characters'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF NOT EXISTS (SELECT FROM public.room_types r WHERE r.id = room AND r.property_id = property) THEN
    RAISE EXCEPTION 'property % has no room %', property, room USING ERRCODE = 'foreign_key_violation';
  END IF;
  PERFORM reconciler.take_turn(property);
  SELECT * INTO known FROM reconciler.booking_versions v
    WHERE v.property_id = property AND v.provider = 'direct' AND v.booking = reference ORDER BY v.arrived DESC LIMIT 1;
  IF FOUND THEN
    IF known.change = 'booked' AND known.stays = asked THEN
      RETURN true;
    END IF;
    RAISE EXCEPTION 'reference % was given before, to another stay or to one that was cancelled', reference
      USING ERRCODE = 'unique_violation';
  END IF;
  -- The nights in their order; one that is not free ends it, and nothing is taken.
  FOR night IN 0 .. departure - arrival - 1 LOOP
    IF COALESCE(reconciler.free_units(property, room, arrival + night), 0) < units THEN
      RETURN false;
    END IF;
  END LOOP;
  INSERT INTO reconciler.booking_versions (provider, booking, version, property_id, change, at, stays, source, acknowledged_at)
    VALUES ('direct', reference, 'booked', property, 'booked', told, asked, 'sql', told);
  INSERT INTO reconciler.bookings (provider, booking, line, property_id, room_id, channel_room, arrival, departure, units, status, version, at)
    VALUES ('direct', reference, 0, property, room, room::text, arrival, departure, units, 'booked', 'booked', told);
  RETURN true;
END
$$;
COMMENT ON FUNCTION reconciler.sell_direct IS
  'Sells units that no other channel holds, all nights or none. False where too few are free; true again for the same reference and stay.';

CREATE FUNCTION reconciler.cancel_direct(property uuid, reference text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  told timestamptz := clock_timestamp();
BEGIN
  PERFORM reconciler.take_turn(property);
  UPDATE reconciler.bookings b SET status = 'cancelled', version = 'cancelled', at = GREATEST(told, b.at)
    WHERE b.provider = 'direct' AND b.booking = reference AND b.property_id = property AND b.status <> 'cancelled';
  IF NOT FOUND THEN
    RETURN EXISTS (SELECT FROM reconciler.bookings b WHERE b.provider = 'direct' AND b.booking = reference AND b.property_id = property);
  END IF;
  INSERT INTO reconciler.booking_versions (provider, booking, version, property_id, change, at, stays, source, acknowledged_at)
    SELECT 'direct', reference, 'cancelled', property, 'cancelled', b.at, '[]', 'sql', told
    FROM reconciler.bookings b WHERE b.property_id = property AND b.provider = 'direct' AND b.booking = reference;
  RETURN true;
END
$$;
COMMENT ON FUNCTION reconciler.cancel_direct IS
  'Cancels a direct sale by its reference; its units are free again. False where there is none; true again for one that is cancelled.';

REVOKE ALL ON FUNCTION reconciler.take_turn, reconciler.booked_units, reconciler.free_units, reconciler.sell_direct,
  reconciler.cancel_direct FROM PUBLIC;
