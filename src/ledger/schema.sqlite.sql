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
PRAGMA user_version = 2;
