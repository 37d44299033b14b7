-- What the office is, as a change of it begins from.

-- office_unit_row (code text) -> (name text, kind text, parent text, provisional int, term_from int,
--   term_until int)
SELECT name, kind, parent, provisional, term_from, term_until FROM unit WHERE code = $1;
-- office_person_row (code text) -> (name text, unit text, roles int, clearance int, inactive int,
--   provisional int)
SELECT name, unit, roles, clearance, inactive, provisional FROM person WHERE code = $1;
-- office_scopes (person text) -> (unit text, campaign text)
SELECT unit, campaign FROM scope WHERE person = $1 ORDER BY unit, campaign;
-- One that is not for the viewer is answered like one that is not there.
-- office_campaign_row (viewer text, today int, code text) -> (name text, kind text, procedure text,
--   confidential int, marking int, closed int)
SELECT c.name, c.kind, c.procedure, c.confidential, c.marking, c.closed FROM campaign c
WHERE c.code = $3
  AND (c.confidential = 0
       OR EXISTS (SELECT 1 FROM scope s JOIN person p ON p.code = s.person
                  WHERE s.campaign = c.code AND p.inactive = 0
                    AND s.person IN (SELECT CAST($1 AS TEXT) UNION ALL SELECT d.person FROM deputy d
                             WHERE d.deputy = $1 AND d.since <= $2 AND d.until >= $2)));
-- office_member_rows (body text) -> (person text, name text, unit text, unit_name text, until int)
SELECT m.person, COALESCE(p.name, ''), COALESCE(p.unit, ''), COALESCE(u.name, ''), m.until
FROM member m LEFT JOIN person p ON p.code = m.person LEFT JOIN unit u ON u.code = p.unit
WHERE m.body = $1 ORDER BY m.person;
-- office_deputy_rows (person text) -> (deputy text, name text, since int, until int)
SELECT d.deputy, COALESCE(p.name, ''), d.since, d.until
FROM deputy d LEFT JOIN person p ON p.code = d.deputy
WHERE d.person = $1 ORDER BY d.since, d.deputy;
