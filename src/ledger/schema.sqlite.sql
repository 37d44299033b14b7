-- The embedded store's tables. Three kinds, kept apart as DESIGN.md "The log is the truth" says:
-- the log (never changed), what stands outside it, and the projections, which `rebuild` drops and
-- makes again from the log (they stand in projections.sqlite.sql).

-- Each entry once, as its canonical bytes.
CREATE TABLE log (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
-- The Merkle tree's hashes: the leaves, and the tile levels above them.
CREATE TABLE leaf (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE node (level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (level, idx)) WITHOUT ROWID;
-- One signed note for every commit, by the size of the tree that it signs.
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL,
    at INTEGER NOT NULL, frontier BLOB NOT NULL);

-- Outside the log: sealed values, encrypted.
CREATE TABLE sealed (commitment TEXT PRIMARY KEY, item TEXT NOT NULL, field TEXT NOT NULL,
    box BLOB NOT NULL, wrapped BLOB NOT NULL) WITHOUT ROWID;
-- Credentials: outside the log as well.
CREATE TABLE credential (person TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;

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
PRAGMA user_version = 1;
