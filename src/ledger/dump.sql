-- Every projection, ordered by key, for the canonical dump: the same after `rebuild`, to the byte.
-- A test compares this file with the schema.

-- dump_seen () -> stream (id text, seq int)
SELECT id, seq FROM seen ORDER BY id;
-- dump_office () -> stream (one int, name text, origin text, key text, timezone text, marking int, owner
--   text)
SELECT one, name, origin, key, timezone, marking, owner FROM office ORDER BY one;
-- dump_unit () -> stream (code text, id int, name text, kind text, parent text, path text, provisional
--   int, term_from int, term_until int, day int)
SELECT code, id, name, kind, parent, path, provisional, term_from, term_until, day FROM unit
ORDER BY code;
-- dump_unit_day () -> stream (unit int, day int, name text, parent text, path text)
SELECT unit, day, name, parent, path FROM unit_day ORDER BY unit, day;
-- dump_member () -> stream (body text, person text, until int)
SELECT body, person, until FROM member ORDER BY body, person;
-- dump_person () -> stream (code text, id int, name text, unit text, roles int, clearance int, inactive
--   int, provisional int)
SELECT code, id, name, unit, roles, clearance, inactive, provisional FROM person ORDER BY code;
-- dump_scope () -> stream (person text, unit text, campaign text)
SELECT person, unit, campaign FROM scope ORDER BY person, unit, campaign;
-- dump_deputy () -> stream (person text, deputy text, since int, until int)
SELECT person, deputy, since, until FROM deputy ORDER BY person, deputy;
-- dump_procedure () -> stream (name text, version int, seq int)
SELECT name, version, seq FROM procedure ORDER BY name, version;
-- dump_campaign () -> stream (code text, name text, kind text, procedure text, version int, confidential
--   int, marking int, closed int, last int)
SELECT code, name, kind, procedure, version, confidential, marking, closed, last FROM campaign
ORDER BY code;
-- dump_campaign_plan () -> stream (campaign text, version int, seq int, state int, decided int)
SELECT campaign, version, seq, state, decided FROM campaign_plan ORDER BY campaign, version;
-- dump_source () -> stream (code text, seq int, title text, issuer text, number text, date int, level
--   text, hash text, marking int)
SELECT code, seq, title, issuer, number, date, level, hash, marking FROM source ORDER BY code;
-- dump_item () -> stream (id int, code text, campaign text, kind int, state int, class int, marking int,
--   version int, head int, lead text, person text, due int, found int, tasks int, tasks_open int,
--   returns int, reopened int, plan int, plan_state int, asked_task int, asked_due int, extensions
--   int, report int, suspended int, owed int, answered int, passed int, taken_over int, hand text,
--   grade text, day int)
SELECT id, code, campaign, kind, state, class, marking, version, head, lead, person, due, found,
tasks, tasks_open, returns, reopened, plan, plan_state, asked_task, asked_due, extensions, report,
suspended, owed, answered, passed, taken_over, hand, grade, day FROM item ORDER BY id;
-- dump_item_day () -> stream (item int, day int, state int, due int, lead text)
SELECT item, day, state, due, lead FROM item_day ORDER BY item, day;
-- dump_item_text () -> stream (id int, number text, title text, text text, parts text, category text,
--   object text, place text, level text, source text, cite text, remarks text, originator text, likely
--   text, after text, file text, sheet text, row int)
SELECT id, number, title, text, parts, category, object, place, level, source, cite, remarks,
originator, likely, after, file, sheet, row FROM item_text ORDER BY id;
-- dump_task () -> stream (item int, n int, state int, class int, text text, lead text, person text, due
--   int, report int)
SELECT item, n, state, class, text, lead, person, due, report FROM task ORDER BY item, n;
-- dump_milestone () -> stream (item int, task int, n int, text text, due int, done int)
SELECT item, task, n, text, due, done FROM milestone ORDER BY item, task, n;
-- dump_duty () -> stream (item int, task int, role int, pos int, unit text, person text, duty text)
SELECT item, task, role, pos, unit, person, duty FROM duty ORDER BY item, task, role, pos;
-- dump_plan () -> stream (item int, version int, seq int)
SELECT item, version, seq FROM plan ORDER BY item, version;
-- dump_office_entry () -> stream (seq int)
SELECT seq FROM office_entry ORDER BY seq;
-- dump_thread () -> stream (seq int, item int, prev int)
SELECT seq, item, prev FROM thread ORDER BY seq;
-- dump_likeness () -> stream (key int, item int)
SELECT key, item FROM likeness ORDER BY key, item;
-- dump_carried () -> stream (campaign text, number text, item int)
SELECT campaign, number, item FROM carried ORDER BY campaign, number, item;
-- dump_evidence () -> stream (hash text, seq int, item int)
SELECT hash, seq, item FROM evidence ORDER BY hash, seq;
-- dump_instruction () -> stream (id int, code text, seq int, item int, campaign text, giver text, unit text,
--   person text, due int, state int, version int, reports int, returns int, report int,
--   reporter text, whose text)
SELECT id, code, seq, item, campaign, giver, unit, person, due, state, version, reports, returns,
report, reporter, whose FROM instruction ORDER BY id;
-- dump_instruction_entry () -> stream (instruction int, seq int)
SELECT instruction, seq FROM instruction_entry ORDER BY instruction, seq;

