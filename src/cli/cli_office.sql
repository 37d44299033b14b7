-- What the commands about the office show and keep.

-- cli_procedure (name text) -> (version int, seq int)
SELECT version, seq FROM procedure WHERE name = $1 ORDER BY version DESC LIMIT 1;
-- cli_source (code text) -> (title text, issuer text, number text, date int, level text, hash text,
--   marking int)
SELECT title, issuer, number, date, level, hash, marking FROM source WHERE code = $1;
-- What a person answers for and could be asked about: the items that the viewer sees, or all of them
-- (whole: 1) for who may hand over without seeing them; seen tells which the viewer may be told of.
