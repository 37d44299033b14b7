-- Items by deadline; see agenda.h. One arm a state: each follows the key of the agenda, and they are
-- merged in its order, so that a page reads a page.
--
-- $1 viewer, $2 today, $3 unit's number (0: the whole ledger), $4 states as bits (0 any), $5 and $6
-- behind this deadline and item, $7 and $8 deadlines from and until, $9 campaign ('' any), $10 person
-- ('' any), $11 kind (0 any), $12 how many, $13 what the subtree $14 has to do with it beyond
-- answering in whatever way (lists.h: enum list_part). Bits 13 and 14 of the states part what was
-- struck off. $15 and $16: before this deadline and item. Each arm asks first, of the parameters alone, whether its state is wanted: one that is
-- not reads no row.

-- fragment agenda_arm
a.unit = $3 AND ($4 = 0 OR (($4 >> a.state) & 1) = 1
                 OR (a.state = 8 AND (($4 >> (13 + i.taken_over)) & 1) = 1))
AND (a.due > $5 OR (a.due = $5 AND a.item > $6))
AND (a.due < $15 OR (a.due = $15 AND a.item < $16)) AND a.due >= $7 AND a.due <= $8
AND ($9 = '' OR i.campaign = $9) AND ($11 = 0 OR i.kind = $11)
AND ($10 = '' OR EXISTS (SELECT 1 FROM duty ad WHERE ad.item = i.id AND ad.person = $10))
AND ($13 = 1 OR ($13 = 3 AND i.lead = '')
     OR EXISTS (SELECT 1 FROM unit lu WHERE lu.code = i.lead
                    AND (lu.path = $14 OR ($13 = 0 AND lu.path > $14 AND lu.path < $14 || '~'))))
AND {{visible}}

