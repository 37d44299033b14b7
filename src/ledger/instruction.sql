-- Leaders' instructions, as the writer and the projections read and write them.

-- instruction_last_id () -> (id int)
SELECT COALESCE(MAX(id), 0) FROM instruction;
-- instruction_get (code text) -> (id int, seq int, item int, campaign text, giver text, unit text,
--   person text, due int, state int, version int, reports int, returns int, report int,
--   reporter text)
SELECT id, seq, item, campaign, giver, unit, person, due, state, version, reports, returns, report,
    reporter
FROM instruction WHERE code = $1;
-- instruction_put (id int, code text, seq int, item int, campaign text, giver text, unit text,
--   person text, due int, state int, version int, reports int, returns int, report int,
--   reporter text, whose text)
INSERT INTO instruction (id, code, seq, item, campaign, giver, unit, person, due, state, version,
    reports, returns, report, reporter, whose)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);
-- instruction_set (id int, state int, version int, reports int, returns int, report int,
--   reporter text)
UPDATE instruction SET state = $2, version = $3, reports = $4, returns = $5, report = $6,
    reporter = $7
WHERE id = $1;
-- instruction_entry_put (instruction int, seq int)
INSERT INTO instruction_entry (instruction, seq) VALUES ($1, $2);
-- What is still to be done about an item goes with it from its old lead unit and person to the new
-- ones (states up to 3 are open).
-- instruction_follow (item int, from_unit text, to_unit text, from_person text, to_person text)
UPDATE instruction SET unit = CASE WHEN unit = $2 THEN $3 ELSE unit END,
    person = CASE WHEN person = $4 THEN $5 ELSE person END
WHERE item = $1 AND item > 0 AND state <= 3 AND (unit = $2 OR (person = $4 AND person <> ''));

-- What is done about an instruction stands in its item's chain as well.
-- instruction_item (id int) -> (head int)
SELECT head FROM item WHERE id = $1;
-- instruction_item_head (id int, head int)
UPDATE item SET head = $2 WHERE id = $1;

-- The persons (the viewer, and those whom they stand in for) through whom the viewer sees an
-- instruction, with their roles and the path of their home unit.
-- instruction_hands (viewer text, today int, code text) -> (person text, roles int, path text)
SELECT np.code, np.roles, COALESCE(nh.path, '')
FROM instruction n CROSS JOIN person np LEFT JOIN unit nh ON nh.code = np.unit
WHERE n.code = $3 AND {{instruction_item_seen}} AND {{instruction_hand}} ORDER BY np.code;
-- The roles that the viewer has for an instruction to a unit about a campaign ('' none).
-- instruction_roles (viewer text, today int, unit text, campaign text) -> (roles int)
SELECT np.roles
FROM (SELECT CAST($3 AS TEXT) AS unit, CAST($4 AS TEXT) AS campaign, 0 AS item) n
CROSS JOIN person np JOIN scope ns ON ns.person = np.code
WHERE {{instruction_np}} AND {{instruction_scope}};

-- How many of an item's responsible units stand at or below a path.
-- instruction_reach (item int, path text) -> (n int)
SELECT COUNT(*) FROM duty d JOIN unit u ON u.code = d.unit
WHERE d.item = $1 AND u.path >= $2 AND u.path < $2 || '~';
-- instruction_home (code text) -> (unit text)
SELECT unit FROM person WHERE code = $1;
