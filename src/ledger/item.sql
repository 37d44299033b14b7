-- Items and all that hangs on them, as the writer and the projections read and write them.

-- fragment item_columns
i.id, i.code, i.campaign, i.kind, i.state, i.class, i.marking, i.version, i.head, i.lead, i.person,
i.due, i.found, i.tasks, i.tasks_open, i.returns, i.reopened, i.plan, i.plan_state, i.asked_task,
i.asked_due, i.extensions, i.report, i.suspended, i.owed, i.answered, i.passed, i.taken_over,
i.hand, i.grade, i.day

-- item_id (code text) -> (id int)
SELECT id FROM item WHERE code = $1;
-- item_last_id () -> (id int)
SELECT COALESCE(MAX(id), 0) FROM item;
-- item_get (code text) -> (id int, code text, campaign text, kind int, state int, class int,
--   marking int, version int, head int, lead text, person text, due int, found int, tasks int,
--   tasks_open int, returns int, reopened int, plan int, plan_state int, asked_task int,
--   asked_due int, extensions int, report int, suspended int, owed int, answered int, passed int,
--   taken_over int, hand text, grade text, day int)
SELECT {{item_columns}} FROM item i WHERE i.code = $1;
-- item_visible (viewer text, today int, code text) -> (state int)
SELECT i.state FROM item i WHERE i.code = $3 AND {{visible}};
-- The roles that count for an item: each person's own, through whose scope the viewer sees it.
-- item_roles (viewer text, today int, code text) -> (roles int)
SELECT vp.roles FROM item i JOIN campaign vc ON vc.code = i.campaign, scope vs
JOIN person vp ON vp.code = vs.person
WHERE i.code = $3 AND {{in_scope}};
-- The roles that count where a campaign's item is given to a unit ('': to none yet).
-- place_roles (viewer text, today int, campaign text, unit text) -> (roles int)
SELECT vp.roles FROM campaign vc, scope vs JOIN person vp ON vp.code = vs.person
WHERE vc.code = $3 AND {{of_viewer}}
AND (vs.campaign = vc.code OR (vs.campaign = '' AND vc.confidential = 0))
AND (vs.unit = '' OR $4 = '' OR EXISTS (SELECT 1 FROM unit vu JOIN unit vr ON vr.code = vs.unit
         WHERE vu.code = $4 AND vu.path >= vr.path AND vu.path < vr.path || '~'));
-- item_put (id int, code text, campaign text, kind int, state int, class int, marking int,
--   version int, head int, lead text, person text, due int, found int, tasks int, tasks_open int,
--   returns int, reopened int, plan int, plan_state int, asked_task int, asked_due int,
--   extensions int, report int, suspended int, owed int, answered int, passed int, taken_over int,
--   hand text, grade text, day int)
INSERT INTO item (id, code, campaign, kind, state, class, marking, version, head, lead, person, due,
    found, tasks, tasks_open, returns, reopened, plan, plan_state, asked_task, asked_due,
    extensions, report, suspended, owed, answered, passed, taken_over, hand, grade, day)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31);
-- item_set (id int, state int, class int, marking int, version int, head int, lead text,
--   person text, due int, found int, tasks int, tasks_open int, returns int, reopened int, plan int,
--   plan_state int, asked_task int, asked_due int, extensions int, report int, suspended int,
--   owed int, answered int, passed int, taken_over int, hand text, grade text, day int)
UPDATE item SET state = $2, class = $3, marking = $4, version = $5, head = $6, lead = $7,
    person = $8, due = $9, found = $10, tasks = $11, tasks_open = $12, returns = $13,
    reopened = $14, plan = $15, plan_state = $16, asked_task = $17, asked_due = $18,
    extensions = $19, report = $20, suspended = $21, owed = $22, answered = $23, passed = $24,
    taken_over = $25, hand = $26, grade = $27, day = $28
