-- Passwords' hashes: credentials stand outside the log.

-- password_put (person text, hash text)
INSERT INTO credential (person, hash) VALUES ($1, $2)
ON CONFLICT (person) DO UPDATE SET hash = excluded.hash;
-- password_get (person text) -> (hash text)
SELECT hash FROM credential WHERE person = $1;
