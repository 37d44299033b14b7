-- A past moment, seen with the eyes of today: see past.c.

-- past_seen (viewer text, today int) -> stream (id int)
SELECT i.id FROM item i WHERE {{visible}} ORDER BY i.id;
-- past_items () -> stream (id int)
SELECT id FROM item ORDER BY id;
-- past_shown (viewer text, today int, id int) -> (id int)
SELECT i.id FROM item i WHERE i.id = $3 AND {{visible}};
-- past_office () -> stream (seq int)
SELECT seq FROM office_entry ORDER BY seq;
-- An item's chain from its head backwards; where it came of another item's look-back, it ends with
-- that entry, which is the other one's.
-- past_chain (item int) -> (seq int, item int, bytes blob)
WITH RECURSIVE chain (seq, item, prev) AS (
    SELECT t.seq, t.item, t.prev FROM item i JOIN thread t ON t.seq = i.head WHERE i.id = $1
    UNION ALL
    SELECT t.seq, t.item, t.prev FROM chain c JOIN thread t ON t.seq = c.prev
    WHERE c.item = $1 AND t.seq < c.seq)
SELECT c.seq, c.item, l.bytes FROM chain c JOIN log l ON l.seq = c.seq ORDER BY 1;
-- past_item (code text) -> (id int)
SELECT id FROM item WHERE code = $1;
-- Whoever does not see an item is not told how many there are.
-- past_no_serial (id int)
UPDATE campaign SET last = -1 WHERE code = (SELECT i.campaign FROM item i WHERE i.id = $1);
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
