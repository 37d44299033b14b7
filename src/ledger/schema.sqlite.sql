-- The embedded store's tables. Three kinds, kept apart as DESIGN.md "The log is the truth" says:
-- the log (never changed), what stands outside it, and the projections, which `rebuild` drops and
-- makes again from the log (they stand in projections.sqlite.sql).
--
-- The script runs on a new ledger and on one of an older version (ledger_upgrade): it adds what
-- is not there and leaves alone what is. Whoever adds a table here or changes the projections gives
-- the version at the end one more, and SCHEMA_VERSION in batch.h with it.

-- Each entry once, as its canonical bytes.
CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
-- The Merkle tree's hashes: the leaves, and the tile levels above them.
CREATE TABLE IF NOT EXISTS leaf (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS node (level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (level, idx)) WITHOUT ROWID;
-- One signed note for every commit, by the size of the tree that it signs.
CREATE TABLE IF NOT EXISTS checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL,
    at INTEGER NOT NULL, frontier BLOB NOT NULL);

-- Outside the log: sealed values, encrypted.
CREATE TABLE IF NOT EXISTS sealed (commitment TEXT PRIMARY KEY, item TEXT NOT NULL, field TEXT NOT NULL,
    box BLOB NOT NULL, wrapped BLOB NOT NULL) WITHOUT ROWID;
-- Credentials: outside the log as well.
CREATE TABLE IF NOT EXISTS credential (person TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
-- Passwords that somebody else gave: their person changes them before anything else.
CREATE TABLE IF NOT EXISTS given_password (person TEXT PRIMARY KEY) WITHOUT ROWID;
-- Second factors: the secret is sealed as in seal.h; state 0 waits for its first code, 1 counts. step
-- is the last one whose code was taken.
CREATE TABLE IF NOT EXISTS second_factor (person TEXT NOT NULL, state INTEGER NOT NULL,
    commitment BLOB NOT NULL, box BLOB NOT NULL, wrapped BLOB NOT NULL, step INTEGER NOT NULL,
    PRIMARY KEY (person, state)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recovery_code (person TEXT NOT NULL, hash TEXT NOT NULL,
    PRIMARY KEY (person, hash)) WITHOUT ROWID;
-- Failed sign-ins, counted until a moment, by whom and from where.
CREATE TABLE IF NOT EXISTS attempt (what TEXT PRIMARY KEY, n INTEGER NOT NULL,
    until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS attempt_until ON attempt (until);
-- Who is signed in and which programs may act for whom. Only hashes of what they show are kept.
CREATE TABLE IF NOT EXISTS session (hash TEXT PRIMARY KEY, person TEXT NOT NULL,
    created INTEGER NOT NULL, seen INTEGER NOT NULL, agent TEXT NOT NULL,
    address TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_person ON session (person);
CREATE TABLE IF NOT EXISTS token (id TEXT PRIMARY KEY, hash TEXT NOT NULL, person TEXT NOT NULL,
    label TEXT NOT NULL, scopes INTEGER NOT NULL, created INTEGER NOT NULL,
    expires INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS token_person ON token (person);
-- Who a person is to a sign-in service or a directory.
CREATE TABLE IF NOT EXISTS identity (issuer TEXT NOT NULL, subject TEXT NOT NULL,
    person TEXT NOT NULL, PRIMARY KEY (issuer, subject)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS identity_person ON identity (person);
-- The access log, outside the log too: who opened what of an item, one row a person, item, kind and
-- day. item is a campaign's code or '' for the export of a list; channels are bits (access.h).
CREATE TABLE IF NOT EXISTS access_seen (item TEXT NOT NULL, day INTEGER NOT NULL,
    person TEXT NOT NULL, kind INTEGER NOT NULL, channels INTEGER NOT NULL, what TEXT NOT NULL,
    since INTEGER NOT NULL, until INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (item, day, person, kind)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS access_seen_day ON access_seen (day);


-- The search index follows the log at its own pace (office/search), so that no command waits for
-- it; it is made again whenever search_state is empty. search_text holds tokens alone: no text, no
-- places, no lengths, which is the smallest that FTS5 can be. A document's text and scope are what
-- it was indexed with, to take it out again: what an item says (seq -1), or an entry of the log.
CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5 (words, content = '', columnsize = 0,
    detail = none, tokenize = "ascii tokenchars '-_'");
CREATE TABLE IF NOT EXISTS search_doc (doc INTEGER PRIMARY KEY, seq INTEGER NOT NULL,
    scope TEXT NOT NULL, text TEXT NOT NULL);
-- Items that are to be read again: a unit of theirs was moved or renamed.
CREATE TABLE IF NOT EXISTS search_todo (item INTEGER PRIMARY KEY);
-- The entries below `next` are in the index, in the tokens of that version.
CREATE TABLE IF NOT EXISTS search_state (one INTEGER PRIMARY KEY CHECK (one = 1),
    next INTEGER NOT NULL, tokens INTEGER NOT NULL);

-- Evidence, where config.json puts it into the database (ledger/evidence_home.h): a file counts once
-- it is whole; at is when it came (ms).
CREATE TABLE IF NOT EXISTS evidence_file (hash TEXT PRIMARY KEY, size INTEGER NOT NULL,
    at INTEGER NOT NULL, whole INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS evidence_file_at ON evidence_file (at);
CREATE TABLE IF NOT EXISTS evidence_chunk (hash TEXT NOT NULL, n INTEGER NOT NULL,
    bytes BLOB NOT NULL, PRIMARY KEY (hash, n));
-- A ledger that is being moved, or was (ledger/moving.h): its other place, and whose log it is.
CREATE TABLE IF NOT EXISTS moving (one INTEGER PRIMARY KEY CHECK (one = 1), place TEXT NOT NULL,
    origin TEXT NOT NULL);
PRAGMA user_version = 3;
