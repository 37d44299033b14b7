-- A past moment, seen with the eyes of today: see past.c.

-- past_seen (viewer text, today int) -> (id int)
SELECT i.id FROM item i WHERE {{visible}} ORDER BY i.id;
-- past_items () -> (id int)
SELECT id FROM item ORDER BY id;
-- past_drop (id int)
DELETE FROM item WHERE id = $1;
-- past_no_scopes ()
DELETE FROM scope;
-- past_no_deputies ()
DELETE FROM deputy;
-- past_scope (person text, campaign text)
INSERT INTO scope (person, unit, campaign) VALUES ($1, '', $2);
-- past_person (code text)
INSERT INTO person (code, id, name, unit, roles, clearance, inactive, provisional)
VALUES ($1, -1, '', '', 0, 99, 0, 0)
ON CONFLICT (code) DO UPDATE SET clearance = 99, inactive = 0;
