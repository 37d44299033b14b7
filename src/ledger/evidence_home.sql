-- Evidence in the database: a row for each file, and its bytes in chunks.

-- A file that comes; the same again is put anew, chunk for chunk.
-- evidence_file_put (hash text, size int, at int)
INSERT INTO evidence_file (hash, size, at, whole) VALUES ($1, $2, $3, 0)
ON CONFLICT (hash) DO UPDATE SET at = excluded.at;
-- evidence_chunk_put (hash text, n int, bytes blob)
INSERT INTO evidence_chunk (hash, n, bytes) VALUES ($1, $2, $3)
ON CONFLICT (hash, n) DO UPDATE SET bytes = excluded.bytes;
-- evidence_file_whole (hash text)
UPDATE evidence_file SET whole = 1 WHERE hash = $1;

-- evidence_file_get (hash text) -> (size int)
SELECT size FROM evidence_file WHERE hash = $1 AND whole = 1;
-- evidence_chunk_get (hash text, n int) -> (bytes blob)
SELECT bytes FROM evidence_chunk WHERE hash = $1 AND n = $2;
-- evidence_files () -> stream (hash text, size int)
SELECT hash, size FROM evidence_file WHERE whole = 1 ORDER BY hash;

-- What came in that time.
-- evidence_came (after int, before int) -> stream (hash text, whole int)
SELECT hash, whole FROM evidence_file WHERE at >= $1 AND at < $2 ORDER BY at;
-- evidence_named (hash text) -> (n int)
SELECT COUNT(*) FROM evidence WHERE hash = $1;
-- Sources' documents; one that was put again may have had another before.
-- evidence_office () -> stream (bytes blob)
SELECT g.bytes FROM office_entry o JOIN log g ON g.seq = o.seq ORDER BY o.seq;
-- evidence_file_drop (hash text, before int)
DELETE FROM evidence_file WHERE hash = $1 AND at < $2;
-- evidence_chunk_drop (hash text)
DELETE FROM evidence_chunk WHERE hash = $1
  AND NOT EXISTS (SELECT 1 FROM evidence_file f WHERE f.hash = $1);
