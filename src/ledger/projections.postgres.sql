-- The projections on a server; projections.sqlite.sql says what they are. Text is ordered by its
-- bytes (COLLATE "C"), as on the embedded store. What states are shifted by is an integer.
--
-- Every key of a table of items holds the item, so that the tables can be spread by it. That codes
-- are unique is ensured by the log.

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

CREATE TABLE seen (id text COLLATE "C" PRIMARY KEY, seq bigint NOT NULL);
CREATE TABLE office (one bigint PRIMARY KEY, name text COLLATE "C" NOT NULL, origin text COLLATE "C"
    NOT NULL, key text COLLATE "C" NOT NULL, timezone text COLLATE "C" NOT NULL, marking bigint NOT
    NULL, owner text COLLATE "C" NOT NULL);

-- path: five characters for each ancestor from the root on, and for the unit itself; a subtree is
-- the range [path, path || '~').
CREATE TABLE unit (code text COLLATE "C" PRIMARY KEY, id bigint NOT NULL, name text COLLATE "C" NOT
    NULL, kind text COLLATE "C" NOT NULL, parent text COLLATE "C" NOT NULL, path text COLLATE "C"
    NOT NULL, provisional bigint NOT NULL, term_from bigint NOT NULL, term_until bigint NOT NULL,
    day bigint NOT NULL);
CREATE UNIQUE INDEX unit_id ON unit (id);
CREATE INDEX unit_name ON unit (name);
CREATE INDEX unit_path ON unit (path);
CREATE INDEX unit_parent ON unit (parent);
CREATE TABLE unit_day (unit bigint NOT NULL, day bigint NOT NULL, name text COLLATE "C" NOT NULL,
    parent text COLLATE "C" NOT NULL, path text COLLATE "C" NOT NULL, PRIMARY KEY (unit, day));
CREATE INDEX unit_day_parent ON unit_day (parent);
CREATE TABLE member (body text COLLATE "C" NOT NULL, person text COLLATE "C" NOT NULL, until bigint
    NOT NULL, PRIMARY KEY (body, person));
CREATE INDEX member_person ON member (person);

CREATE TABLE person (code text COLLATE "C" PRIMARY KEY, id bigint NOT NULL, name text COLLATE "C"
    NOT NULL, unit text COLLATE "C" NOT NULL, roles bigint NOT NULL, clearance bigint NOT NULL,
    inactive bigint NOT NULL, provisional bigint NOT NULL);
CREATE UNIQUE INDEX person_id ON person (id);
CREATE INDEX person_name ON person (name, unit);
CREATE INDEX person_unit ON person (unit);
CREATE TABLE scope (person text COLLATE "C" NOT NULL, unit text COLLATE "C" NOT NULL, campaign text
    COLLATE "C" NOT NULL, PRIMARY KEY (person, unit, campaign));
CREATE TABLE deputy (person text COLLATE "C" NOT NULL, deputy text COLLATE "C" NOT NULL, since
    bigint NOT NULL, until bigint NOT NULL, PRIMARY KEY (person, deputy));
CREATE INDEX deputy_deputy ON deputy (deputy);

CREATE TABLE procedure (name text COLLATE "C" NOT NULL, version bigint NOT NULL, seq bigint NOT
    NULL, PRIMARY KEY (name, version));
CREATE TABLE campaign (code text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, kind text
    COLLATE "C" NOT NULL, procedure text COLLATE "C" NOT NULL, version bigint NOT NULL, confidential
    bigint NOT NULL, marking bigint NOT NULL, closed bigint NOT NULL, last bigint NOT NULL);
-- state: words.def, PLAN; decided: seq of the entry that approved or returned it.
CREATE TABLE campaign_plan (campaign text COLLATE "C" NOT NULL, version bigint NOT NULL, seq bigint
    NOT NULL, state integer NOT NULL, decided bigint NOT NULL, PRIMARY KEY (campaign, version));
