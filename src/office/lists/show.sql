-- One item and its history.

-- The chain of the item's entries from its newest one backwards, oldest first. Where an item came
-- of another one's look-back, the chain ends with that entry, which is the other item's.
-- show_history (head int, item int) -> (seq int, item int, bytes blob)
WITH RECURSIVE chain (seq, item, prev) AS (
    SELECT t.seq, t.item, t.prev FROM thread t WHERE t.seq = $1
    UNION ALL
    SELECT t.seq, t.item, t.prev FROM chain c JOIN thread t ON t.seq = c.prev
    WHERE c.item = $2 AND t.seq < c.seq)
SELECT c.seq, c.item, l.bytes FROM chain c JOIN log l ON l.seq = c.seq ORDER BY 1;

-- show_milestones (item int) -> (task int, n int, text text, due int, done int)
SELECT task, n, text, due, done FROM milestone WHERE item = $1 ORDER BY task, n;
-- show_sealed (commitment text, item text) -> (box blob, wrapped blob)
SELECT box, wrapped FROM sealed WHERE commitment = $1 AND item = $2;
-- show_plan (item int, version int) -> (seq int)
SELECT seq FROM plan WHERE item = $1 AND version = $2;
-- show_unit (code text) -> (name text)
SELECT name FROM unit WHERE code = $1;
-- show_person (code text) -> (name text)
SELECT name FROM person WHERE code = $1;