-- fragment agenda_1
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 1
    AND ($4 = 0 OR (($4 >> 1) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_2
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 2
    AND ($4 = 0 OR (($4 >> 2) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_3
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 3
    AND ($4 = 0 OR (($4 >> 3) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_4
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 4
    AND ($4 = 0 OR (($4 >> 4) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_5
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 5
    AND ($4 = 0 OR (($4 >> 5) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_6
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 6
    AND ($4 = 0 OR (($4 >> 6) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_7
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 7
    AND ($4 = 0 OR (($4 >> 7) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_8
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 8
    AND ($4 = 0 OR (($4 >> 8) & 1) = 1 OR ($4 >> 13) <> 0) AND {{agenda_arm}}
-- fragment agenda_9
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 9
    AND ($4 = 0 OR (($4 >> 9) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_10
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 10
    AND ($4 = 0 OR (($4 >> 10) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_11
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 11
    AND ($4 = 0 OR (($4 >> 11) & 1) = 1) AND {{agenda_arm}}
-- fragment agenda_12
SELECT a.due, a.item FROM agenda a JOIN item i ON i.id = a.item WHERE a.state = 12
    AND ($4 = 0 OR (($4 >> 12) & 1) = 1) AND {{agenda_arm}}

-- fragment agenda_arms
{{agenda_1}} UNION ALL {{agenda_2}} UNION ALL {{agenda_3}} UNION ALL {{agenda_4}}
UNION ALL {{agenda_5}} UNION ALL {{agenda_6}} UNION ALL {{agenda_7}} UNION ALL {{agenda_8}}
UNION ALL {{agenda_9}} UNION ALL {{agenda_10}} UNION ALL {{agenda_11}} UNION ALL {{agenda_12}}

-- fragment agenda_rows
{{agenda_arms}} ORDER BY 1, 2 LIMIT $12

-- PostgreSQL looks at the order of an arm only where the arm asks for it; else it reads all of each
-- and sorts them.
-- fragment agenda_rows on postgres
({{agenda_1}} ORDER BY 1, 2)
UNION ALL ({{agenda_2}} ORDER BY 1, 2)
UNION ALL ({{agenda_3}} ORDER BY 1, 2)
UNION ALL ({{agenda_4}} ORDER BY 1, 2)
UNION ALL ({{agenda_5}} ORDER BY 1, 2)
UNION ALL ({{agenda_6}} ORDER BY 1, 2)
UNION ALL ({{agenda_7}} ORDER BY 1, 2)
UNION ALL ({{agenda_8}} ORDER BY 1, 2)
UNION ALL ({{agenda_9}} ORDER BY 1, 2)
UNION ALL ({{agenda_10}} ORDER BY 1, 2)
UNION ALL ({{agenda_11}} ORDER BY 1, 2)
UNION ALL ({{agenda_12}} ORDER BY 1, 2)
ORDER BY 1, 2 LIMIT $12

-- The same rows from the other end.
-- fragment agenda_rows_back
{{agenda_arms}} ORDER BY 1 DESC, 2 DESC LIMIT $12
-- fragment agenda_rows_back on postgres
({{agenda_1}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_2}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_3}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_4}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_5}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_6}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_7}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_8}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_9}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_10}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_11}} ORDER BY 1 DESC, 2 DESC)
UNION ALL ({{agenda_12}} ORDER BY 1 DESC, 2 DESC)
ORDER BY 1 DESC, 2 DESC LIMIT $12

-- Where the page before a row begins.
-- agenda_back (viewer text, today int, unit int, states int, after_due int, after_item int,
--   since int, until int, campaign text, person text, kind int, count int, part int,
--   path text, before_due int, before_item int) -> (due int, item int)
{{agenda_rows_back}};

-- fragment agenda_columns
SELECT i.id, i.code, i.campaign, i.kind, i.state, i.class, i.marking, i.version, i.head, i.lead,
    COALESCE(u.name, ''), i.person, COALESCE(p.name, ''), i.due, i.found, i.tasks, i.tasks_open,
    i.returns, i.reopened, i.extensions, i.suspended, i.taken_over, i.owed, i.answered, i.plan,
    i.plan_state, i.asked_task, i.asked_due, i.grade, x.number, x.title, x.text, x.parts,
    x.category, x.object, x.place, x.level, x.source, x.cite, x.remarks, x.originator,
    {{list_likely}}, {{list_follows}}, x.file, x.sheet, x.row, COALESCE(g.bytes, '')
-- fragment agenda_joins
JOIN item_text x ON x.id = i.id
    LEFT JOIN unit u ON u.code = i.lead LEFT JOIN person p ON p.code = i.person
    LEFT JOIN log g ON g.seq = i.report

-- The columns of agenda_page and agenda_chosen are list_problems', whose _next reads them.
-- agenda_page (viewer text, today int, unit int, states int, after_due int, after_item int,
--   since int, until int, campaign text, person text, kind int, count int, part int,
--   path text, before_due int, before_item int) -> (id int, code text, campaign text, kind int, state int, class int, marking int, version int, head int, lead text,
--   lead_name text, person text, person_name text, due int, found int, tasks int, tasks_open int,
--   returns int, reopened int, extensions int, suspended int, taken_over int, owed int,
--   answered int, plan int, plan_state int, asked_task int, asked_due int, grade text, number text,
--   title text, text text, parts text, category text, object text, place text, level text,
--   source text, cite text, remarks text, originator text, likely text, follows text, file text,
--   sheet text, row int, report blob)
WITH page AS ({{agenda_rows}})
{{agenda_columns}}
FROM page JOIN item i ON i.id = page.item {{agenda_joins}}
ORDER BY page.due, page.item;

-- Assisting units (role 1) and responsible leaders (role 2) of the same items.
-- agenda_duties (viewer text, today int, unit int, states int, after_due int, after_item int,
--   since int, until int, campaign text, person text, kind int, count int,
--   part int, path text, before_due int, before_item int) -> (item int, role int,
--   unit_name text, person_name text, duty text)
WITH page AS ({{agenda_rows}})
SELECT page.item, d.role, COALESCE(u.name, ''), COALESCE(p.name, ''), d.duty
FROM page JOIN duty d ON d.item = page.item AND d.task = 0 AND d.role > 0
    LEFT JOIN unit u ON u.code = d.unit LEFT JOIN person p ON p.code = d.person
ORDER BY page.due, page.item, d.role, d.pos;

-- Items by their codes: $3 holds them one behind the other, each filled up with spaces to $4
-- characters, $5 says how many.
-- agenda_chosen (viewer text, today int, codes text, width int, count int) -> (id int, code text,
--   campaign text, kind int, state int, class int, marking int, version int, head int, lead text,
--   lead_name text, person text, person_name text, due int, found int, tasks int, tasks_open int,
--   returns int, reopened int, extensions int, suspended int, taken_over int, owed int,
--   answered int, plan int, plan_state int, asked_task int, asked_due int, grade text, number text,
--   title text, text text, parts text, category text, object text, place text, level text,
--   source text, cite text, remarks text, originator text, likely text, follows text, file text,
--   sheet text, row int, report blob)
WITH RECURSIVE place (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < $5)
{{agenda_columns}}
FROM place JOIN item i ON i.code = TRIM(SUBSTR($3, CAST(place.n * $4 + 1 AS INTEGER), CAST($4 AS INTEGER))) {{agenda_joins}}
WHERE {{visible}}
ORDER BY place.n;

-- What is still to be done of the same items.
-- agenda_tasks (viewer text, today int, unit int, states int, after_due int, after_item int,
--   since int, until int, campaign text, person text, kind int, count int,
--   part int, path text, before_due int, before_item int) -> (item int, n int,
--   text text, due int)
WITH page AS ({{agenda_rows}})
SELECT page.item, t.n, t.text, t.due FROM page JOIN task t ON t.item = page.item AND t.state <= 2
ORDER BY page.due, page.item, t.n;

-- agenda_unit (code text) -> (id int)
SELECT id FROM unit WHERE code = $1;
