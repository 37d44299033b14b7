-- The projections on the embedded store. Nothing is NULL: no text is '', no day is 1000000 (later
-- than any), no number is 0, no seq is -1. Units, people and campaigns are keyed by their codes.
--
-- The past, by whole days: a row of unit, item, tally_state or tally_due says in `day` since when it
-- is as it is; what it was before stands in the table of the same name with _day, from each day on
-- which it changed. A row is put there when it changes for the first time on a later day, so what
-- never changes costs nothing. As of the end of a day D it is the row itself when its day is not
-- later than D, else the last one of _day that is not, else nothing.

DROP TABLE IF EXISTS seen;
DROP TABLE IF EXISTS office;
DROP TABLE IF EXISTS unit;
DROP TABLE IF EXISTS member;
DROP TABLE IF EXISTS person;
DROP TABLE IF EXISTS scope;
DROP TABLE IF EXISTS deputy;
DROP TABLE IF EXISTS procedure;
DROP TABLE IF EXISTS campaign;
DROP TABLE IF EXISTS campaign_plan;
DROP TABLE IF EXISTS source;
DROP TABLE IF EXISTS item;
DROP TABLE IF EXISTS item_text;
DROP TABLE IF EXISTS task;
DROP TABLE IF EXISTS milestone;
DROP TABLE IF EXISTS duty;
DROP TABLE IF EXISTS plan;
DROP TABLE IF EXISTS thread;
DROP TABLE IF EXISTS likeness;
DROP TABLE IF EXISTS carried;
DROP TABLE IF EXISTS evidence;
DROP TABLE IF EXISTS instruction;
DROP TABLE IF EXISTS instruction_entry;
DROP TABLE IF EXISTS tally_state;
DROP TABLE IF EXISTS tally_due;
DROP TABLE IF EXISTS unit_day;
DROP TABLE IF EXISTS item_day;
DROP TABLE IF EXISTS tally_state_day;
DROP TABLE IF EXISTS tally_due_day;
DROP TABLE IF EXISTS office_entry;
DROP TABLE IF EXISTS agenda;

-- What was searched in is gone: the index begins anew.
DELETE FROM search_state;

