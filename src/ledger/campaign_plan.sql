-- A campaign's plan: its versions, and the rows of its three lists as they are now.

-- campaign_plan_put (campaign text, version int, seq int, state int)
INSERT INTO campaign_plan (campaign, version, seq, state, decided) VALUES ($1, $2, $3, $4, -1);
-- campaign_plan_decide (campaign text, version int, state int, decided int)
UPDATE campaign_plan SET state = $3, decided = $4 WHERE campaign = $1 AND version = $2;
-- campaign_plan_last (campaign text) -> (version int, seq int, state int)
SELECT version, seq, state FROM campaign_plan WHERE campaign = $1 ORDER BY version DESC LIMIT 1;

-- The entries since then about items of the campaign.
-- campaign_plan_since (campaign text, seq int) -> (bytes blob)
SELECT g.bytes FROM thread t JOIN log g ON g.seq = t.seq
WHERE t.seq >= $2 AND (SELECT i.campaign FROM item i WHERE i.id = t.item) = $1;

-- The roles of those through whose scope the viewer sees the campaign; whole 1: all of it.
-- campaign_plan_roles (viewer text, today int, campaign text, confidential int, marking int) ->
--   (roles int, whole int)
SELECT p.roles, CASE WHEN s.unit = '' THEN 1 ELSE 0 END
FROM scope s JOIN person p ON p.code = s.person
WHERE s.person IN (SELECT CAST($1 AS TEXT) UNION ALL SELECT d.person FROM deputy d
           WHERE d.deputy = $1 AND d.since <= $2 AND d.until >= $2)
  AND p.inactive = 0 AND ($5 <= 1 OR $5 <= p.clearance)
  AND (s.campaign = $3 OR (s.campaign = '' AND $4 = 0));

-- What left the campaign (transferred, merged, withdrawn: states above 9) and what was dropped
-- (task state 4) is in no plan. All in the order of items.
-- frozen_problems (campaign text) -> stream (id int, code text, number text, title text, text text,
--   parts text, category text, object text, place text, level text, class int, found int, due int,
--   lead text, person text)
SELECT i.id, i.code, x.number, x.title, x.text, x.parts, x.category, x.object, x.place, x.level,
    i.class, i.found, i.due, i.lead, i.person
FROM item i JOIN item_text x ON x.id = i.id
WHERE i.campaign = $1 AND i.state <= 9 ORDER BY i.id;
-- frozen_tasks (campaign text) -> stream (item int, n int, text text, lead text, person text, due int,
--   class int)
SELECT t.item, t.n, t.text, t.lead, t.person, t.due, t.class
FROM item i JOIN task t ON t.item = i.id
WHERE i.campaign = $1 AND i.state <= 9 AND t.state < 4 ORDER BY t.item, t.n;
-- frozen_duties (campaign text) -> stream (item int, task int, role int, unit text, person text, duty text)
SELECT d.item, d.task, d.role, d.unit, d.person, d.duty
FROM item i JOIN duty d ON d.item = i.id
WHERE i.campaign = $1 AND i.state <= 9 AND d.role > 0 ORDER BY d.item, d.task, d.role, d.pos;
-- frozen_milestones (campaign text) -> stream (item int, task int, n int, text text, due int)
SELECT m.item, m.task, m.n, m.text, m.due
FROM item i JOIN milestone m ON m.item = i.id
WHERE i.campaign = $1 AND i.state <= 9 ORDER BY m.item, m.task, m.n;
