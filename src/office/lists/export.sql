-- export_entries () -> stream (seq int, bytes blob)
SELECT seq, bytes FROM log ORDER BY seq;
