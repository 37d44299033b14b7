-- The tables on a server, of the same three kinds as in schema.sqlite.sql, which says more about
-- them, and under the same version. The script adds what is not there and leaves alone what is.

-- What version the tables are of. Readers lock it, so that none is made anew under their eyes
-- (store/postgres.c).
CREATE TABLE IF NOT EXISTS schema_version (one bigint PRIMARY KEY CHECK (one = 1), version bigint
    NOT NULL);
INSERT INTO schema_version (one, version) VALUES (1, 3) ON CONFLICT (one) DO UPDATE SET version =
    excluded.version;

-- Each entry once, as its canonical bytes.
CREATE TABLE IF NOT EXISTS log (seq bigint PRIMARY KEY, bytes bytea NOT NULL);
-- The Merkle tree's hashes: the leaves, and the tile levels above them.
CREATE TABLE IF NOT EXISTS leaf (seq bigint PRIMARY KEY, hash bytea NOT NULL);
CREATE TABLE IF NOT EXISTS node (level bigint NOT NULL, idx bigint NOT NULL, hash bytea NOT NULL,
    PRIMARY KEY (level, idx));
-- One signed note for every commit, by the size of the tree that it signs.
CREATE TABLE IF NOT EXISTS checkpoint (size bigint PRIMARY KEY, note text COLLATE "C" NOT NULL);
CREATE TABLE IF NOT EXISTS head (one bigint PRIMARY KEY CHECK (one = 1), size bigint NOT NULL, at
    bigint NOT NULL, frontier bytea NOT NULL);

-- Outside the log: sealed values, encrypted.
CREATE TABLE IF NOT EXISTS sealed (commitment text COLLATE "C" PRIMARY KEY, item text COLLATE "C"
    NOT NULL, field text COLLATE "C" NOT NULL, box bytea NOT NULL, wrapped bytea NOT NULL);
-- Credentials: outside the log as well.
CREATE TABLE IF NOT EXISTS credential (person text COLLATE "C" PRIMARY KEY, hash text COLLATE "C"
    NOT NULL);
-- Passwords that somebody else gave: their person changes them before anything else.
CREATE TABLE IF NOT EXISTS given_password (person text COLLATE "C" PRIMARY KEY);
-- Second factors: the secret is sealed as in seal.h; state 0 waits for its first code, 1 counts. step
-- is the last one whose code was taken.
CREATE TABLE IF NOT EXISTS second_factor (person text COLLATE "C" NOT NULL, state integer NOT NULL,
    commitment bytea NOT NULL, box bytea NOT NULL, wrapped bytea NOT NULL, step bigint NOT NULL,
    PRIMARY KEY (person, state));
CREATE TABLE IF NOT EXISTS recovery_code (person text COLLATE "C" NOT NULL, hash text COLLATE "C"
    NOT NULL, PRIMARY KEY (person, hash));
-- Failed sign-ins, counted until a moment, by whom and from where.
CREATE TABLE IF NOT EXISTS attempt (what text COLLATE "C" PRIMARY KEY, n bigint NOT NULL, until
    bigint NOT NULL);
CREATE INDEX IF NOT EXISTS attempt_until ON attempt (until);
-- Who is signed in and which programs may act for whom. Only hashes of what they show are kept.
CREATE TABLE IF NOT EXISTS session (hash text COLLATE "C" PRIMARY KEY, person text COLLATE "C" NOT
    NULL, created bigint NOT NULL, seen bigint NOT NULL, agent text COLLATE "C" NOT NULL, address
    text COLLATE "C" NOT NULL);
CREATE INDEX IF NOT EXISTS session_person ON session (person);
CREATE TABLE IF NOT EXISTS token (id text COLLATE "C" PRIMARY KEY, hash text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL, label text COLLATE "C" NOT NULL, scopes bigint NOT NULL,
    created bigint NOT NULL, expires bigint NOT NULL, used bigint NOT NULL);
CREATE INDEX IF NOT EXISTS token_person ON token (person);
-- Who a person is to a sign-in service or a directory.
CREATE TABLE IF NOT EXISTS identity (issuer text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT
    NULL, person text COLLATE "C" NOT NULL, PRIMARY KEY (issuer, subject));
CREATE INDEX IF NOT EXISTS identity_person ON identity (person);
-- The access log, outside the log too: who opened what of an item, one row a person, item, kind and
-- day. item is a campaign's code or '' for the export of a list; channels are bits (access.h).
CREATE TABLE IF NOT EXISTS access_seen (item text COLLATE "C" NOT NULL, day bigint NOT NULL, person
    text COLLATE "C" NOT NULL, kind bigint NOT NULL, channels bigint NOT NULL, what text COLLATE "C"
    NOT NULL, since bigint NOT NULL, until bigint NOT NULL, n bigint NOT NULL, PRIMARY KEY (item,
    day, person, kind));
CREATE INDEX IF NOT EXISTS access_seen_day ON access_seen (day);


-- The search index follows the log at its own pace (office/search), so that no command waits for
-- it; it is made again whenever search_state is empty. words are the tokens of a document, without
-- places. A document's text and scope are what it was indexed with: what an item says (seq -1), or
-- an entry of the log. What the index gathers unsorted (fastupdate) is sorted in before each commit
-- (search.postgres.sql), so no reader finds any of it.
CREATE TABLE IF NOT EXISTS search_text (doc bigint PRIMARY KEY, words tsvector NOT NULL);
CREATE INDEX IF NOT EXISTS search_text_words ON search_text USING gin (words);
CREATE TABLE IF NOT EXISTS search_doc (doc bigint PRIMARY KEY, seq bigint NOT NULL, scope text
    COLLATE "C" NOT NULL, text text COLLATE "C" NOT NULL);
-- Items that are to be read again: a unit of theirs was moved or renamed.
CREATE TABLE IF NOT EXISTS search_todo (item bigint PRIMARY KEY);
-- The entries below `next` are in the index, in the tokens of that version.
CREATE TABLE IF NOT EXISTS search_state (one bigint PRIMARY KEY CHECK (one = 1), next bigint NOT
    NULL, tokens bigint NOT NULL);

-- Evidence, where config.json puts it into the database (ledger/evidence_home.h): a file counts once
-- it is whole; at is when it came (ms). What is packed already is not packed again.
CREATE TABLE IF NOT EXISTS evidence_file (hash text COLLATE "C" PRIMARY KEY, size bigint NOT NULL, at
    bigint NOT NULL, whole bigint NOT NULL);
CREATE INDEX IF NOT EXISTS evidence_file_at ON evidence_file (at);
CREATE TABLE IF NOT EXISTS evidence_chunk (hash text COLLATE "C" NOT NULL, n bigint NOT NULL, bytes
    bytea NOT NULL, PRIMARY KEY (hash, n));
ALTER TABLE evidence_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
-- A ledger that is being moved, or was (ledger/moving.h): its other place, and whose log it is.
CREATE TABLE IF NOT EXISTS moving (one bigint PRIMARY KEY CHECK (one = 1), place text COLLATE "C" NOT
    NULL, origin text COLLATE "C" NOT NULL);
