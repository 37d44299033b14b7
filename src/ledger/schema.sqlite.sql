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
-- The access log, outside the log too: who opened what of an item, one row a person, item, kind and
-- day. item is a campaign's code or '' for the export of a list; channels are bits (access.h).
CREATE TABLE IF NOT EXISTS access_seen (item TEXT NOT NULL, day INTEGER NOT NULL,
    person TEXT NOT NULL, kind INTEGER NOT NULL, channels INTEGER NOT NULL, what TEXT NOT NULL,
    since INTEGER NOT NULL, until INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (item, day, person, kind)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS access_seen_day ON access_seen (day);
PRAGMA user_version = 1;
