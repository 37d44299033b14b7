-- The index on PostgreSQL's GIN, under the heads of search.sqlite.sql, which says what documents
-- are.
--
-- GIN gives all that it finds as one set without order, so the newest page of a frequent word would
-- cost as much as the word is frequent; a planner that walks from the newest on instead walks
-- through everything where words are rare, or never meet. (A table of tokens and documents in their
-- order costs more than five times the room, and goes through one of two frequent words row by row
-- where they never meet.) So each document also has a token for each window in which it lies: of 64
-- items, and of four times as many, again and again. A search asks for the words within the newest
-- window, then within those before it, which become wider and wider, until the page is full. A wide
-- window is asked only when narrow ones gave little, so it gives little, too; and there are a few
-- windows for a thousand items, and a dozen more for a million. Frequent words, rare ones and small
-- scopes cost about the same, and none grows with the ledger; only GIN's walk along two frequent
-- words that never meet does, and it is quick.

-- Ten widths: from 2^18 documents' numbers (64 items) to four million times as many.
-- fragment windows_of_doc
CASE WHEN $1 < 0 THEN '' ELSE
    (SELECT string_agg(' _w' || wl || to_hex($1 >> (18 + 2 * wl)), '') FROM generate_series(0, 9) wl)
END

-- search_index_put (doc int, words text)
INSERT INTO search_text (doc, words)
VALUES ($1, array_to_tsvector(string_to_array(ltrim($2 || {{windows_of_doc}}, ' '), ' ')));
-- search_index_drop (doc int, words text)
DELETE FROM search_text WHERE doc = $1;
-- search_index_wipe ()
DELETE FROM search_text;

-- What was put in is sorted into the index at once for the whole step, several times cheaper than
-- document by document.
-- search_progress_put (next int, tokens int)
INSERT INTO search_state (one, next, tokens)
SELECT 1, $1, $2 FROM (SELECT gin_clean_pending_list('search_text_words')) cleaned
ON CONFLICT (one) DO UPDATE SET next = excluded.next, tokens = excluded.tokens;

-- FTS5's condition in GIN's signs: tokens hold neither quotation marks nor spaces.
-- fragment quoted
replace(replace(replace($3, '"', ''''), ' AND ', ' & '), ' OR ', ' | ')

-- The window n of width l and those before it, one after the other: behind the first of four comes
-- the one before those four, which is as wide as they.
-- fragment windows
w (l, n) AS (
    SELECT 0, (SELECT MAX(doc) FROM search_text WHERE doc > 0 AND doc < $4) >> 18
    UNION ALL
    SELECT CASE WHEN n & 3 = 0 AND l < 9 THEN l + 1 ELSE l END,
        CASE WHEN n & 3 = 0 AND l < 9 THEN (n >> 2) - 1 ELSE n - 1 END
    FROM w WHERE n > 0)

-- Each step depends on the one before it and has a limit of its own, so that the planner can do
-- nothing but go along in this order, and stops when $8 are found. doc + 0 keeps it from reading the
-- key of all documents below $4 for each window, as it would where it cannot know how few hits are.
-- search_hits (viewer text, today int, words text, below int, campaign text, states int,
--   path text, count int) -> (doc int, seq int, text text, bytes blob, id int, code text,
--   campaign text, kind int, state int, number text, title text, about text, lead text,
--   lead_name text)
WITH RECURSIVE {{windows}}
SELECT h.doc, d.seq, d.text, d.bytes, s.id, s.code, s.campaign, s.kind, s.state, s.number, s.title,
    s.about, s.lead, s.lead_name
FROM w
    CROSS JOIN LATERAL (SELECT t.doc FROM search_text t
        WHERE t.words @@ CAST('''_w' || w.l || to_hex(w.n) || ''' & (' || {{quoted}} || ')'
                              AS tsquery) AND t.doc + 0 < $4
        ORDER BY t.doc DESC OFFSET 0) h
    CROSS JOIN LATERAL (SELECT i.id, i.code, i.campaign, i.kind, i.state, x.number, x.title,
            CASE WHEN x.title <> '' THEN x.title ELSE SUBSTR(x.text, 1, 160) END AS about,
            i.lead, COALESCE((SELECT u.name FROM unit u WHERE u.code = i.lead), '') AS lead_name
        FROM item i JOIN item_text x ON x.id = i.id
        WHERE i.id = h.doc >> 12
          AND ($5 = '' OR i.campaign = $5) AND ($6 = 0 OR (($6 >> i.state) & 1) = 1)
          AND ($7 = '' OR EXISTS (SELECT 1 FROM unit lu WHERE lu.code = i.lead AND lu.path >= $7
                                      AND lu.path < $7 || '~'))
          AND {{visible}}
        LIMIT 1) s
    CROSS JOIN LATERAL (SELECT sd.seq, sd.text, COALESCE(l.bytes, '') AS bytes
        FROM search_doc sd LEFT JOIN log l ON l.seq = sd.seq WHERE sd.doc = h.doc LIMIT 1) d
LIMIT $8;

-- search_units_hits (words text, path text, count int) -> (code text, name text, parent text,
--   parent_name text, path text)
SELECT u.code, u.name, u.parent, COALESCE(a.name, ''), u.path
FROM search_text t JOIN unit u ON u.id = -t.doc >> 1 LEFT JOIN unit a ON a.code = u.parent
WHERE t.words @@ CAST(replace(replace($1, '"', ''''), ' AND ', ' & ') AS tsquery)
  AND t.doc < 0 AND -t.doc & 1 = 0
  AND ($2 = '' OR (u.path >= $2 AND u.path < $2 || '~'))
ORDER BY t.doc DESC LIMIT $3;
-- search_people_hits (viewer text, words text, everybody int, home text, path text, count int) ->
--   (code text, name text, unit text, unit_name text, roles int)
SELECT p.code, p.name, p.unit, COALESCE(u.name, ''), p.roles
FROM search_text t JOIN person p ON p.id = -t.doc >> 1 LEFT JOIN unit u ON u.code = p.unit
WHERE t.words @@ CAST(replace(replace($2, '"', ''''), ' AND ', ' & ') AS tsquery)
  AND t.doc < 0 AND -t.doc & 1 = 1 AND p.inactive = 0
  AND ($3 = 1 OR p.code = $1 OR ($4 <> '' AND u.path >= $4 AND u.path < $4 || '~'))
  AND ($5 = '' OR (u.path >= $5 AND u.path < $5 || '~'))
ORDER BY t.doc DESC LIMIT $6;
