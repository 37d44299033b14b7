-- What proofs and auditors read.

-- proof_head (viewer text, today int, code text) -> (id int, head int)
SELECT i.id, i.head FROM item i WHERE i.code = $3 AND {{visible}};
-- proof_step (seq int) -> (item int, prev int, bytes blob)
SELECT t.item, t.prev, g.bytes FROM thread t JOIN log g ON g.seq = t.seq WHERE t.seq = $1;
-- Entries about an item that the viewer may not see are told to be there, no more.
-- log_rows (viewer text, today int, before int, count int) -> (seq int, bytes blob, open int)
SELECT g.seq, g.bytes,
    CASE WHEN t.item IS NULL THEN 1
         WHEN EXISTS (SELECT 1 FROM item i WHERE i.id = t.item AND {{visible}}) THEN 1 ELSE 0 END
FROM log g LEFT JOIN thread t ON t.seq = g.seq
WHERE g.seq < $3 ORDER BY g.seq DESC LIMIT $4;
-- The campaigns and sources that may not be seen, and the instructions on that page of the log.
-- log_office_hidden (viewer text, today int, clearance int) -> (source int, code text)
SELECT 0, c.code FROM campaign c
WHERE (c.marking > 1 AND c.marking > $3)
   OR (c.confidential = 1 AND NOT EXISTS (SELECT 1 FROM scope vs JOIN person vp ON vp.code = vs.person
         WHERE vs.campaign = c.code AND {{of_viewer}}))
UNION ALL
SELECT 1, s.code FROM source s WHERE s.marking > 1 AND s.marking > $3;
-- log_instructions_hidden (viewer text, today int, least int, most int) -> (seq int)
SELECT e.seq FROM instruction_entry e JOIN instruction n ON n.id = e.instruction
WHERE e.seq >= $3 AND e.seq <= $4 AND NOT ({{instruction_visible}});
