-- What stands before each unit, by state and deadline; see agenda.h.

-- agenda_in (unit int, state int, due int, item int)
INSERT INTO agenda (unit, state, due, item) VALUES ($1, $2, $3, $4)
ON CONFLICT (unit, state, due, item) DO NOTHING;
-- agenda_out (unit int, state int, due int, item int)
DELETE FROM agenda WHERE unit = $1 AND state = $2 AND due = $3 AND item = $4;
-- agenda_paths (item int) -> (path text)
SELECT DISTINCT u.path FROM duty d JOIN unit u ON u.code = d.unit
WHERE d.item = $1 AND d.unit <> '' ORDER BY u.path;
-- agenda_below (path text, after int, count int) -> (id int, state int, due int)
SELECT i.id, i.state, i.due FROM item i
WHERE i.id > $2 AND EXISTS (SELECT 1 FROM duty d JOIN unit u ON u.code = d.unit
    WHERE d.item = i.id AND d.unit <> '' AND u.path >= $1 AND u.path < $1 || '~')
ORDER BY i.id LIMIT $3;
