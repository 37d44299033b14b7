-- Tokens of programs.

-- token_put (id text, hash text, person text, label text, scopes int, created int, expires int)
INSERT INTO token (id, hash, person, label, scopes, created, expires, used)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0);
-- token_row (id text, now int) -> (hash text, person text, label text, scopes int, created int,
--   expires int, used int)
SELECT t.hash, t.person, t.label, t.scopes, t.created, t.expires, t.used FROM token t
JOIN person p ON p.code = t.person WHERE t.id = $1 AND t.expires > $2 AND p.inactive = 0;
-- token_seen (id text, now int)
UPDATE token SET used = $2 WHERE id = $1 AND used < $2;
-- token_owner (id text) -> (person text)
SELECT person FROM token WHERE id = $1;
-- token_drop (person text, id text)
DELETE FROM token WHERE person = $1 AND id = $2;
-- token_of (person text) -> (id text, label text, scopes int, created int, expires int, used int)
SELECT id, label, scopes, created, expires, used FROM token WHERE person = $1
ORDER BY created DESC, id LIMIT 200;
-- token_count (person text) -> (n int)
SELECT COUNT(*) FROM token WHERE person = $1;
-- token_expired (person text, now int)
DELETE FROM token WHERE person = $1 AND expires <= $2;