WHERE id = $1;
-- item_day_put (item int, day int, state int, due int, lead text)
INSERT INTO item_day (item, day, state, due, lead) VALUES ($1, $2, $3, $4, $5);

-- text_put (id int, number text, title text, text text, parts text, category text, object text,
--   place text, level text, source text, cite text, remarks text, originator text, likely text,
--   after text, file text, sheet text, row int)
INSERT INTO item_text (id, number, title, text, parts, category, object, place, level, source, cite,
    remarks, originator, likely, after, file, sheet, row)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, title = excluded.title,
    text = excluded.text, parts = excluded.parts, category = excluded.category,
    object = excluded.object, place = excluded.place, level = excluded.level,
    source = excluded.source, cite = excluded.cite, remarks = excluded.remarks,
    originator = excluded.originator, file = excluded.file, sheet = excluded.sheet,
    row = excluded.row;
-- text_get (id int) -> (number text, title text, text text, parts text, category text, object text,
--   place text, level text, source text, cite text, remarks text, originator text, likely text,
--   after text, file text, sheet text, row int)
SELECT number, title, text, parts, category, object, place, level, source, cite, remarks,
    originator, likely, after, file, sheet, row
FROM item_text WHERE id = $1;

-- task_get (item int, n int) -> (state int, class int, text text, lead text, person text, due int,
--   report int)
SELECT state, class, text, lead, person, due, report FROM task WHERE item = $1 AND n = $2;
-- task_all (item int) -> (n int, state int, class int, text text, lead text, person text, due int,
--   report int)
SELECT n, state, class, text, lead, person, due, report FROM task WHERE item = $1 ORDER BY n;
-- task_put (item int, n int, state int, class int, text text, lead text, person text, due int,
--   report int)
INSERT INTO task (item, n, state, class, text, lead, person, due, report)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (item, n) DO UPDATE SET state = excluded.state, class = excluded.class,
    text = excluded.text, lead = excluded.lead, person = excluded.person, due = excluded.due,
    report = excluded.report;
-- milestone_put (item int, task int, n int, text text, due int, done int)
INSERT INTO milestone (item, task, n, text, due, done) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (item, task, n) DO UPDATE SET text = excluded.text, due = excluded.due,
    done = excluded.done;
-- milestone_get (item int, task int, n int) -> (text text, due int, done int)
SELECT text, due, done FROM milestone WHERE item = $1 AND task = $2 AND n = $3;
-- milestone_all (item int, task int) -> (n int, text text, due int, done int)
SELECT n, text, due, done FROM milestone WHERE item = $1 AND task = $2 ORDER BY n;

-- duty_put (item int, task int, role int, pos int, unit text, person text, duty text)
INSERT INTO duty (item, task, role, pos, unit, person, duty) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (item, task, role, pos) DO UPDATE SET unit = excluded.unit, person = excluded.person,
    duty = excluded.duty;
-- duty_clear (item int, task int, role int)
DELETE FROM duty WHERE item = $1 AND task = $2 AND role = $3;
-- duty_hand (item int, from_person text, to_person text)
UPDATE duty SET person = $3 WHERE item = $1 AND person = $2;
-- task_hand (item int, from_person text, to_person text)
UPDATE task SET person = $3 WHERE item = $1 AND person = $2;
-- duty_all (item int) -> (task int, role int, pos int, unit text, person text, duty text)
SELECT task, role, pos, unit, person, duty FROM duty WHERE item = $1 ORDER BY task, role, pos;
-- doer_units (item int) -> (unit text, kind text, path text)
SELECT DISTINCT d.unit, u.kind, u.path FROM duty d JOIN unit u ON u.code = d.unit
WHERE d.item = $1 ORDER BY d.unit;
-- duty_mine (item int, person text) -> (n int)
SELECT COUNT(*) FROM duty WHERE item = $1 AND person = $2;

-- plan_put (item int, version int, seq int)
INSERT INTO plan (item, version, seq) VALUES ($1, $2, $3);
-- plan_get (item int, version int) -> (seq int)
SELECT seq FROM plan WHERE item = $1 AND version = $2;

