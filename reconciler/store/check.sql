-- name: columns
-- Every column of the tables named: table, column, type with and without its modifier, whether rows may be hidden from this role.
SELECT n.nspname || '.' || c.relname AS table_name, a.attname, format_type(a.atttypid, NULL), format_type(a.atttypid, a.atttypmod)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname || '.' || c.relname = ANY (%(tables)s) AND c.relkind IN ('r', 'p', 'v')
ORDER BY 1, a.attnum;

-- name: unique_keys
-- The columns of every unique index that a conflict target can name.
SELECT n.nspname || '.' || c.relname AS table_name, array_agg(a.attname::text)
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND n.nspname || '.' || c.relname = ANY (%(tables)s)
GROUP BY i.indexrelid, n.nspname, c.relname;

-- name: guarded
-- Tables with an exclusion constraint or a trigger against overlapping nights.
SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'x'
UNION
SELECT tgrelid::regclass::text FROM pg_trigger WHERE right(tgname, 11) = '_no_overlap' AND tgenabled <> 'D';

-- name: hidden
-- Tables whose rows a policy may hide from this role.
SELECT n.nspname || '.' || c.relname
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = ANY (%(tables)s) AND c.relkind IN ('r', 'p') AND row_security_active(c.oid)
ORDER BY 1;
