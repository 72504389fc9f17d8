-- The mapping service: what is mapped of one property at one provider.

-- name: rooms
SELECT internal_room_type_id::text, external_room_id, coalesce(is_active, true)
FROM public.ota_property_mappings
WHERE property_id = %(property)s AND provider = %(provider)s AND internal_room_type_id IS NOT NULL
ORDER BY external_room_id, id;

-- name: plans
-- A plan without an id at the provider is not mapped. The room's id there comes along where the room is mapped.
SELECT p.room_type_id::text, m.external_room_id, p.rate_plan_id, p.configuration ->> 'external_rate_plan_id',
  coalesce(p.is_active, true)
FROM public.ota_rate_plans AS p
LEFT JOIN public.ota_property_mappings AS m
  ON m.property_id = p.property_id AND m.provider = p.provider AND m.internal_room_type_id = p.room_type_id
WHERE p.property_id = %(property)s AND p.provider = %(provider)s AND p.room_type_id IS NOT NULL
  AND p.configuration ->> 'external_rate_plan_id' IS NOT NULL
ORDER BY 4, p.rate_plan_id, p.id;
