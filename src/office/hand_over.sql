-- What somebody leaves behind.

-- hand_over_items (viewer text, today int, person text, after text, count int, whole int) ->
--   (code text, seen int)
SELECT i.code, CASE WHEN {{visible}} THEN 1 ELSE 0 END FROM item i
WHERE i.id IN (SELECT d.item FROM duty d WHERE d.person = $3 AND d.person <> '')
  AND i.code > $4 AND i.state IN (1, 2, 3, 4, 5, 6, 7, 8, 9) AND ($6 = 1 OR {{visible}})
ORDER BY i.code LIMIT $5;
