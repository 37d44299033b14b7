-- Who and what the office is: units, people, rules, campaigns, sources. Written by projections.

-- office_get () -> (name text, origin text, key text, timezone text, marking int, owner text)
SELECT name, origin, key, timezone, marking, owner FROM office WHERE one = 1;
-- office_put (name text, origin text, key text, timezone text, marking int, owner text)
INSERT INTO office (one, name, origin, key, timezone, marking, owner) VALUES (1, $1, $2, $3, $4, $5, $6);
-- A copy's own.
-- office_identity (origin text, key text)
UPDATE office SET origin = $1, key = $2 WHERE one = 1;

-- unit_get (code text) -> (id int, name text, kind text, parent text, path text, provisional int,
--                          day int)
SELECT id, name, kind, parent, path, provisional, day FROM unit WHERE code = $1;
-- unit_last_id () -> (id int)
SELECT COALESCE(MAX(id), 0) FROM unit;
-- unit_put (code text, id int, name text, kind text, parent text, path text, provisional int,
--           term_from int, term_until int, day int)
INSERT INTO unit (code, id, name, kind, parent, path, provisional, term_from, term_until, day)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind,
    provisional = excluded.provisional, term_from = excluded.term_from,
    term_until = excluded.term_until, day = excluded.day;
-- What a unit was before this day, once its name or its place changes on it.
-- unit_keep (code text, day int)
INSERT INTO unit_day (unit, day, name, parent, path)
SELECT id, day, name, parent, path FROM unit WHERE code = $1 AND day < $2;
-- unit_reparent (code text, parent text)
UPDATE unit SET parent = $2 WHERE code = $1;
-- unit_below (path text) -> (code text, path text)
SELECT code, path FROM unit WHERE path >= $1 AND path < $1 || '~' ORDER BY path;
-- unit_repath (code text, path text, day int)
UPDATE unit SET path = $2, day = $3 WHERE code = $1;
-- unit_named (name text) -> (code text, parent text)
SELECT code, parent FROM unit WHERE name = $1 ORDER BY code LIMIT 3;
-- unit_items (path text) -> (campaign text, vis int, state int, taken_over int, due int, n int)
SELECT i.campaign, i.marking * 2 + c.confidential, i.state, i.taken_over, i.due, COUNT(*)
FROM item i JOIN unit u ON u.code = i.lead JOIN campaign c ON c.code = i.campaign
WHERE u.path >= $1 AND u.path < $1 || '~'
GROUP BY i.campaign, i.marking * 2 + c.confidential, i.state, i.taken_over, i.due;

-- member_put (body text, person text, until int)
INSERT INTO member (body, person, until) VALUES ($1, $2, $3)
ON CONFLICT (body, person) DO UPDATE SET until = excluded.until;
-- Everybody who is or was a member, with their last day.
-- member_homes (body text) -> (path text, until int)
SELECT u.path, m.until FROM member m JOIN person p ON p.code = m.person
JOIN unit u ON u.code = p.unit WHERE m.body = $1 ORDER BY u.path;

-- person_get (code text) -> (id int, name text, unit text, path text, roles int, clearance int,
--                            inactive int, provisional int, unit_name text)
SELECT p.id, p.name, p.unit, COALESCE(u.path, ''), p.roles, p.clearance, p.inactive, p.provisional,
    COALESCE(u.name, '')
FROM person p LEFT JOIN unit u ON u.code = p.unit WHERE p.code = $1;
-- person_last_id () -> (id int)
SELECT COALESCE(MAX(id), 0) FROM person;
-- person_put (code text, id int, name text, unit text, roles int, clearance int, inactive int,
--             provisional int)
INSERT INTO person (code, id, name, unit, roles, clearance, inactive, provisional)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, unit = excluded.unit,
    roles = excluded.roles, clearance = excluded.clearance, inactive = excluded.inactive,
    provisional = excluded.provisional;
-- person_named (name text) -> (code text, unit text)
SELECT code, unit FROM person WHERE name = $1 ORDER BY unit, code LIMIT 3;
-- person_of_unit (name text, unit text) -> (code text)
SELECT code FROM person WHERE name = $1 AND unit = $2 ORDER BY code LIMIT 1;
-- scope_clear (person text)
DELETE FROM scope WHERE person = $1;
-- scope_put (person text, unit text, campaign text)
INSERT INTO scope (person, unit, campaign) VALUES ($1, $2, $3)
ON CONFLICT (person, unit, campaign) DO NOTHING;
-- deputy_put (person text, deputy text, since int, until int)
INSERT INTO deputy (person, deputy, since, until) VALUES ($1, $2, $3, $4)
ON CONFLICT (person, deputy) DO UPDATE SET since = excluded.since, until = excluded.until;
-- deputy_for (deputy text, today int) -> (person text, roles int)
SELECT d.person, p.roles FROM deputy d JOIN person p ON p.code = d.person
WHERE d.deputy = $1 AND d.since <= $2 AND d.until >= $2 AND p.inactive = 0 ORDER BY d.person;

-- Whoever acts, and those whom they stand in for.
-- selves (viewer text, today int) -> (code text, path text)
SELECT p.code, COALESCE(u.path, '') FROM person p LEFT JOIN unit u ON u.code = p.unit
WHERE p.code IN (SELECT CAST($1 AS TEXT) UNION ALL SELECT d.person FROM deputy d
    WHERE d.deputy = $1 AND d.since <= $2 AND d.until >= $2) ORDER BY p.code;

-- procedure_put (name text, version int, seq int)
INSERT INTO procedure (name, version, seq) VALUES ($1, $2, $3);
-- procedure_last (name text) -> (version int, seq int)
SELECT version, seq FROM procedure WHERE name = $1 ORDER BY version DESC LIMIT 1;
-- procedure_get (name text, version int) -> (seq int)
SELECT seq FROM procedure WHERE name = $1 AND version = $2;

-- campaign_get (code text) -> (name text, kind text, procedure text, version int, confidential int,
--                              marking int, closed int, last int)
SELECT name, kind, procedure, version, confidential, marking, closed, last
FROM campaign WHERE code = $1;
-- campaign_put (code text, name text, kind text, procedure text, version int, confidential int,
--               marking int, closed int, last int)
INSERT INTO campaign (code, name, kind, procedure, version, confidential, marking, closed, last)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind,
    procedure = excluded.procedure, version = excluded.version,
    confidential = excluded.confidential, marking = excluded.marking, closed = excluded.closed,
    last = excluded.last;

-- campaign_circle (viewer text, today int, code text) -> (n int)
SELECT COUNT(*) FROM scope s JOIN person p ON p.code = s.person
WHERE s.campaign = $3 AND p.inactive = 0
  AND s.person IN (SELECT CAST($1 AS TEXT) UNION ALL SELECT d.person FROM deputy d
           WHERE d.deputy = $1 AND d.since <= $2 AND d.until >= $2);

-- source_put (code text, seq int, title text, issuer text, number text, date int, level text,
--             hash text, marking int)
INSERT INTO source (code, seq, title, issuer, number, date, level, hash, marking)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (code) DO UPDATE SET seq = excluded.seq, title = excluded.title,
    issuer = excluded.issuer, number = excluded.number, date = excluded.date,
    level = excluded.level, hash = excluded.hash, marking = excluded.marking;
-- source_get (code text) -> (seq int, title text, marking int)
SELECT seq, title, marking FROM source WHERE code = $1;
-- source_count () -> (n int)
SELECT COUNT(*) FROM source;
