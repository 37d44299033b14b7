-- The index on SQLite's FTS5. A document's number is its item's number times 2^12, and what the
-- item itself says comes first; entries about it follow. So documents in falling order give items
-- from the newest on, without sorting, and an item's documents stand together. Units and persons
-- have numbers below 0.

-- search_index_put (doc int, words text)
INSERT INTO search_text (rowid, words) VALUES ($1, $2);
-- search_index_drop (doc int, words text)
INSERT INTO search_text (search_text, rowid, words) VALUES ('delete', $1, $2);
-- search_index_wipe ()
INSERT INTO search_text (search_text) VALUES ('delete-all');

-- The end of a step.
-- search_progress_put (next int, tokens int)
INSERT INTO search_state (one, next, tokens) VALUES (1, $1, $2)
ON CONFLICT (one) DO UPDATE SET next = excluded.next, tokens = excluded.tokens;

-- The first $8 documents below $4 of items that may be seen: $5 campaign ('' any), $6 states as bits (0 any), $7
-- path of the subtree that holds the lead unit ('' any).
-- search_hits (viewer text, today int, words text, below int, campaign text, states int,
--   path text, count int) -> (doc int, seq int, text text, bytes blob, id int, code text,
--   campaign text, kind int, state int, number text, title text, about text, lead text,
--   lead_name text)
SELECT t.rowid, d.seq, d.text, COALESCE(l.bytes, ''), i.id, i.code, i.campaign, i.kind, i.state,
    x.number, x.title, CASE WHEN x.title <> '' THEN x.title ELSE SUBSTR(x.text, 1, 160) END, i.lead, COALESCE(u.name, '')
FROM search_text t CROSS JOIN item i ON i.id = t.rowid >> 12
    CROSS JOIN search_doc d ON d.doc = t.rowid CROSS JOIN item_text x ON x.id = i.id
    LEFT JOIN log l ON l.seq = d.seq LEFT JOIN unit u ON u.code = i.lead
WHERE t.search_text MATCH $3 AND t.rowid > 0 AND t.rowid < $4
  AND ($5 = '' OR i.campaign = $5) AND ($6 = 0 OR (($6 >> i.state) & 1) = 1)
  AND ($7 = '' OR EXISTS (SELECT 1 FROM unit lu WHERE lu.code = i.lead AND lu.path >= $7
                              AND lu.path < $7 || '~'))
  AND {{visible}}
ORDER BY t.rowid DESC LIMIT $8;

-- Units have the even numbers below 0, persons the odd ones.
-- search_units_hits (words text, path text, count int) -> (code text, name text, parent text,
--   parent_name text, path text)
SELECT u.code, u.name, u.parent, COALESCE(a.name, ''), u.path
FROM search_text t CROSS JOIN unit u ON u.id = -t.rowid >> 1 LEFT JOIN unit a ON a.code = u.parent
WHERE t.search_text MATCH $1 AND t.rowid < 0 AND -t.rowid & 1 = 0
  AND ($2 = '' OR (u.path >= $2 AND u.path < $2 || '~'))
ORDER BY t.rowid DESC LIMIT $3;
-- Everybody with `everybody`, else the viewer and who belongs to the subtree `home`, as in the
-- list of people.
-- search_people_hits (viewer text, words text, everybody int, home text, path text, count int) ->
--   (code text, name text, unit text, unit_name text, roles int)
SELECT p.code, p.name, p.unit, COALESCE(u.name, ''), p.roles
FROM search_text t CROSS JOIN person p ON p.id = -t.rowid >> 1 LEFT JOIN unit u ON u.code = p.unit
WHERE t.search_text MATCH $2 AND t.rowid < 0 AND -t.rowid & 1 = 1 AND p.inactive = 0
  AND ($3 = 1 OR p.code = $1 OR ($4 <> '' AND u.path >= $4 AND u.path < $4 || '~'))
  AND ($5 = '' OR (u.path >= $5 AND u.path < $5 || '~'))
ORDER BY t.rowid DESC LIMIT $6;
