-- Leaders' instructions as their givers, their addressees and the office read them: a page's rows
-- with all that they say in one statement.
--
-- Parameters: $1 viewer, $2 today, $3 only behind this id, $4 this code alone ('' any), $5 those
-- about the item of this code ('' any), $6 path of the subtree that is addressed ('' any), $7 1:
-- given by or addressed in person to the viewer or somebody they stand in for, $8 1: only open ones
-- (states up to 3), $9 1: only overdue ones.

-- fragment instruction_row
SELECT n.id, n.code, COALESCE(x.code, ''), n.campaign, n.giver, COALESCE(g.name, ''), n.unit,
    COALESCE(u.name, ''), n.person, COALESCE(p.name, ''), n.due, n.state, n.version, n.reports,
    n.returns, n.reporter, COALESCE(r.name, ''), n.whose, COALESCE(w.name, ''), said.bytes,
    COALESCE(told.bytes, '')
FROM instruction n JOIN log said ON said.seq = n.seq LEFT JOIN log told ON told.seq = n.report
    LEFT JOIN item x ON x.id = n.item LEFT JOIN person g ON g.code = n.giver
    LEFT JOIN unit u ON u.code = n.unit LEFT JOIN person p ON p.code = n.person
    LEFT JOIN person r ON r.code = n.reporter LEFT JOIN unit w ON w.code = n.whose

-- fragment instruction_mine
IN (SELECT CAST($1 AS TEXT) UNION ALL SELECT md.person FROM deputy md
    WHERE md.deputy = $1 AND md.since <= $2 AND md.until >= $2)

-- fragment instruction_chosen
($6 = '' OR (u.path >= $6 AND u.path < $6 || '~'))
AND ($7 = 0 OR n.giver {{instruction_mine}} OR n.person {{instruction_mine}})
AND ($8 = 0 OR n.state <= 3) AND ($9 = 0 OR (n.state <= 3 AND n.due < $2))

-- The parts give the same; all but one are always empty, so that one code and one item's follow
-- their indexes.
-- instruction_list (viewer text, today int, after int, code text, item text, path text, mine int,
--   open int, overdue int, count int) -> (id int, code text, item text, campaign text, giver text,
--   giver_name text, unit text, unit_name text, person text, person_name text, due int, state int,
--   version int, reports int, returns int, reporter text, reporter_name text, whose text,
--   whose_name text, said blob, told blob)
{{instruction_row}} WHERE n.id > $3 AND $4 = '' AND $5 = '' AND {{instruction_chosen}} AND {{instruction_visible}}
UNION ALL
{{instruction_row}} WHERE $4 <> '' AND n.code = $4 AND n.id > $3 AND {{instruction_chosen}} AND {{instruction_visible}}
UNION ALL
{{instruction_row}} WHERE $4 = '' AND $5 <> '' AND n.item > 0
    AND n.item = (SELECT y.id FROM item y WHERE y.code = $5)
    AND n.id > $3 AND {{instruction_chosen}} AND {{instruction_visible}}
ORDER BY 1 LIMIT $10;

-- The same, newest first: $3 only before this id.
-- instruction_newest (viewer text, today int, before int, code text, item text, path text, mine int,
--   open int, overdue int, count int) -> (id int, code text, item text, campaign text, giver text,
--   giver_name text, unit text, unit_name text, person text, person_name text, due int, state int,
--   version int, reports int, returns int, reporter text, reporter_name text, whose text,
--   whose_name text, said blob, told blob)
{{instruction_row}} WHERE n.id < $3 AND $4 = '' AND $5 = '' AND {{instruction_chosen}}
    AND {{instruction_visible}}
UNION ALL
{{instruction_row}} WHERE $4 <> '' AND n.code = $4 AND n.id < $3 AND {{instruction_chosen}}
    AND {{instruction_visible}}
UNION ALL
{{instruction_row}} WHERE $4 = '' AND $5 <> '' AND n.item > 0
    AND n.item = (SELECT y.id FROM item y WHERE y.code = $5)
    AND n.id < $3 AND {{instruction_chosen}} AND {{instruction_visible}}
ORDER BY 1 DESC LIMIT $10;

-- All entries about an instruction, oldest first; that it may be seen is known.
-- instruction_history (id int) -> (bytes blob)
SELECT l.bytes FROM instruction_entry e JOIN log l ON l.seq = e.seq
WHERE e.instruction = $1 ORDER BY e.seq;
