-- The three lists: items, their tasks, and who answers for what. Each list is a few cursors in the
-- order of items, which three.c merges: as many statements for a million rows as for one.
--
-- Parameters of all of them: $1 viewer, $2 today, $3 items behind this id, $4 campaign ('' any),
-- $5 states as bits (0 any; 13 and 14: struck off here, and on the word of an older book), $6 path of the subtree that holds the lead unit ('' any), $7 1: only
-- what is overdue, 2: only what falls due within a week (board.h: BOARD_SOON), $8 path of a subtree
-- that answers for all items of the list ('' none). States up to 7 are open, 8 and 9 closed, the
-- others aside (words.def). Of items also $9 who answers in person ('' any), $10 kind (0 any), $11
-- and $12 deadlines from and until, $13 what $6 has to do with it (lists.h: enum list_part).
--
-- The parts of a UNION give the same; all but one are always empty. So the whole list follows the
-- primary key, that of a campaign its index, and that of a small subtree the index on duties.

-- fragment list_items
i.id > $3 AND ($5 = 0 OR (($5 >> i.state) & 1) = 1
               OR (i.state = 8 AND (($5 >> (13 + i.taken_over)) & 1) = 1))
AND ($6 = '' OR EXISTS (SELECT 1 FROM unit lu WHERE lu.code = i.lead AND lu.path >= $6
                            AND lu.path < $6 || '~' AND ($13 <> 2 OR lu.path = $6))
     OR ($13 = 1 AND EXISTS (SELECT 1 FROM duty ld JOIN unit du ON du.code = ld.unit
                             WHERE ld.item = i.id AND du.path >= $6 AND du.path < $6 || '~')))
AND ($13 <> 3 OR i.lead = '')
AND ($7 = 0 OR (i.state <= 7 AND (($7 = 1 AND i.due < $2)
                                  OR ($7 = 2 AND i.due >= $2 AND i.due <= $2 + 7))))
AND ($9 = '' OR EXISTS (SELECT 1 FROM duty ld WHERE ld.item = i.id AND ld.person = $9))
AND ($10 = 0 OR i.kind = $10) AND i.due >= $11 AND i.due <= $12
AND {{visible}}

-- fragment list_whole
$8 = '' AND $4 = ''
-- fragment list_campaign
$8 = '' AND $4 <> '' AND i.campaign = $4
-- fragment list_narrow
$8 <> '' AND ($4 = '' OR i.campaign = $4)
AND i.id IN (SELECT nd.item FROM unit nu CROSS JOIN duty nd
             WHERE nd.unit = nu.code AND nd.unit <> '' AND nu.path >= $8 AND nu.path < $8 || '~')

-- The codes of other items that an item mentions, as long as the viewer may see those.
-- fragment list_likely
CASE WHEN x.likely = '' THEN ''
     ELSE COALESCE((SELECT i.code FROM item i WHERE i.code = x.likely AND {{visible}}), '') END
-- fragment list_follows
CASE WHEN x.after = '' THEN ''
     ELSE COALESCE((SELECT i.code FROM item i WHERE i.code = x.after AND {{visible}}), '') END

-- fragment list_problem
SELECT i.id, i.code, i.campaign, i.kind, i.state, i.class, i.marking, i.version, i.head, i.lead,
    COALESCE(u.name, ''), i.person, COALESCE(p.name, ''), i.due, i.found, i.tasks, i.tasks_open,
    i.returns, i.reopened, i.extensions, i.suspended, i.taken_over, i.owed, i.answered, i.plan,
    i.plan_state, i.asked_task, i.asked_due, i.grade, x.number, x.title, x.text, x.parts,
    x.category, x.object, x.place, x.level, x.source, x.cite, x.remarks, x.originator,
    {{list_likely}}, {{list_follows}}, x.file, x.sheet, x.row, COALESCE(g.bytes, '')
FROM item i JOIN item_text x ON x.id = i.id LEFT JOIN unit u ON u.code = i.lead
    LEFT JOIN person p ON p.code = i.person LEFT JOIN log g ON g.seq = i.report

