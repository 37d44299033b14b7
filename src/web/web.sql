-- What only the web asks.

-- How far the log is, and when its last entry was written.
-- web_head () -> (size int, at int)
SELECT size, at FROM head WHERE one = 1;
-- An entry that brought a file to an item that the viewer may see.
-- web_file (viewer text, today int, hash text) -> (code text, bytes blob)
SELECT i.code, g.bytes FROM evidence e JOIN item i ON i.id = e.item JOIN log g ON g.seq = e.seq
WHERE e.hash = $3 AND {{visible}} ORDER BY e.seq LIMIT 1;
