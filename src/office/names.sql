-- Looking codes up by name.

-- names_unit_code (code text) -> (code text)
SELECT code FROM unit WHERE code = $1;
-- names_unit (name text) -> (code text)
SELECT code FROM unit WHERE name = $1 ORDER BY code LIMIT 4;
-- names_person_code (code text) -> (code text)
SELECT code FROM person WHERE code = $1;
-- names_person (name text) -> (code text)
SELECT code FROM person WHERE name = $1 ORDER BY unit, code LIMIT 4;
-- names_person_at (name text, unit text) -> (code text)
SELECT code FROM person WHERE name = $1 AND unit = $2 ORDER BY code LIMIT 4;