-- Items.
-- list_problems (viewer text, today int, after int, campaign text, states int, path text,
--   overdue int, narrow text, person text,
--   kind int, since int, until int, part int, count int) -> stream (id int, code text,
--   campaign text, kind int, state int,
--   class int, marking int, version int, head int, lead text, lead_name text, person text,
--   person_name text, due int, found int, tasks int, tasks_open int, returns int, reopened int,
--   extensions int, suspended int, taken_over int, owed int, answered int, plan int,
--   plan_state int, asked_task int, asked_due int, grade text, number text, title text, text text,
--   parts text, category text, object text, place text, level text, source text, cite text,
--   remarks text, originator text, likely text, follows text, file text, sheet text, row int,
--   report blob)
{{list_problem}} WHERE {{list_whole}} AND {{list_items}}
UNION ALL {{list_problem}} WHERE {{list_campaign}} AND {{list_items}}
UNION ALL {{list_problem}} WHERE {{list_narrow}} AND {{list_items}}
ORDER BY 1 LIMIT $14;
-- One of which it is known that it may be seen.
-- list_problem_of (viewer text, today int, item int) -> (id int, code text,
--   campaign text, kind int, state int,
--   class int, marking int, version int, head int, lead text, lead_name text, person text,
--   person_name text, due int, found int, tasks int, tasks_open int, returns int, reopened int,
--   extensions int, suspended int, taken_over int, owed int, answered int, plan int,
--   plan_state int, asked_task int, asked_due int, grade text, number text, title text, text text,
--   parts text, category text, object text, place text, level text, source text, cite text,
--   remarks text, originator text, likely text, follows text, file text, sheet text, row int,
--   report blob)
{{list_problem}} WHERE i.id = $3;

-- Every item gives a row, if only an empty one (role 0): so a page reads the duties of its items
-- and no more, also where hardly any item has some.
-- fragment list_duty
SELECT i.id, d.task, d.role, d.pos, d.unit, COALESCE(u.name, ''), COALESCE(u.path, ''), d.person,
    COALESCE(p.name, ''), COALESCE(h.code, ''), COALESCE(h.name, ''), COALESCE(h.path, ''), d.duty
FROM item i LEFT JOIN duty d ON d.item = i.id AND d.role > 0 LEFT JOIN unit u ON u.code = d.unit
    LEFT JOIN person p ON p.code = d.person LEFT JOIN unit h ON h.code = p.unit
WHERE i.id > 0

-- Assisting units (role 1) and responsible leaders (role 2), whose home unit is h.
-- list_duties (viewer text, today int, after int, campaign text, states int, path text,
--   overdue int, narrow text, person text,
--   kind int, since int, until int, part int) -> stream (item int, task int, role int, pos int, unit text,
--   unit_name text, path text, person text, person_name text, home text, home_name text,
--   home_path text, duty text)
{{list_duty}} AND {{list_whole}} AND {{list_items}}
UNION ALL {{list_duty}} AND {{list_campaign}} AND {{list_items}}
UNION ALL {{list_duty}} AND {{list_narrow}} AND {{list_items}}
ORDER BY 1, 2, 3, 4;
-- list_duties_of (item int) -> (item int, task int, role int, pos int, unit text,
--   unit_name text, path text, person text, person_name text, home text, home_name text,
--   home_path text, duty text)
{{list_duty}} AND i.id = $1 ORDER BY 1, 2, 3, 4;

-- Likewise: n 0 for an item without measures.
-- fragment list_measure
SELECT i.id, t.n, t.text FROM item i LEFT JOIN task t ON t.item = i.id AND t.state < 4 WHERE i.id > 0

-- What is to be done, without what was dropped.
-- list_measures (viewer text, today int, after int, campaign text, states int, path text,
--   overdue int, narrow text, person text,
--   kind int, since int, until int, part int) -> stream (item int, n int, text text)
{{list_measure}} AND {{list_whole}} AND {{list_items}}
UNION ALL {{list_measure}} AND {{list_campaign}} AND {{list_items}}
UNION ALL {{list_measure}} AND {{list_narrow}} AND {{list_items}}
ORDER BY 1, 2;

