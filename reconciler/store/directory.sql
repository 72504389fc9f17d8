-- name: enabled_properties
SELECT id, name, ota_settings FROM properties WHERE ota_enabled ORDER BY name, id;

-- name: room_types
SELECT id, name FROM room_types WHERE property_id = %s ORDER BY name, id;
