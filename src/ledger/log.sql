-- The log, its tree, its checkpoints, and what stands outside it.

-- head_get () -> (size int, at int, frontier blob)
SELECT size, at, frontier FROM head WHERE one = 1;
-- head_put (size int, at int, frontier blob)
INSERT INTO head (one, size, at, frontier) VALUES (1, $1, $2, $3)
ON CONFLICT (one) DO UPDATE SET size = excluded.size, at = excluded.at, frontier = excluded.frontier;

-- log_put (seq int, bytes blob)
INSERT INTO log (seq, bytes) VALUES ($1, $2);
-- log_get (seq int) -> (bytes blob)
SELECT bytes FROM log WHERE seq = $1;
-- log_from (seq int) -> stream (seq int, bytes blob)
SELECT seq, bytes FROM log WHERE seq >= $1 ORDER BY seq;
-- log_last () -> (seq int)
SELECT COALESCE(MAX(seq), -1) FROM log;

-- leaf_put (seq int, hash blob)
INSERT INTO leaf (seq, hash) VALUES ($1, $2);
-- leaf_from (seq int, count int) -> (hash blob)
SELECT hash FROM leaf WHERE seq >= $1 AND seq < $1 + $2 ORDER BY seq;
-- leaf_all () -> stream (seq int, hash blob)
SELECT seq, hash FROM leaf ORDER BY seq;
-- node_put (level int, idx int, hash blob)
INSERT INTO node (level, idx, hash) VALUES ($1, $2, $3);
-- node_from (level int, idx int, count int) -> (hash blob)
SELECT hash FROM node WHERE level = $1 AND idx >= $2 AND idx < $2 + $3 ORDER BY idx;
-- node_get (level int, idx int) -> (hash blob)
SELECT hash FROM node WHERE level = $1 AND idx = $2;
-- node_count () -> (n int)
SELECT COUNT(*) FROM node;

-- checkpoint_put (size int, note text)
INSERT INTO checkpoint (size, note) VALUES ($1, $2);
-- checkpoint_last () -> (size int, note text)
SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1;
-- checkpoint_all () -> stream (size int, note text)
SELECT size, note FROM checkpoint ORDER BY size;

-- checkpoint_from (size int) -> stream (size int, note text)
SELECT size, note FROM checkpoint WHERE size > $1 ORDER BY size;

-- sealed_put (commitment text, item text, field text, box blob, wrapped blob)
INSERT INTO sealed (commitment, item, field, box, wrapped) VALUES ($1, $2, $3, $4, $5);
-- sealed_get (commitment text) -> (item text, field text, box blob, wrapped blob)
SELECT item, field, box, wrapped FROM sealed WHERE commitment = $1;
-- sealed_erase (commitment text)
DELETE FROM sealed WHERE commitment = $1;

-- office_entry_put (seq int)
INSERT INTO office_entry (seq) VALUES ($1);

-- seen_get (id text) -> (seq int)
SELECT seq FROM seen WHERE id = $1;
-- seen_put (id text, seq int)
INSERT INTO seen (id, seq) VALUES ($1, $2);

-- Whoever is made inactive is signed out at once, and their tokens end.

-- session_end_of (person text)
DELETE FROM session WHERE person = $1;
-- token_end_of (person text)
DELETE FROM token WHERE person = $1;
