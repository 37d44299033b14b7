-- The board: counts from the tallies, whose size has nothing to do with the number of items. Unit 0
-- is the whole ledger; vis is marking * 2 + confidential (see projections.sqlite.sql).
--
-- All is asked as of the end of a day, which may be today; then.sql and projections.sqlite.sql say
-- how the past is kept. 

-- board_unit (code text, day int) -> (id int, name text, path text)
SELECT u.id, COALESCE(w.name, u.name), COALESCE(w.path, u.path)
FROM unit u LEFT JOIN unit_day w ON w.unit = u.id
    AND w.day = CASE WHEN u.day > $2 THEN (SELECT MAX(m.day) FROM unit_day m
                     WHERE m.unit = u.id AND m.day <= $2) END
WHERE u.code = $1 AND (u.day <= $2 OR w.unit IS NOT NULL);

-- The units that stood right below one ($1) on the day $2.
-- fragment board_below
SELECT u.id, u.code, u.name, u.path FROM unit u WHERE u.parent = $1 AND u.day <= $2
UNION ALL SELECT u.id, u.code, w.name, w.path FROM unit_day w JOIN unit u ON u.id = w.unit
WHERE w.parent = $1 AND u.day > $2
    AND w.day = (SELECT MAX(m.day) FROM unit_day m WHERE m.unit = w.unit AND m.day <= $2)
-- board_parts (parent text, day int) -> (id int, code text, name text, path text)
{{board_below}} ORDER BY 4;

-- A counter as it stood.
-- fragment board_state_then
CASE WHEN t.day <= $2 THEN t.n ELSE COALESCE((SELECT h.n FROM tally_state_day h
    WHERE h.unit = t.unit AND h.campaign = t.campaign AND h.vis = t.vis AND h.state = t.state
        AND h.day <= $2 ORDER BY h.day DESC LIMIT 1), 0) END
-- fragment board_due_then
CASE WHEN d.day <= $2 THEN d.n ELSE COALESCE((SELECT h.n FROM tally_due_day h
    WHERE h.unit = d.unit AND h.campaign = d.campaign AND h.vis = d.vis AND h.grain = d.grain
        AND h.period = d.period AND h.day <= $2 ORDER BY h.day DESC LIMIT 1), 0) END

-- board_states (unit int, day int, campaign text) -> (unit int, campaign text, vis int, state int,
--   n int)
SELECT t.unit, t.campaign, t.vis, t.state, {{board_state_then}} FROM tally_state t
WHERE t.unit = $1 AND ($3 = '' OR t.campaign = $3);
-- The same for the units right below one.
-- board_part_states (parent text, day int, campaign text) -> (unit int, campaign text, vis int,
--   state int, n int)
SELECT t.unit, t.campaign, t.vis, t.state, {{board_state_then}}
FROM ({{board_below}}) b JOIN tally_state t ON t.unit = b.id
WHERE $3 = '' OR t.campaign = $3;

-- Of one class of open items, by the months and days of their deadlines: how many have one; how
-- many fell due before this month, or in it before the day; how many fall due until $6.
-- fragment board_dues
SELECT t.unit, t.campaign, t.vis,
    CAST((SELECT COALESCE(SUM({{board_due_then}}), 0) FROM tally_due d WHERE d.unit = t.unit
              AND d.campaign = t.campaign AND d.vis = t.vis AND d.grain = 1) AS BIGINT),
    CAST((SELECT COALESCE(SUM({{board_due_then}}), 0) FROM tally_due d WHERE d.unit = t.unit
              AND d.campaign = t.campaign AND d.vis = t.vis AND d.grain = 1 AND d.period < $4)
         + (SELECT COALESCE(SUM({{board_due_then}}), 0) FROM tally_due d WHERE d.unit = t.unit
              AND d.campaign = t.campaign AND d.vis = t.vis AND d.grain = 0
              AND d.period >= $5 AND d.period < $2) AS BIGINT),
    CAST((SELECT COALESCE(SUM({{board_due_then}}), 0) FROM tally_due d WHERE d.unit = t.unit
              AND d.campaign = t.campaign AND d.vis = t.vis AND d.grain = 0
              AND d.period >= $2 AND d.period <= $6) AS BIGINT)

-- board_due (unit int, day int, campaign text, month int, first int, soon int) -> (unit int,
--   campaign text, vis int, dated int, overdue int, soon int)
{{board_dues}} FROM tally_state t WHERE t.unit = $1 AND ($3 = '' OR t.campaign = $3)
GROUP BY t.unit, t.campaign, t.vis;
-- board_part_due (parent text, day int, campaign text, month int, first int, soon int) ->
--   (unit int, campaign text, vis int, dated int, overdue int, soon int)
{{board_dues}} FROM ({{board_below}}) b JOIN tally_state t ON t.unit = b.id
WHERE $3 = '' OR t.campaign = $3 GROUP BY t.unit, t.campaign, t.vis;

-- The classes of items in which some came, went or changed after a day.
-- board_changed (day int) -> (campaign text, vis int)
SELECT DISTINCT campaign, vis FROM tally_state WHERE unit = 0 AND day > $1;

-- fragment then
$7

-- Where the tallies cannot answer (a viewer of several subtrees; a past day for a viewer who sees
-- only some): visible items, counted as they were on the day $7. $4 is the path of the subtree then ('' the whole ledger), $5
-- the length of its parts' paths. late is 0 without a deadline, 1 past it, 2 until $6, 3 later.
-- board_count (viewer text, today int, campaign text, path text, size int, soon int, day int) ->
--   (campaign text, part text, state int, taken_over int, late int, n int)
SELECT c.campaign, substr(c.path, 1, CAST($5 AS INTEGER)), c.state, c.taken_over,
    CASE WHEN c.due >= 1000000 THEN 0 WHEN c.due < $7 THEN 1 WHEN c.due <= $6 THEN 2 ELSE 3 END,
    COUNT(*)
FROM (SELECT i.campaign, i.taken_over, COALESCE(h.state, i.state) AS state,
          COALESCE(h.due, i.due) AS due, COALESCE(w.path, u.path, '') AS path
      FROM item i LEFT JOIN item_day h ON {{item_then_day}}
          LEFT JOIN unit u ON u.code = COALESCE(h.lead, i.lead)
          LEFT JOIN unit_day w ON {{unit_then_day}}
      WHERE ($3 = '' OR i.campaign = $3) AND {{item_then_there}} AND {{visible}}) c
WHERE $4 = '' OR (c.path >= $4 AND c.path < $4 || '~')
GROUP BY 1, 2, 3, 4, 5;
