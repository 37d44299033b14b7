-- Who is signed in.

-- session_sweep (now int, idle int, absolute int)
DELETE FROM session WHERE seen <= $1 - $2 OR created <= $1 - $3;
-- session_put (hash text, person text, created int, seen int, agent text, address text)
INSERT INTO session (hash, person, created, seen, agent, address) VALUES ($1, $2, $3, $4, $5, $6);
-- session_row (hash text, now int, idle int, absolute int) -> (person text, created int, seen int,
--   agent text, address text, given int)
SELECT s.person, s.created, s.seen, s.agent, s.address,
    (SELECT COUNT(*) FROM given_password g WHERE g.person = s.person)
FROM session s JOIN person p ON p.code = s.person
WHERE s.hash = $1 AND s.seen > $2 - $3 AND s.created > $2 - $4 AND p.inactive = 0;
-- session_seen (hash text, now int)
UPDATE session SET seen = $2 WHERE hash = $1 AND seen < $2;
-- session_end (hash text)
DELETE FROM session WHERE hash = $1;
-- session_end_one (person text, id text)
DELETE FROM session WHERE person = $1 AND substr(hash, 1, 16) = $2;
-- session_end_but (person text, hash text)
DELETE FROM session WHERE person = $1 AND hash <> $2;
-- session_of (person text, now int, idle int, absolute int) -> (hash text, created int, seen int,
--   agent text, address text)
SELECT hash, created, seen, agent, address FROM session
WHERE person = $1 AND seen > $2 - $3 AND created > $2 - $4 ORDER BY created DESC, hash LIMIT 200;
