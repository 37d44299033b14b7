-- The board: counts from the tallies, whose size has nothing to do with the number of items. Unit 0
-- is the whole ledger; vis is marking * 2 + confidential (see projections.sqlite.sql).

-- board_unit (code text) -> (id int, name text, path text)
SELECT id, name, path FROM unit WHERE code = $1;
-- board_parts (parent text) -> (id int, code text, name text, path text)
SELECT id, code, name, path FROM unit WHERE parent = $1 ORDER BY path;

-- board_states (unit int, campaign text) -> (unit int, campaign text, vis int, state int, n int)
SELECT unit, campaign, vis, state, n FROM tally_state
WHERE unit = $1 AND ($2 = '' OR campaign = $2) AND n <> 0;
-- The same for the units right below one.
-- board_part_states (parent text, campaign text) -> (unit int, campaign text, vis int, state int,
--   n int)
SELECT t.unit, t.campaign, t.vis, t.state, t.n FROM unit u JOIN tally_state t ON t.unit = u.id
WHERE u.parent = $1 AND ($2 = '' OR t.campaign = $2) AND t.n <> 0;

-- Of one class of open items, by the months and days of their deadlines: how many have one; how
-- many fell due before this month, or in it before today; how many fall due until $6.
-- fragment board_dues
SELECT t.unit, t.campaign, t.vis,
    CAST((SELECT COALESCE(SUM(d.n), 0) FROM tally_due d WHERE d.unit = t.unit
              AND d.campaign = t.campaign AND d.vis = t.vis AND d.grain = 1) AS BIGINT),
    CAST((SELECT COALESCE(SUM(d.n), 0) FROM tally_due d WHERE d.unit = t.unit
              AND d.campaign = t.campaign AND d.vis = t.vis AND d.grain = 1 AND d.period < $3)
         + (SELECT COALESCE(SUM(d.n), 0) FROM tally_due d WHERE d.unit = t.unit
              AND d.campaign = t.campaign AND d.vis = t.vis AND d.grain = 0
              AND d.period >= $4 AND d.period < $5) AS BIGINT),
    CAST((SELECT COALESCE(SUM(d.n), 0) FROM tally_due d WHERE d.unit = t.unit
              AND d.campaign = t.campaign AND d.vis = t.vis AND d.grain = 0
              AND d.period >= $5 AND d.period <= $6) AS BIGINT)

-- board_due (unit int, campaign text, month int, first int, today int, soon int) -> (unit int,
--   campaign text, vis int, dated int, overdue int, soon int)
{{board_dues}} FROM tally_state t WHERE t.unit = $1 AND ($2 = '' OR t.campaign = $2)
GROUP BY t.unit, t.campaign, t.vis;
-- board_part_due (parent text, campaign text, month int, first int, today int, soon int) ->
--   (unit int, campaign text, vis int, dated int, overdue int, soon int)
{{board_dues}} FROM unit u JOIN tally_state t ON t.unit = u.id
WHERE u.parent = $1 AND ($2 = '' OR t.campaign = $2) GROUP BY t.unit, t.campaign, t.vis;

-- Where the tallies cannot answer (a viewer of several subtrees; a past moment): visible items,
-- counted. $4 is the path of the subtree ('' the whole ledger), $5 the length of its parts' paths.
-- late is 0 without a deadline, 1 past it, 2 until $6, 3 later.
-- board_count (viewer text, today int, campaign text, path text, size int, soon int) ->
--   (campaign text, part text, state int, taken_over int, late int, n int)
SELECT i.campaign, substr(COALESCE(u.path, ''), 1, CAST($5 AS INTEGER)), i.state, i.taken_over,
    CASE WHEN i.due >= 1000000 THEN 0 WHEN i.due < $2 THEN 1 WHEN i.due <= $6 THEN 2 ELSE 3 END,
    COUNT(*)
FROM item i LEFT JOIN unit u ON u.code = i.lead
WHERE ($3 = '' OR i.campaign = $3) AND ($4 = '' OR (u.path >= $4 AND u.path < $4 || '~'))
  AND {{visible}}
GROUP BY 1, 2, 3, 4, 5;
