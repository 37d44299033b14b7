-- The access log: who opened what of an item. It stands outside the log.

-- access_add (item text, day int, person text, kind int, channels int, what text, since int,
--   until int, n int)
INSERT INTO access_seen (item, day, person, kind, channels, what, since, until, n)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (item, day, person, kind) DO UPDATE SET
    channels = access_seen.channels | excluded.channels, what = excluded.what,
    until = excluded.until, n = access_seen.n + excluded.n;
-- An item's first entry; what was exported before its day did not hold it.
-- access_first (code text) -> (seq int)
WITH RECURSIVE chain (seq, item, prev, self) AS (
    SELECT t.seq, t.item, t.prev, i.id FROM item i JOIN thread t ON t.seq = i.head WHERE i.code = $1
    UNION ALL
    SELECT t.seq, t.item, t.prev, c.self FROM chain c JOIN thread t ON t.seq = c.prev
    WHERE c.item = c.self)
SELECT COALESCE(MIN(seq), 0) FROM chain;
-- Newest days first: what was opened of an item (kinds up to 3), and exports (4) of its campaign or
-- of everything that may have held it. Only of an item that the viewer may see.
-- access_of_item (viewer text, today int, code text, since int, day int, person text, kind int,
--   count int) -> (day int, person text, name text, kind int, channels int, what text, since int,
--   until int, n int)
SELECT a.day, a.person, COALESCE(p.name, ''), a.kind, a.channels, a.what, a.since, a.until, a.n
FROM item i JOIN access_seen a ON (a.item = i.code AND a.kind < 4)
    OR (a.kind = 4 AND a.day >= $4 AND a.item IN ('', i.campaign))
    LEFT JOIN person p ON p.code = a.person
WHERE i.code = $3 AND (a.day < $5 OR (a.day = $5 AND (a.person > $6 OR (a.person = $6 AND a.kind > $7))))
    AND {{visible}}
ORDER BY a.day DESC, a.person, a.kind LIMIT $8;
-- At most so many rows at a time.
-- access_drop (before int, count int)
DELETE FROM access_seen WHERE day < $1 AND (item, day, person, kind) IN
    (SELECT d.item, d.day, d.person, d.kind FROM access_seen d WHERE d.day < $1 LIMIT $2);
-- access_left (before int) -> (n int)
SELECT COUNT(*) FROM access_seen WHERE day < $1;
-- Whether there is any: 1 or 0.
-- access_any (before int) -> (n int)
SELECT COUNT(*) FROM (SELECT 1 AS one FROM access_seen WHERE day < $1 LIMIT 1) a;
