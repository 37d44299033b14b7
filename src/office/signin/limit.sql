-- How often somebody has tried to sign in.

-- attempt_sweep (now int)
DELETE FROM attempt WHERE until <= $1;
-- attempt_add (what text, until int)
INSERT INTO attempt (what, n, until) VALUES ($1, 1, $2)
ON CONFLICT (what) DO UPDATE SET n = attempt.n + 1;
-- attempt_get (what text) -> (n int, until int)
SELECT n, until FROM attempt WHERE what = $1;
-- attempt_take_back (what text)
UPDATE attempt SET n = n - 1 WHERE what = $1 AND n > 0;