-- A task has its item's lead unit, class and deadline where it has none of its own, and its item's
-- person as long as the same unit leads. An item without tasks stands as a task number 0, open,
-- done or dropped as the item is.
-- fragment list_task
SELECT i.id, COALESCE(t.n, 0),
    COALESCE(t.state, CASE WHEN i.state <= 7 THEN 1 WHEN i.state <= 9 THEN 3 ELSE 4 END), i.code,
    i.campaign, i.state, i.tasks, i.lead, x.number, x.title, x.text,
    CASE WHEN COALESCE(t.class, 0) > 0 THEN t.class ELSE i.class END, COALESCE(t.text, ''),
    COALESCE(u.code, ''), COALESCE(u.name, ''), COALESCE(u.path, ''), COALESCE(p.code, ''),
    COALESCE(p.name, ''), CASE WHEN t.due < 1000000 THEN t.due ELSE i.due END,
    COALESCE(g.bytes, '')
FROM item i JOIN item_text x ON x.id = i.id LEFT JOIN task t ON t.item = i.id
    LEFT JOIN unit u ON u.code = CASE WHEN COALESCE(t.lead, '') <> '' THEN t.lead ELSE i.lead END
    LEFT JOIN person p ON p.code = CASE WHEN COALESCE(t.person, '') <> '' THEN t.person
        WHEN COALESCE(t.lead, '') = '' OR t.lead = i.lead THEN i.person ELSE '' END
    LEFT JOIN log g ON g.seq = t.report

-- $5 are states of tasks. $9 1: items without tasks as well; $10 and $11: only behind this task of
-- that item.
-- fragment list_of_tasks
i.id > $3 AND (i.id > $10 OR COALESCE(t.n, 0) > $11) AND ($9 = 1 OR t.n > 0)
AND ($5 = 0 OR (($5 >> COALESCE(t.state,
    CASE WHEN i.state <= 7 THEN 1 WHEN i.state <= 9 THEN 3 ELSE 4 END)) & 1) = 1)
AND ($6 = '' OR (u.path >= $6 AND u.path < $6 || '~'))
AND ($7 = 0 OR (i.state <= 7 AND COALESCE(t.state, 1) <= 2
    AND (($7 = 1 AND CASE WHEN t.due < 1000000 THEN t.due ELSE i.due END < $2)
         OR ($7 = 2 AND CASE WHEN t.due < 1000000 THEN t.due ELSE i.due END BETWEEN $2 AND $2 + 7))))
AND {{visible}}

-- list_tasks (viewer text, today int, after int, campaign text, states int, path text,
--   overdue int, narrow text, whole int, key_item int, key_task int, count int) -> stream (id int, n int,
--   state int, code text, campaign text, item_state int, tasks int, item_lead text, number text,
--   title text, item_text text, class int, text text, lead text, lead_name text, path text,
--   person text, person_name text, due int, report blob)
{{list_task}} WHERE {{list_whole}} AND {{list_of_tasks}}
UNION ALL {{list_task}} WHERE {{list_campaign}} AND {{list_of_tasks}}
UNION ALL {{list_task}} WHERE {{list_narrow}} AND {{list_of_tasks}}
ORDER BY 1, 2 LIMIT $12;
-- Those of one item, of which it is known that it may be seen: whatever else the viewer may see is
-- not looked at.
-- list_tasks_of (item int) -> (id int, n int,
--   state int, code text, campaign text, item_state int, tasks int, item_lead text, number text,
--   title text, item_text text, class int, text text, lead text, lead_name text, path text,
--   person text, person_name text, due int, report blob)
{{list_task}} WHERE i.id = $1 AND t.n > 0 ORDER BY 1, 2;