CREATE TABLE seen (id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE office (one INTEGER PRIMARY KEY, name TEXT NOT NULL, origin TEXT NOT NULL,
    key TEXT NOT NULL, timezone TEXT NOT NULL, marking INTEGER NOT NULL, owner TEXT NOT NULL);

-- path: five characters for each ancestor from the root on, and for the unit itself; a subtree is
-- the range [path, path || '~').
CREATE TABLE unit (code TEXT PRIMARY KEY, id INTEGER NOT NULL, name TEXT NOT NULL,
    kind TEXT NOT NULL, parent TEXT NOT NULL, path TEXT NOT NULL, provisional INTEGER NOT NULL,
    term_from INTEGER NOT NULL, term_until INTEGER NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX unit_id ON unit (id);
CREATE INDEX unit_name ON unit (name);
CREATE INDEX unit_path ON unit (path);
CREATE INDEX unit_parent ON unit (parent);
CREATE TABLE unit_day (unit INTEGER NOT NULL, day INTEGER NOT NULL, name TEXT NOT NULL,
    parent TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (unit, day)) WITHOUT ROWID;
CREATE INDEX unit_day_parent ON unit_day (parent);
CREATE TABLE member (body TEXT NOT NULL, person TEXT NOT NULL, until INTEGER NOT NULL,
    PRIMARY KEY (body, person)) WITHOUT ROWID;
CREATE INDEX member_person ON member (person);

CREATE TABLE person (code TEXT PRIMARY KEY, id INTEGER NOT NULL, name TEXT NOT NULL,
    unit TEXT NOT NULL, roles INTEGER NOT NULL, clearance INTEGER NOT NULL,
    inactive INTEGER NOT NULL, provisional INTEGER NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX person_id ON person (id);
CREATE INDEX person_name ON person (name, unit);
CREATE INDEX person_unit ON person (unit);
CREATE TABLE scope (person TEXT NOT NULL, unit TEXT NOT NULL, campaign TEXT NOT NULL,
    PRIMARY KEY (person, unit, campaign)) WITHOUT ROWID;
CREATE TABLE deputy (person TEXT NOT NULL, deputy TEXT NOT NULL, since INTEGER NOT NULL,
    until INTEGER NOT NULL, PRIMARY KEY (person, deputy)) WITHOUT ROWID;
CREATE INDEX deputy_deputy ON deputy (deputy);

CREATE TABLE procedure (name TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (name, version)) WITHOUT ROWID;
CREATE TABLE campaign (code TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL,
    procedure TEXT NOT NULL, version INTEGER NOT NULL, confidential INTEGER NOT NULL,
    marking INTEGER NOT NULL, closed INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;
-- state: words.def, PLAN; decided: seq of the entry that approved or returned it.
CREATE TABLE campaign_plan (campaign TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL,
    state INTEGER NOT NULL, decided INTEGER NOT NULL, PRIMARY KEY (campaign, version)) WITHOUT ROWID;
CREATE TABLE source (code TEXT PRIMARY KEY, seq INTEGER NOT NULL, title TEXT NOT NULL,
    issuer TEXT NOT NULL, number TEXT NOT NULL, date INTEGER NOT NULL, level TEXT NOT NULL,
    hash TEXT NOT NULL, marking INTEGER NOT NULL) WITHOUT ROWID;

-- What commands change, in narrow rows, so that a report dirties one small page of this table.
CREATE TABLE item (id INTEGER PRIMARY KEY, code TEXT NOT NULL, campaign TEXT NOT NULL,
    kind INTEGER NOT NULL, state INTEGER NOT NULL, class INTEGER NOT NULL,
    marking INTEGER NOT NULL, version INTEGER NOT NULL, head INTEGER NOT NULL,
    lead TEXT NOT NULL, person TEXT NOT NULL, due INTEGER NOT NULL, found INTEGER NOT NULL,
    tasks INTEGER NOT NULL, tasks_open INTEGER NOT NULL, returns INTEGER NOT NULL,
    reopened INTEGER NOT NULL, plan INTEGER NOT NULL, plan_state INTEGER NOT NULL,
    asked_task INTEGER NOT NULL, asked_due INTEGER NOT NULL, extensions INTEGER NOT NULL,
    report INTEGER NOT NULL, suspended INTEGER NOT NULL, owed INTEGER NOT NULL,
    answered INTEGER NOT NULL, passed INTEGER NOT NULL, taken_over INTEGER NOT NULL,
    hand TEXT NOT NULL, grade TEXT NOT NULL, day INTEGER NOT NULL);
CREATE UNIQUE INDEX item_code ON item (code);
CREATE INDEX item_campaign ON item (campaign, id);
-- What counters and the filters of lists look at. An item's campaign never changes.
CREATE TABLE item_day (item INTEGER NOT NULL, day INTEGER NOT NULL, state INTEGER NOT NULL,
    due INTEGER NOT NULL, lead TEXT NOT NULL, PRIMARY KEY (item, day)) WITHOUT ROWID;
-- What is said about an item and seldom changes.
CREATE TABLE item_text (id INTEGER PRIMARY KEY, number TEXT NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, parts TEXT NOT NULL, category TEXT NOT NULL, object TEXT NOT NULL,
    place TEXT NOT NULL, level TEXT NOT NULL, source TEXT NOT NULL, cite TEXT NOT NULL,
    remarks TEXT NOT NULL, originator TEXT NOT NULL, likely TEXT NOT NULL, after TEXT NOT NULL,
    file TEXT NOT NULL, sheet TEXT NOT NULL, row INTEGER NOT NULL);
CREATE INDEX item_source ON item_text (source) WHERE source <> '';
CREATE TABLE task (item INTEGER NOT NULL, n INTEGER NOT NULL, state INTEGER NOT NULL,
    class INTEGER NOT NULL, text TEXT NOT NULL, lead TEXT NOT NULL, person TEXT NOT NULL,
    due INTEGER NOT NULL, report INTEGER NOT NULL, PRIMARY KEY (item, n)) WITHOUT ROWID;
CREATE TABLE milestone (item INTEGER NOT NULL, task INTEGER NOT NULL, n INTEGER NOT NULL,
    text TEXT NOT NULL, due INTEGER NOT NULL, done INTEGER NOT NULL,
    PRIMARY KEY (item, task, n)) WITHOUT ROWID;
-- Who answers for what. task 0 is the item itself; a task without rows has the item's.
-- role: 0 lead unit and responsible person, 1 assisting unit, 2 responsible leader (duty says which).
CREATE TABLE duty (item INTEGER NOT NULL, task INTEGER NOT NULL, role INTEGER NOT NULL,
    pos INTEGER NOT NULL, unit TEXT NOT NULL, person TEXT NOT NULL, duty TEXT NOT NULL,
    PRIMARY KEY (item, task, role, pos)) WITHOUT ROWID;
CREATE INDEX duty_unit ON duty (unit, item) WHERE unit <> '';
CREATE INDEX duty_person ON duty (person, item) WHERE person <> '';
CREATE TABLE plan (item INTEGER NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (item, version)) WITHOUT ROWID;
-- An item's entries are a chain from its head backwards; only the newest end is ever written.
-- The entries about the office itself hang on no item.
CREATE TABLE office_entry (seq INTEGER PRIMARY KEY);
CREATE TABLE thread (seq INTEGER PRIMARY KEY, item INTEGER NOT NULL, prev INTEGER NOT NULL);
-- To find the same matter again: by what the text says, and by the number that a book carried.
CREATE TABLE likeness (key INTEGER NOT NULL, item INTEGER NOT NULL,
    PRIMARY KEY (key, item)) WITHOUT ROWID;
CREATE TABLE carried (campaign TEXT NOT NULL, number TEXT NOT NULL, item INTEGER NOT NULL,
    PRIMARY KEY (campaign, number, item)) WITHOUT ROWID;
CREATE TABLE evidence (hash TEXT NOT NULL, seq INTEGER NOT NULL, item INTEGER NOT NULL,
    PRIMARY KEY (hash, seq)) WITHOUT ROWID;

-- Leaders' instructions; what they say is in the log, at seq. id is the serial of their code; item
-- is 0 for one that is about no item; whose is the unit of a number; report is the entry of the last
-- report, reporter who made it.
CREATE TABLE instruction (id INTEGER PRIMARY KEY, code TEXT NOT NULL, seq INTEGER NOT NULL,
    item INTEGER NOT NULL, campaign TEXT NOT NULL, giver TEXT NOT NULL, unit TEXT NOT NULL,
    person TEXT NOT NULL, due INTEGER NOT NULL, state INTEGER NOT NULL, version INTEGER NOT NULL,
    reports INTEGER NOT NULL, returns INTEGER NOT NULL, report INTEGER NOT NULL,
    reporter TEXT NOT NULL, whose TEXT NOT NULL);
CREATE UNIQUE INDEX instruction_code ON instruction (code);
CREATE INDEX instruction_item ON instruction (item) WHERE item > 0;
CREATE TABLE instruction_entry (instruction INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (instruction, seq)) WITHOUT ROWID;
CREATE INDEX instruction_entry_seq ON instruction_entry (seq);

-- Counters along a unit's ancestors (unit 0 is the whole ledger). vis is marking * 2 + confidential.
-- state is words.def's, or 13 for what was struck off on the word of an older book.
CREATE TABLE tally_state (unit INTEGER NOT NULL, campaign TEXT NOT NULL, vis INTEGER NOT NULL,
    state INTEGER NOT NULL, n INTEGER NOT NULL, day INTEGER NOT NULL,
    PRIMARY KEY (unit, campaign, vis, state)) WITHOUT ROWID;
CREATE TABLE tally_state_day (unit INTEGER NOT NULL, campaign TEXT NOT NULL, vis INTEGER NOT NULL,
    state INTEGER NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (unit, campaign, vis, state, day)) WITHOUT ROWID;
-- Open items by the day (grain 0) and by the month (grain 1: year * 12 + month - 1) when they fall
-- due: what is overdue is a sum over the months before this one and the days of this one.
CREATE TABLE tally_due (unit INTEGER NOT NULL, campaign TEXT NOT NULL, vis INTEGER NOT NULL,
    grain INTEGER NOT NULL, period INTEGER NOT NULL, n INTEGER NOT NULL, day INTEGER NOT NULL,
    PRIMARY KEY (unit, campaign, vis, grain, period)) WITHOUT ROWID;
CREATE TABLE tally_due_day (unit INTEGER NOT NULL, campaign TEXT NOT NULL, vis INTEGER NOT NULL,
    grain INTEGER NOT NULL, period INTEGER NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (unit, campaign, vis, grain, period, day)) WITHOUT ROWID;
-- What stands before each unit (its own, and what stands below it; unit 0: the whole ledger), in
-- the order in which lists show it.
CREATE TABLE agenda (unit INTEGER NOT NULL, state INTEGER NOT NULL, due INTEGER NOT NULL,
    item INTEGER NOT NULL, PRIMARY KEY (unit, state, due, item)) WITHOUT ROWID;
