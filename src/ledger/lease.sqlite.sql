-- What one connection alone may hold: a file has one server, and what is done twice there does no
-- harm.

-- lease_take (name text) -> (mine int)
SELECT 1 WHERE $1 <> '';
-- lease_free (name text) -> (free int)
SELECT 1 WHERE $1 <> '';
-- lease_short (after_ms text) -> (set text)
SELECT $1 WHERE 0;