-- fragment then
$9
-- fragment list_then
SELECT i.id, i.code, COALESCE(h.due, i.due) AS due FROM item i LEFT JOIN item_day h ON {{item_then_day}}
    LEFT JOIN unit u ON u.code = COALESCE(h.lead, i.lead)
    LEFT JOIN unit_day w ON {{unit_then_day}}
WHERE i.id > $3 AND {{item_then_there}}
AND ($5 = 0 OR (($5 >> COALESCE(h.state, i.state)) & 1) = 1
     OR (COALESCE(h.state, i.state) = 8 AND (($5 >> (13 + i.taken_over)) & 1) = 1))
AND ($6 = '' OR (COALESCE(w.path, u.path) >= $6 AND COALESCE(w.path, u.path) < $6 || '~'
                 AND ($11 <> 2 OR COALESCE(w.path, u.path) = $6)))
AND ($11 <> 3 OR COALESCE(h.lead, i.lead) = '')
AND ($7 = 0 OR (COALESCE(h.state, i.state) <= 7
    AND (($7 = 1 AND COALESCE(h.due, i.due) < $9)
         OR ($7 = 2 AND COALESCE(h.due, i.due) >= $9 AND COALESCE(h.due, i.due) <= $9 + 7))))
AND ($12 = 0 OR i.kind = $12)
AND COALESCE(h.due, i.due) >= $13 AND COALESCE(h.due, i.due) <= $14
AND {{visible}}

-- Which items such a list had at the end of a past day ($9), for a viewer of today. $11 to $14 are
-- part, kind and deadlines.
-- fragment list_thens
{{list_then}} AND {{list_whole}}
UNION ALL {{list_then}} AND {{list_campaign}}
UNION ALL {{list_then}} AND {{list_narrow}}
-- list_then (viewer text, today int, after int, campaign text, states int, path text,
--   overdue int, narrow text, day int, count int, part int, kind int, since int, until int) ->
--   (id int, code text, due int)
{{list_thens}} ORDER BY 1 LIMIT $10;
-- Those with the nearest deadlines, by key all the same.
-- list_then_nearest (viewer text, today int, after int, campaign text, states int, path text,
--   overdue int, narrow text, day int, count int, part int, kind int, since int, until int) ->
--   (id int, code text, due int)
SELECT n.id, n.code, n.due FROM (SELECT t.id, t.code, t.due FROM ({{list_thens}}) t
    ORDER BY t.due, t.id LIMIT $10) n ORDER BY n.id;

-- How many items a subtree leads, about, and how many there are.
-- list_size (path text) -> (subtree int, ledger int)
SELECT CAST((SELECT COALESCE(SUM(t.n), 0) FROM unit u JOIN tally_state t ON t.unit = u.id
             WHERE u.path = $1) AS BIGINT),
    CAST((SELECT COALESCE(SUM(t.n), 0) FROM tally_state t WHERE t.unit = 0) AS BIGINT);

-- The scopes of a viewer and of those whom they stand in for.
-- list_scopes (viewer text, today int) -> (unit text, path text, campaign text, clearance int)
SELECT vs.unit, COALESCE(u.path, ''), vs.campaign, vp.clearance
FROM scope vs JOIN person vp ON vp.code = vs.person LEFT JOIN unit u ON u.code = vs.unit
WHERE {{of_viewer}}
ORDER BY vs.unit, vs.campaign;

-- list_code (viewer text, today int, code text) -> (id int)
SELECT i.id FROM item i WHERE i.code = $3 AND {{visible}};
-- A unit as it was at the end of a day.
-- list_path (code text, day int) -> (name text, path text)
SELECT COALESCE(w.name, u.name), COALESCE(w.path, u.path)
FROM unit u LEFT JOIN unit_day w ON w.unit = u.id
    AND w.day = CASE WHEN u.day > $2 THEN (SELECT MAX(m.day) FROM unit_day m
                     WHERE m.unit = u.id AND m.day <= $2) END
WHERE u.code = $1 AND (u.day <= $2 OR w.unit IS NOT NULL);
