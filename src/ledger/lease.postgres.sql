-- What one connection alone may hold: an advisory lock of its session, which ends with it.

-- lease_take (name text) -> (mine int)
SELECT pg_try_advisory_lock(hashtextextended('xiaohao ' || $1 || ' ' || current_schema(), 0));
-- lease_free (name text) -> (free int)
SELECT NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND ((CAST(classid AS bigint) << 32) | CAST(objid AS bigint)) =
        hashtextextended('xiaohao ' || $1 || ' ' || current_schema(), 0));
-- The server ends a session that is silent for so long (from PostgreSQL 14 on).
-- lease_short (after_ms text) -> (set text)
SELECT set_config(name, $1, false) FROM pg_settings WHERE name = 'idle_session_timeout';