-- Counters of nothing are left out: whether something was ever counted there is no fact of the log.
-- Nor is it that a counter went up and down again within a day: with their past, only the days
-- after which they were another number than before.

-- dump_tally_state () -> stream (unit int, campaign text, vis int, state int, n int)
SELECT unit, campaign, vis, state, n FROM tally_state WHERE n <> 0
ORDER BY unit, campaign, vis, state;
-- dump_tally_state_day () -> stream (unit int, campaign text, vis int, state int, day int, n int)
SELECT t.unit, t.campaign, t.vis, t.state, t.day, t.n FROM tally_state t
WHERE t.n <> COALESCE((SELECT h.n FROM tally_state_day h WHERE h.unit = t.unit
    AND h.campaign = t.campaign AND h.vis = t.vis AND h.state = t.state
    ORDER BY h.day DESC LIMIT 1), 0)
UNION ALL SELECT t.unit, t.campaign, t.vis, t.state, t.day, t.n FROM tally_state_day t
WHERE t.n <> COALESCE((SELECT h.n FROM tally_state_day h WHERE h.unit = t.unit
    AND h.campaign = t.campaign AND h.vis = t.vis AND h.state = t.state AND h.day < t.day
    ORDER BY h.day DESC LIMIT 1), 0)
ORDER BY 1, 2, 3, 4, 5;
-- dump_tally_due () -> stream (unit int, campaign text, vis int, grain int, period int, n int)
SELECT unit, campaign, vis, grain, period, n FROM tally_due WHERE n <> 0
ORDER BY unit, campaign, vis, grain, period;
-- dump_tally_due_day () -> stream (unit int, campaign text, vis int, grain int, period int, day int,
--   n int)
SELECT t.unit, t.campaign, t.vis, t.grain, t.period, t.day, t.n FROM tally_due t
WHERE t.n <> COALESCE((SELECT h.n FROM tally_due_day h WHERE h.unit = t.unit
    AND h.campaign = t.campaign AND h.vis = t.vis AND h.grain = t.grain AND h.period = t.period
    ORDER BY h.day DESC LIMIT 1), 0)
UNION ALL SELECT t.unit, t.campaign, t.vis, t.grain, t.period, t.day, t.n FROM tally_due_day t
WHERE t.n <> COALESCE((SELECT h.n FROM tally_due_day h WHERE h.unit = t.unit
    AND h.campaign = t.campaign AND h.vis = t.vis AND h.grain = t.grain AND h.period = t.period
    AND h.day < t.day ORDER BY h.day DESC LIMIT 1), 0)
ORDER BY 1, 2, 3, 4, 5, 6;
-- dump_agenda () -> stream (unit int, state int, due int, item int)
SELECT unit, state, due, item FROM agenda ORDER BY unit, state, due, item;
