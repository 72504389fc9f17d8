-- name: take_turn
SELECT reconciler.take_turn(%s);

-- name: holdings
SELECT channel, from_night, until_night, held, phase, epoch, dead_at
FROM reconciler.holdings WHERE property_id = %s AND room_id = %s
ORDER BY channel, from_night;

-- name: forget_holdings
DELETE FROM reconciler.holdings WHERE property_id = %s AND room_id = %s AND channel = %s;

-- name: hold
INSERT INTO reconciler.holdings (property_id, room_id, channel, from_night, until_night, held, phase, epoch, dead_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s);

-- name: booked
-- Units that the bookings we know of take, by channel and night.
SELECT b.provider, n::date, n::date + 1, sum(b.units)::int
FROM reconciler.bookings b, generate_series(b.arrival, b.departure - 1, interval '1 day') AS n
WHERE b.property_id = %s AND b.room_id = %s AND b.status <> 'cancelled' AND n >= %s AND n < %s
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: standing
SELECT a.date, a.date + 1, a.total_inventory, COALESCE(a.allocated_direct, 0), COALESCE(a.allocated_expedia, 0),
  COALESCE(a.allocated_booking_com, 0), COALESCE(a.overbooking_buffer, 0)
FROM public.ota_inventory_allocation a
WHERE a.property_id = %s AND a.room_type_id = %s AND a.date >= %s AND a.date < %s
ORDER BY a.date;

-- name: give_way
UPDATE public.ota_inventory_allocation a SET total_inventory = %s, overbooking_buffer = %s, allocated_direct = %s
WHERE a.property_id = %s AND a.room_type_id = %s AND a.date >= %s AND a.date < %s;

-- name: sells_direct
SELECT EXISTS (SELECT FROM reconciler.booking_versions v WHERE v.property_id = %s AND v.provider = 'direct');

-- name: newest_version
SELECT split_part(version, '~', 1) FROM reconciler.booking_versions
WHERE property_id = %s AND provider = %s AND booking = %s ORDER BY arrived DESC LIMIT 1;

-- name: known_versions
SELECT count(*) FROM reconciler.booking_versions
WHERE property_id = %s AND provider = %s AND booking = %s AND split_part(version, '~', 1) = %s;

-- name: receive
INSERT INTO reconciler.booking_versions (property_id, provider, booking, version, change, at, stays, source)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s);

-- name: versions
SELECT version, change, at, stays FROM reconciler.booking_versions
WHERE property_id = %s AND provider = %s AND booking = %s ORDER BY arrived;

-- name: forget_lines
DELETE FROM reconciler.bookings WHERE property_id = %s AND provider = %s AND booking = %s;

-- name: enter_line
INSERT INTO reconciler.bookings
  (property_id, provider, booking, line, room_id, channel_room, arrival, departure, units, status, version, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s);
