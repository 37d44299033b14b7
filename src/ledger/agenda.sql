-- What stands before each unit, by state and deadline; see agenda.h.

-- agenda_in (unit int, state int, due int, item int)
INSERT INTO agenda (unit, state, due, item) VALUES ($1, $2, $3, $4)
ON CONFLICT (unit, state, due, item) DO NOTHING;
-- agenda_out (unit int, state int, due int, item int)
DELETE FROM agenda WHERE unit = $1 AND state = $2 AND due = $3 AND item = $4;
-- agenda_paths (item int) -> (path text)
SELECT DISTINCT u.path FROM duty d JOIN unit u ON u.code = d.unit
WHERE d.item = $1 AND d.unit <> '' ORDER BY u.path;

-- The items that the subtree of a path answers for.
-- fragment agenda_subtree
SELECT sd.item FROM duty sd JOIN unit su ON su.code = sd.unit
WHERE sd.unit <> '' AND su.path >= $1 AND su.path < $1 || '~'

-- A unit that stood above a subtree does so no longer.
-- agenda_leave (path text, unit int)
DELETE FROM agenda WHERE unit = $2 AND item IN ({{agenda_subtree}});
-- All units that answer for items of the subtree, and their ancestors, of the items behind `after`
-- up to `last`.
-- agenda_join (path text, after int, last int)
INSERT INTO agenda (unit, state, due, item)
WITH RECURSIVE above (item, code) AS (
    SELECT d.item, d.unit FROM duty d
    WHERE d.item > $2 AND d.item <= $3 AND d.unit <> '' AND d.item IN ({{agenda_subtree}})
    UNION
    SELECT a.item, u.parent FROM above a JOIN unit u ON u.code = a.code WHERE u.parent <> '')
SELECT n.id, i.state, i.due, i.id FROM above a JOIN unit n ON n.code = a.code
JOIN item i ON i.id = a.item WHERE TRUE
ON CONFLICT (unit, state, due, item) DO NOTHING;
