-- What the commands about the office show and keep.

-- cli_procedure (name text) -> (version int, seq int)
SELECT version, seq FROM procedure WHERE name = $1 ORDER BY version DESC LIMIT 1;
-- cli_source (code text) -> (title text, issuer text, number text, date int, level text, hash text,
--   marking int)
SELECT title, issuer, number, date, level, hash, marking FROM source WHERE code = $1;
-- cli_duties (viewer text, today int, person text, after text, count int) -> (code text)
SELECT i.code FROM item i
WHERE i.code > $4 AND i.state IN (1, 2, 3, 4, 5, 6, 7, 8, 9)
  AND EXISTS (SELECT 1 FROM duty d WHERE d.person = $3 AND d.item = i.id) AND {{visible}}
ORDER BY i.code LIMIT $5;
