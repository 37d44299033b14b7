-- What the search index is made of and how far it is. The index itself: search.sqlite.sql and
-- search.postgres.sql.

-- search_progress () -> (size int, next int, tokens int, todo int)
SELECT CAST(COALESCE((SELECT h.size FROM head h WHERE h.one = 1), 0) AS BIGINT),
    CAST(COALESCE((SELECT s.next FROM search_state s), 0) AS BIGINT),
    CAST(COALESCE((SELECT s.tokens FROM search_state s), 0) AS BIGINT),
    CAST((SELECT COUNT(*) FROM search_todo) AS BIGINT);
-- search_forget_progress ()
DELETE FROM search_state;
-- search_forget_docs ()
DELETE FROM search_doc;
-- search_forget_todo ()
DELETE FROM search_todo;

-- Entries, and which item each is about (0: none).
-- search_entries (seq int, count int) -> (seq int, item int, bytes blob)
SELECT l.seq, COALESCE(t.item, 0), l.bytes FROM log l LEFT JOIN thread t ON t.seq = l.seq
WHERE l.seq >= $1 ORDER BY l.seq LIMIT $2;
-- search_item_id (code text) -> (id int)
SELECT id FROM item WHERE code = $1;
-- search_item (id int) -> (code text, campaign text, number text, title text, text text,
--   parts text, object text, place text, category text, remarks text)
SELECT i.code, i.campaign, x.number, x.title, x.text, x.parts, x.object, x.place, x.category,
    x.remarks
FROM item i JOIN item_text x ON x.id = i.id WHERE i.id = $1;
-- search_duties (item int) -> (unit text, unit_name text, path text, person text, person_name text)
SELECT DISTINCT d.unit, COALESCE(u.name, ''), COALESCE(u.path, ''), d.person, COALESCE(p.name, '')
FROM duty d LEFT JOIN unit u ON u.code = d.unit LEFT JOIN person p ON p.code = d.person
WHERE d.item = $1 ORDER BY 1, 4;
-- search_tasks (item int) -> (text text)
SELECT text FROM task WHERE item = $1 ORDER BY n;
-- search_unit (code text) -> (id int, name text, path text)
SELECT id, name, path FROM unit WHERE code = $1;
-- search_person (code text) -> (id int, name text)
SELECT id, name FROM person WHERE code = $1 AND id > 0;

-- search_doc_get (doc int) -> (scope text, text text)
SELECT scope, text FROM search_doc WHERE doc = $1;
-- search_doc_put (doc int, seq int, scope text, text text)
INSERT INTO search_doc (doc, seq, scope, text) VALUES ($1, $2, $3, $4)
ON CONFLICT (doc) DO UPDATE SET scope = excluded.scope, text = excluded.text;
-- search_doc_last (first int, behind int) -> (doc int)
SELECT CAST(COALESCE(MAX(doc), $1) AS BIGINT) FROM search_doc WHERE doc >= $1 AND doc < $2;
-- Documents of entries, between two numbers.
-- search_doc_entries (first int, behind int) -> (doc int, bytes blob)
SELECT d.doc, l.bytes FROM search_doc d JOIN log l ON l.seq = d.seq
WHERE d.doc > $1 AND d.doc < $2 ORDER BY d.doc;

-- What names a unit or a person is to be read again, as far as it is in the index already.
-- search_todo_unit (unit text, width int)
INSERT INTO search_todo (item)
SELECT DISTINCT d.item FROM duty d
WHERE d.unit = $1 AND d.unit <> ''
  AND EXISTS (SELECT 1 FROM search_doc s WHERE s.doc = d.item * $2)
ON CONFLICT (item) DO NOTHING;
-- search_todo_person (person text, width int)
INSERT INTO search_todo (item)
SELECT DISTINCT d.item FROM duty d
WHERE d.person = $1 AND d.person <> ''
  AND EXISTS (SELECT 1 FROM search_doc s WHERE s.doc = d.item * $2)
ON CONFLICT (item) DO NOTHING;
-- search_todo_below (path text, width int)
INSERT INTO search_todo (item)
SELECT DISTINCT d.item FROM unit u JOIN duty d ON d.unit = u.code
WHERE u.path >= $1 AND u.path < $1 || '~' AND d.unit <> ''
  AND EXISTS (SELECT 1 FROM search_doc s WHERE s.doc = d.item * $2)
ON CONFLICT (item) DO NOTHING;
-- search_todo_next (count int) -> (item int)
SELECT item FROM search_todo ORDER BY item LIMIT $1;
-- search_todo_done (item int)
DELETE FROM search_todo WHERE item <= $1;
