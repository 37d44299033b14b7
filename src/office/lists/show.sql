-- One item and its history.

-- The chain of the item's entries from its newest one backwards, oldest first. Where an item came
-- of another one's look-back, the chain ends with that entry, which is the other item's.
-- show_history (head int, item int) -> (seq int, item int, bytes blob)
WITH RECURSIVE chain (seq, item, prev) AS (
    SELECT t.seq, t.item, t.prev FROM thread t WHERE t.seq = $1
    UNION ALL
    SELECT t.seq, t.item, t.prev FROM chain c JOIN thread t ON t.seq = c.prev
    WHERE c.item = $2 AND t.seq < c.seq)
SELECT c.seq, c.item, l.bytes FROM chain c JOIN log l ON l.seq = c.seq ORDER BY 1;

-- show_milestones (item int) -> (task int, n int, text text, due int, done int)
SELECT task, n, text, due, done FROM milestone WHERE item = $1 ORDER BY task, n;

-- Many keys in one parameter, each behind its length in four digits ("0007ZG-0001"), as the rows of
-- piece (key, rest): so a page asks once for all that it names (pieces.h).
-- fragment show_further
SELECT substr(p.rest, 5, CAST(substr(p.rest, 1, 4) AS INTEGER)),
    substr(p.rest, 5 + CAST(substr(p.rest, 1, 4) AS INTEGER))
FROM piece p WHERE p.rest <> ''

-- show_sealed (commitments text, item text) -> (commitment text, box blob, wrapped blob)
WITH RECURSIVE piece (key, rest) AS (SELECT '', CAST($1 AS TEXT) UNION ALL {{show_further}})
SELECT s.commitment, s.box, s.wrapped FROM piece k CROSS JOIN sealed s
WHERE s.commitment = k.key AND s.item = $2;
-- Those of the items that the viewer may see.
-- show_seen (viewer text, today int, codes text) -> (code text)
WITH RECURSIVE piece (key, rest) AS (SELECT '', CAST($3 AS TEXT) UNION ALL {{show_further}})
SELECT i.code FROM piece k CROSS JOIN item i WHERE i.code = k.key AND {{visible}};
-- show_plan (item int, version int) -> (seq int)
SELECT seq FROM plan WHERE item = $1 AND version = $2;
-- Who answers for an item; unit_alone, person_alone: nothing else is meant by that name.
-- show_answering (item int) -> (role int, unit text, unit_name text, unit_alone int, person text,
--   person_name text, person_alone int, duty text)
SELECT d.role, d.unit, COALESCE(u.name, ''),
    CASE WHEN u.name IS NULL OR EXISTS (SELECT 1 FROM unit x WHERE x.name = u.name AND x.code <> u.code)
              OR EXISTS (SELECT 1 FROM unit x WHERE x.code = u.name AND x.code <> u.code)
         THEN 0 ELSE 1 END,
    d.person, COALESCE(p.name, ''),
    CASE WHEN p.name IS NULL OR EXISTS (SELECT 1 FROM person x WHERE x.name = p.name AND x.code <> p.code)
              OR EXISTS (SELECT 1 FROM person x WHERE x.code = p.name AND x.code <> p.code)
         THEN 0 ELSE 1 END,
    d.duty
FROM duty d LEFT JOIN unit u ON u.code = d.unit LEFT JOIN person p ON p.code = d.person
WHERE d.item = $1 AND d.task = 0 ORDER BY d.role, d.pos;
-- show_units (codes text) -> (code text, name text)
WITH RECURSIVE piece (key, rest) AS (SELECT '', CAST($1 AS TEXT) UNION ALL {{show_further}})
SELECT u.code, u.name FROM piece k CROSS JOIN unit u WHERE u.code = k.key;
-- show_people (codes text) -> (code text, name text)
WITH RECURSIVE piece (key, rest) AS (SELECT '', CAST($1 AS TEXT) UNION ALL {{show_further}})
SELECT n.code, n.name FROM piece k CROSS JOIN person n WHERE n.code = k.key;