CREATE TABLE source (code text COLLATE "C" PRIMARY KEY, seq bigint NOT NULL, title text COLLATE "C"
    NOT NULL, issuer text COLLATE "C" NOT NULL, number text COLLATE "C" NOT NULL, date bigint NOT
    NULL, level text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL, marking bigint NOT NULL);

-- What commands change, in narrow rows, so that a report dirties one small page of this table.
CREATE TABLE item (id bigint PRIMARY KEY, code text COLLATE "C" NOT NULL, campaign text COLLATE "C"
    NOT NULL, kind bigint NOT NULL, state integer NOT NULL, class bigint NOT NULL, marking bigint
    NOT NULL, version bigint NOT NULL, head bigint NOT NULL, lead text COLLATE "C" NOT NULL, person
    text COLLATE "C" NOT NULL, due bigint NOT NULL, found bigint NOT NULL, tasks bigint NOT NULL,
    tasks_open bigint NOT NULL, returns bigint NOT NULL, reopened bigint NOT NULL, plan bigint NOT
    NULL, plan_state bigint NOT NULL, asked_task bigint NOT NULL, asked_due bigint NOT NULL,
    extensions bigint NOT NULL, report bigint NOT NULL, suspended bigint NOT NULL, owed bigint NOT
    NULL, answered bigint NOT NULL, passed bigint NOT NULL, taken_over integer NOT NULL, hand text
    COLLATE "C" NOT NULL, grade text COLLATE "C" NOT NULL, day bigint NOT NULL);
CREATE UNIQUE INDEX item_code ON item (code, id);
CREATE INDEX item_campaign ON item (campaign, id);
-- What counters and the filters of lists look at. An item's campaign never changes.
CREATE TABLE item_day (item bigint NOT NULL, day bigint NOT NULL, state integer NOT NULL, due bigint
    NOT NULL, lead text COLLATE "C" NOT NULL, PRIMARY KEY (item, day));
-- What is said about an item and seldom changes.
CREATE TABLE item_text (id bigint PRIMARY KEY, number text COLLATE "C" NOT NULL, title text COLLATE
    "C" NOT NULL, text text COLLATE "C" NOT NULL, parts text COLLATE "C" NOT NULL, category text
    COLLATE "C" NOT NULL, object text COLLATE "C" NOT NULL, place text COLLATE "C" NOT NULL, level
    text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL, cite text COLLATE "C" NOT NULL,
    remarks text COLLATE "C" NOT NULL, originator text COLLATE "C" NOT NULL, likely text COLLATE "C"
    NOT NULL, after text COLLATE "C" NOT NULL, file text COLLATE "C" NOT NULL, sheet text COLLATE
    "C" NOT NULL, row bigint NOT NULL);
CREATE INDEX item_source ON item_text (source) WHERE source <> '';
CREATE TABLE task (item bigint NOT NULL, n bigint NOT NULL, state integer NOT NULL, class bigint NOT
    NULL, text text COLLATE "C" NOT NULL, lead text COLLATE "C" NOT NULL, person text COLLATE "C"
    NOT NULL, due bigint NOT NULL, report bigint NOT NULL, PRIMARY KEY (item, n));
CREATE TABLE milestone (item bigint NOT NULL, task bigint NOT NULL, n bigint NOT NULL, text text
    COLLATE "C" NOT NULL, due bigint NOT NULL, done bigint NOT NULL, PRIMARY KEY (item, task, n));
-- Who answers for what. task 0 is the item itself; a task without rows has the item's.
-- role: 0 lead unit and responsible person, 1 assisting unit, 2 responsible leader (duty says which).
CREATE TABLE duty (item bigint NOT NULL, task bigint NOT NULL, role bigint NOT NULL, pos bigint NOT
    NULL, unit text COLLATE "C" NOT NULL, person text COLLATE "C" NOT NULL, duty text COLLATE "C"
    NOT NULL, PRIMARY KEY (item, task, role, pos));
CREATE INDEX duty_unit ON duty (unit, item) WHERE unit <> '';
CREATE INDEX duty_person ON duty (person, item) WHERE person <> '';
CREATE TABLE plan (item bigint NOT NULL, version bigint NOT NULL, seq bigint NOT NULL, PRIMARY KEY
    (item, version));
