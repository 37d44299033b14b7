-- Lists of who and what the office is. Codes are the keys by which they are paged.

-- words: what name or code must hold, in small letters, with ! before % _ and !; state: 0 active,
-- 1 inactive, 2 all.
-- roster_people_rows (words text, path text, roles int, state int, after text, count int) ->
--   (code text, name text, unit text, unit_name text, roles int, inactive int, provisional int)
SELECT p.code, p.name, p.unit, COALESCE(u.name, ''), p.roles, p.inactive, p.provisional
FROM person p LEFT JOIN unit u ON u.code = p.unit
WHERE p.code > $5
  AND ($1 = '' OR LOWER(p.name) LIKE '%' || $1 || '%' ESCAPE '!'
       OR LOWER(p.code) LIKE '%' || $1 || '%' ESCAPE '!')
  AND ($2 = '' OR (u.path >= $2 AND u.path < $2 || '~'))
  AND ($3 = 0 OR (p.roles & $3) <> 0)
  AND ($4 = 2 OR p.inactive = $4)
ORDER BY p.code LIMIT $6;
-- The same people from the other end: where the page before one begins.
-- roster_people_back (words text, path text, roles int, state int, before text, count int) ->
--   (code text)
SELECT p.code
FROM person p LEFT JOIN unit u ON u.code = p.unit
WHERE p.code < $5
  AND ($1 = '' OR p.name LIKE '%' || $1 || '%' ESCAPE '!' OR p.code LIKE '%' || $1 || '%' ESCAPE '!')
  AND ($2 = '' OR (u.path >= $2 AND u.path < $2 || '~'))
  AND ($3 = 0 OR (p.roles & $3) <> 0)
  AND ($4 = 2 OR p.inactive = $4)
ORDER BY p.code DESC LIMIT $6;
-- roster_scope_rows (person text) -> (unit text, unit_name text, campaign text)
SELECT s.unit, COALESCE(u.name, ''), s.campaign FROM scope s LEFT JOIN unit u ON u.code = s.unit
WHERE s.person = $1 ORDER BY s.unit, s.campaign LIMIT 256;
-- roster_body_rows (person text) -> (code text, name text, term_from int, term_until int, until int)
SELECT u.code, u.name, u.term_from, u.term_until, m.until
FROM member m JOIN unit u ON u.code = m.body WHERE m.person = $1 ORDER BY u.code LIMIT 256;
-- roster_stands_rows (deputy text, today int) -> (code text, name text)
SELECT p.code, p.name FROM deputy d JOIN person p ON p.code = d.person
WHERE d.deputy = $1 AND d.since <= $2 AND d.until >= $2 AND p.inactive = 0 ORDER BY p.code LIMIT 256;

-- fragment unit_columns
u.code, u.name, u.kind, u.parent, u.provisional, u.term_from, u.term_until,
(SELECT COUNT(*) FROM unit c WHERE c.parent = u.code)

-- roster_unit_level (parent text, after text, count int) -> (code text, name text, kind text,
--   parent text, provisional int, term_from int, term_until int, below int)
SELECT {{unit_columns}} FROM unit u WHERE u.parent = $1 AND u.code > $2 ORDER BY u.code LIMIT $3;
-- roster_unit_named (words text, after text, count int) -> (code text, name text, kind text,
--   parent text, provisional int, term_from int, term_until int, below int)
SELECT {{unit_columns}} FROM unit u
WHERE u.code > $2
  AND (LOWER(u.name) LIKE '%' || $1 || '%' ESCAPE '!' OR LOWER(u.code) LIKE '%' || $1 || '%' ESCAPE '!')
ORDER BY u.code LIMIT $3;
-- The same units from the other end.
-- roster_level_back (parent text, before text, count int) -> (code text)
SELECT u.code FROM unit u WHERE u.parent = $1 AND u.code < $2 ORDER BY u.code DESC LIMIT $3;
-- roster_named_back (words text, before text, count int) -> (code text)
SELECT u.code FROM unit u
WHERE u.code < $2
  AND (u.name LIKE '%' || $1 || '%' ESCAPE '!' OR u.code LIKE '%' || $1 || '%' ESCAPE '!')
ORDER BY u.code DESC LIMIT $3;
-- From the root down to the unit itself.
-- roster_unit_above (code text) -> (code text, name text)
WITH RECURSIVE up (code, name, parent, path) AS (
    SELECT code, name, parent, path FROM unit WHERE code = $1
    UNION ALL SELECT u.code, u.name, u.parent, u.path FROM up JOIN unit u ON u.code = up.parent)
SELECT code, name FROM up ORDER BY path;
-- What would move with a unit: units below it, and people of all of them.
-- roster_unit_weight (code text) -> (units int, people int)
SELECT (SELECT COUNT(*) - 1 FROM unit u WHERE u.path >= t.path AND u.path < t.path || '~'),
       (SELECT COUNT(*) FROM person p JOIN unit u ON u.code = p.unit
        WHERE u.path >= t.path AND u.path < t.path || '~')
FROM unit t WHERE t.code = $1;

-- roster_circle_rows (campaign text) -> (code text, name text, unit_name text)
SELECT DISTINCT p.code, p.name, COALESCE(u.name, '')
FROM scope s JOIN person p ON p.code = s.person LEFT JOIN unit u ON u.code = p.unit
WHERE s.campaign = $1 AND p.inactive = 0 ORDER BY p.code LIMIT 1024;
-- roster_procedure_rows () -> (name text)
SELECT DISTINCT name FROM procedure ORDER BY name LIMIT 256;
