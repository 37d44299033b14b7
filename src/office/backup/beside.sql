-- What stands outside the log, table by table: all of it, and one row put back. Attempts, sessions and
-- tokens go along with a ledger that is moved and into no backup: nobody is signed in by a restore.
-- The search index is made anew.

-- beside_sealed () -> stream (commitment text, item text, field text, box blob, wrapped blob)
SELECT commitment, item, field, box, wrapped FROM sealed ORDER BY commitment;
-- Only what an entry committed to (beside_expect) finds its place.
-- beside_sealed_put (commitment text, item text, field text, box blob, wrapped blob)
UPDATE sealed SET item = $2, field = $3, box = $4, wrapped = $5 WHERE commitment = $1;
-- beside_credential () -> stream (person text, hash text)
SELECT person, hash FROM credential ORDER BY person;
-- beside_credential_put (person text, hash text)
INSERT INTO credential (person, hash) VALUES ($1, $2);
-- beside_given () -> stream (person text)
SELECT person FROM given_password ORDER BY person;
-- beside_given_put (person text)
INSERT INTO given_password (person) VALUES ($1);
-- beside_factor () -> stream (person text, state int, commitment blob, box blob, wrapped blob, step int)
SELECT person, state, commitment, box, wrapped, step FROM second_factor ORDER BY person, state;
-- beside_factor_put (person text, state int, commitment blob, box blob, wrapped blob, step int)
INSERT INTO second_factor (person, state, commitment, box, wrapped, step)
VALUES ($1, $2, $3, $4, $5, $6);
-- beside_recovery () -> stream (person text, hash text)
SELECT person, hash FROM recovery_code ORDER BY person, hash;
-- beside_recovery_put (person text, hash text)
INSERT INTO recovery_code (person, hash) VALUES ($1, $2);
-- beside_identity () -> stream (issuer text, subject text, person text)
SELECT issuer, subject, person FROM identity ORDER BY issuer, subject;
-- beside_identity_put (issuer text, subject text, person text)
INSERT INTO identity (issuer, subject, person) VALUES ($1, $2, $3);
-- beside_access () -> stream (item text, day int, person text, kind int, channels int, what text,
--   since int, until int, n int)
SELECT item, day, person, kind, channels, what, since, until, n FROM access_seen
ORDER BY item, day, person, kind;
-- beside_access_put (item text, day int, person text, kind int, channels int, what text,
--   since int, until int, n int)
INSERT INTO access_seen (item, day, person, kind, channels, what, since, until, n)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
-- beside_attempt () -> stream (what text, n int, until int)
SELECT what, n, until FROM attempt ORDER BY what;
-- beside_attempt_put (what text, n int, until int)
INSERT INTO attempt (what, n, until) VALUES ($1, $2, $3);
-- beside_session () -> stream (hash text, person text, created int, seen int, agent text,
--   address text)
SELECT hash, person, created, seen, agent, address FROM session ORDER BY hash;
-- beside_session_put (hash text, person text, created int, seen int, agent text, address text)
INSERT INTO session (hash, person, created, seen, agent, address) VALUES ($1, $2, $3, $4, $5, $6);
-- beside_token () -> stream (id text, hash text, person text, label text, scopes int, created int,
--   expires int, used int)
SELECT id, hash, person, label, scopes, created, expires, used FROM token ORDER BY id;
-- beside_token_put (id text, hash text, person text, label text, scopes int, created int,
--   expires int, used int)
INSERT INTO token (id, hash, person, label, scopes, created, expires, used)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- All of a table, where a ledger that is moved brings its own.
-- beside_sealed_clear ()
DELETE FROM sealed;
-- beside_credential_clear ()
DELETE FROM credential;
-- beside_given_clear ()
DELETE FROM given_password;
-- beside_factor_clear ()
DELETE FROM second_factor;
-- beside_recovery_clear ()
DELETE FROM recovery_code;
-- beside_identity_clear ()
DELETE FROM identity;
-- beside_access_clear ()
DELETE FROM access_seen;
-- beside_attempt_clear ()
DELETE FROM attempt;
-- beside_session_clear ()
DELETE FROM session;
-- beside_token_clear ()
DELETE FROM token;

-- A place for what an entry committed to.
-- beside_expect (commitment text, item text, field text, none blob)
INSERT INTO sealed (commitment, item, field, box, wrapped) VALUES ($1, $2, $3, $4, $4)
ON CONFLICT (commitment) DO NOTHING;
-- What was erased before the backup has nothing to put there.
-- beside_unfilled ()
DELETE FROM sealed WHERE LENGTH(wrapped) = 0;
-- beside_sealed_count () -> (n int)
SELECT COUNT(*) FROM sealed;

-- Of people whom the restored part of the log does not know yet: their codes may be given to
-- others from here on.
-- beside_no_credential ()
DELETE FROM credential WHERE person NOT IN (SELECT code FROM person);
-- beside_no_given ()
DELETE FROM given_password WHERE person NOT IN (SELECT code FROM person);
-- beside_no_factor ()
DELETE FROM second_factor WHERE person NOT IN (SELECT code FROM person);
-- beside_no_recovery ()
DELETE FROM recovery_code WHERE person NOT IN (SELECT code FROM person);
-- beside_no_identity ()
DELETE FROM identity WHERE person NOT IN (SELECT code FROM person);
-- The same of items: what was opened after the moment to which the log was restored.
-- beside_no_access (after int)
DELETE FROM access_seen WHERE since > $1;
