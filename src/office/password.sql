-- Passwords' hashes: credentials stand outside the log.

-- password_put (person text, hash text)
INSERT INTO credential (person, hash) VALUES ($1, $2)
ON CONFLICT (person) DO UPDATE SET hash = excluded.hash;
-- password_get (person text) -> (hash text)
SELECT hash FROM credential WHERE person = $1;
-- password_given (person text)
INSERT INTO given_password (person) VALUES ($1) ON CONFLICT (person) DO NOTHING;
-- password_own (person text)
DELETE FROM given_password WHERE person = $1;
-- password_held (person text) -> (own int, given int)
SELECT (SELECT COUNT(*) FROM credential WHERE person = $1),
       (SELECT COUNT(*) FROM given_password WHERE person = $1);