-- thread_put (seq int, item int, prev int)
INSERT INTO thread (seq, item, prev) VALUES ($1, $2, $3);
-- The chain of entries from its head back to where it begins, oldest first. A recurrence hangs on
-- the chain of the item that it repeats.
-- thread_entries (head int) -> (seq int, prev int, bytes blob)
WITH RECURSIVE chain (seq, prev) AS (
    SELECT t.seq, t.prev FROM thread t WHERE t.seq = $1
    UNION ALL
    SELECT t.seq, t.prev FROM chain c JOIN thread t ON t.seq = c.prev WHERE t.seq < c.seq)
SELECT c.seq, c.prev, g.bytes FROM chain c JOIN log g ON g.seq = c.seq ORDER BY 1;
-- likeness_put (key int, item int)
INSERT INTO likeness (key, item) VALUES ($1, $2) ON CONFLICT (key, item) DO NOTHING;
-- likeness_drop (key int, item int)
DELETE FROM likeness WHERE key = $1 AND item = $2;
-- likeness_get (viewer text, today int, key int) -> (item int, code text)
SELECT l.item, i.code FROM likeness l JOIN item i ON i.id = l.item
WHERE l.key = $3 AND {{visible}} ORDER BY l.item LIMIT 1;
-- carried_put (campaign text, number text, item int)
INSERT INTO carried (campaign, number, item) VALUES ($1, $2, $3)
ON CONFLICT (campaign, number, item) DO NOTHING;
-- carried_drop (campaign text, number text, item int)
DELETE FROM carried WHERE campaign = $1 AND number = $2 AND item = $3;
-- carried_get (campaign text, number text) -> (item int, code text)
SELECT c.item, i.code FROM carried c JOIN item i ON i.id = c.item
WHERE c.campaign = $1 AND c.number = $2 ORDER BY c.item LIMIT 20;

-- evidence_put (hash text, seq int, item int)
INSERT INTO evidence (hash, seq, item) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- A change of a counter that is new or has changed on this day before, which most have: it changes
-- one row. Else it changes none: what the counter was is kept, and it belongs to this day.
-- tally_state_add (unit int, campaign text, vis int, state int, day int, n int)
INSERT INTO tally_state (unit, campaign, vis, state, day, n) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (unit, campaign, vis, state) DO UPDATE SET n = tally_state.n + excluded.n
    WHERE tally_state.day = excluded.day;
-- tally_due_add (unit int, campaign text, vis int, grain int, period int, day int, n int)
INSERT INTO tally_due (unit, campaign, vis, grain, period, day, n)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (unit, campaign, vis, grain, period) DO UPDATE SET n = tally_due.n + excluded.n
    WHERE tally_due.day = excluded.day;
-- tally_state_keep (unit int, campaign text, vis int, state int, day int)
INSERT INTO tally_state_day (unit, campaign, vis, state, day, n)
SELECT unit, campaign, vis, state, day, n FROM tally_state
WHERE unit = $1 AND campaign = $2 AND vis = $3 AND state = $4 AND day < $5;
-- tally_state_begin (unit int, campaign text, vis int, state int, day int)
UPDATE tally_state SET day = $5 WHERE unit = $1 AND campaign = $2 AND vis = $3 AND state = $4;
-- tally_due_keep (unit int, campaign text, vis int, grain int, period int, day int)
INSERT INTO tally_due_day (unit, campaign, vis, grain, period, day, n)
SELECT unit, campaign, vis, grain, period, day, n FROM tally_due
WHERE unit = $1 AND campaign = $2 AND vis = $3 AND grain = $4 AND period = $5 AND day < $6;
-- tally_due_begin (unit int, campaign text, vis int, grain int, period int, day int)
UPDATE tally_due SET day = $6
WHERE unit = $1 AND campaign = $2 AND vis = $3 AND grain = $4 AND period = $5;
