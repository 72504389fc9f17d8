"""The hotel's own tables as a target, against a real PostgreSQL."""
