-- Second factors and recovery codes.

-- second_get (person text, state int) -> (commitment blob, box blob, wrapped blob, step int)
SELECT commitment, box, wrapped, step FROM second_factor WHERE person = $1 AND state = $2;
-- second_put (person text, state int, commitment blob, box blob, wrapped blob, step int)
INSERT INTO second_factor (person, state, commitment, box, wrapped, step)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (person, state) DO UPDATE SET commitment = excluded.commitment, box = excluded.box,
    wrapped = excluded.wrapped, step = excluded.step;
-- second_used (person text, step int)
UPDATE second_factor SET step = $2 WHERE person = $1 AND state = 1;
-- second_drop (person text, state int)
DELETE FROM second_factor WHERE person = $1 AND state = $2;
-- recovery_put (person text, hash text)
INSERT INTO recovery_code (person, hash) VALUES ($1, $2);
-- recovery_get (person text, hash text) -> (n int)
SELECT COUNT(*) FROM recovery_code WHERE person = $1 AND hash = $2;
-- recovery_left (person text) -> (n int)
SELECT COUNT(*) FROM recovery_code WHERE person = $1;
-- recovery_drop (person text, hash text)
DELETE FROM recovery_code WHERE person = $1 AND hash = $2;
-- recovery_clear (person text)
DELETE FROM recovery_code WHERE person = $1;
