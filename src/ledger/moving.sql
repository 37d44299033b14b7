-- The mark of a ledger that is being moved, or was.

-- moving_put (place text, origin text)
INSERT INTO moving (one, place, origin) VALUES (1, $1, $2)
ON CONFLICT (one) DO UPDATE SET place = excluded.place, origin = excluded.origin;
-- moving_read () -> (place text, origin text)
SELECT place, origin FROM moving WHERE one = 1;
-- moving_clear ()
DELETE FROM moving WHERE one = 1;