-- An item's entries are a chain from its head backwards; only the newest end is ever written.
-- The entries about the office itself hang on no item.
CREATE TABLE office_entry (seq bigint PRIMARY KEY);
CREATE TABLE thread (seq bigint NOT NULL, item bigint NOT NULL, prev bigint NOT NULL, PRIMARY KEY
    (seq, item));
-- To find the same matter again: by what the text says, and by the number that a book carried.
CREATE TABLE likeness (key bigint NOT NULL, item bigint NOT NULL, PRIMARY KEY (key, item));
CREATE TABLE carried (campaign text COLLATE "C" NOT NULL, number text COLLATE "C" NOT NULL, item
    bigint NOT NULL, PRIMARY KEY (campaign, number, item));
CREATE TABLE evidence (hash text COLLATE "C" NOT NULL, seq bigint NOT NULL, item bigint NOT NULL,
    PRIMARY KEY (hash, seq, item));

-- Leaders' instructions; what they say is in the log, at seq. id is the serial of their code; item
-- is 0 for one that is about no item; whose is the unit of a number; report is the entry of the last
-- report, reporter who made it.
CREATE TABLE instruction (id bigint PRIMARY KEY, code text COLLATE "C" NOT NULL, seq bigint NOT
    NULL, item bigint NOT NULL, campaign text COLLATE "C" NOT NULL, giver text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL, person text COLLATE "C" NOT NULL, due bigint NOT NULL, state
    integer NOT NULL, version bigint NOT NULL, reports bigint NOT NULL, returns bigint NOT NULL,
    report bigint NOT NULL, reporter text COLLATE "C" NOT NULL, whose text COLLATE "C" NOT NULL);
CREATE UNIQUE INDEX instruction_code ON instruction (code);
CREATE INDEX instruction_item ON instruction (item) WHERE item > 0;
CREATE TABLE instruction_entry (instruction bigint NOT NULL, seq bigint NOT NULL, PRIMARY KEY
    (instruction, seq));
CREATE INDEX instruction_entry_seq ON instruction_entry (seq);

-- Counters along a unit's ancestors (unit 0 is the whole ledger). vis is marking * 2 + confidential.
-- state is words.def's, or 13 for what was struck off on the word of an older book.
CREATE TABLE tally_state (unit bigint NOT NULL, campaign text COLLATE "C" NOT NULL, vis bigint NOT
    NULL, state integer NOT NULL, n bigint NOT NULL, day bigint NOT NULL, PRIMARY KEY (unit,
    campaign, vis, state));
CREATE TABLE tally_state_day (unit bigint NOT NULL, campaign text COLLATE "C" NOT NULL, vis bigint
    NOT NULL, state integer NOT NULL, day bigint NOT NULL, n bigint NOT NULL, PRIMARY KEY (unit,
    campaign, vis, state, day));
-- Open items by the day (grain 0) and by the month (grain 1: year * 12 + month - 1) when they fall
-- due: what is overdue is a sum over the months before this one and the days of this one.
CREATE TABLE tally_due (unit bigint NOT NULL, campaign text COLLATE "C" NOT NULL, vis bigint NOT
    NULL, grain bigint NOT NULL, period bigint NOT NULL, n bigint NOT NULL, day bigint NOT NULL,
    PRIMARY KEY (unit, campaign, vis, grain, period));
CREATE TABLE tally_due_day (unit bigint NOT NULL, campaign text COLLATE "C" NOT NULL, vis bigint NOT
    NULL, grain bigint NOT NULL, period bigint NOT NULL, day bigint NOT NULL, n bigint NOT NULL,
    PRIMARY KEY (unit, campaign, vis, grain, period, day));
-- What stands before each unit (its own, and what stands below it; unit 0: the whole ledger), in
-- the order in which lists show it.
CREATE TABLE agenda (unit bigint NOT NULL, state integer NOT NULL, due bigint NOT NULL, item bigint
    NOT NULL, PRIMARY KEY (unit, state, due, item));
