-- The lists of what the office is: units, people, campaigns, sources.

-- list_units (path text, after text, count int) -> (code text, name text, kind text, parent text,
--   path text, provisional int)
SELECT code, name, kind, parent, path, provisional FROM unit
WHERE path > $2 AND ($1 = '' OR (path >= $1 AND path < $1 || '~')) ORDER BY path LIMIT $3;

-- Everybody with `everybody`, else the viewer and who belongs to the subtree `home`.
-- list_people (viewer text, everybody int, home text, path text, after text, count int) ->
--   (code text, name text, unit text, unit_name text, roles int, inactive int,
--   provisional int)
SELECT p.code, p.name, p.unit, COALESCE(u.name, ''), p.roles, p.inactive, p.provisional
FROM person p LEFT JOIN unit u ON u.code = p.unit
WHERE p.code > $5 AND p.id > 0
  AND ($2 = 1 OR p.code = $1 OR ($3 <> '' AND u.path >= $3 AND u.path < $3 || '~'))
  AND ($4 = '' OR (u.path >= $4 AND u.path < $4 || '~'))
ORDER BY p.code LIMIT $6;

-- A confidential campaign is there for those with a scope on it, and for those who stand in for
-- them.
-- fragment campaign_seen
(c.confidential = 0
 OR EXISTS (SELECT 1 FROM scope vs JOIN person vp ON vp.code = vs.person
            WHERE vs.campaign = c.code AND vp.inactive = 0
              AND (vs.person = $1 OR vs.person IN (SELECT vd.person FROM deputy vd
                       WHERE vd.deputy = $1 AND vd.since <= $2 AND vd.until >= $2))))

-- How many numbers a campaign has given is told to those who see all of it: a scope on every unit, and
-- a clearance that reaches all that the ledger may hold; -1 to others.
-- fragment campaign_whole
EXISTS (SELECT 1 FROM scope vs JOIN person vp ON vp.code = vs.person CROSS JOIN office o
        WHERE vs.unit = '' AND (vs.campaign = c.code OR (vs.campaign = '' AND c.confidential = 0))
          AND o.one = 1 AND (o.marking <= 1 OR o.marking <= vp.clearance) AND {{of_viewer}})

-- list_campaigns (viewer text, today int, clearance int, after text, only text, count int) ->
--   (code text, name text, kind text, procedure text, version int, confidential int,
--   marking int, closed int, last int)
SELECT c.code, c.name, c.kind, c.procedure, c.version, c.confidential, c.marking, c.closed,
    CASE WHEN {{campaign_whole}} THEN c.last ELSE -1 END
FROM campaign c
WHERE c.code > $4 AND ($5 = '' OR c.code = $5) AND (c.marking <= 1 OR c.marking <= $3)
  AND {{campaign_seen}}
ORDER BY c.code LIMIT $6;
-- The same campaigns from the other end: where the page before one begins.
-- list_campaigns_back (viewer text, today int, clearance int, before text, count int) -> (code text)
SELECT c.code FROM campaign c
WHERE c.code < $4 AND (c.marking <= 1 OR c.marking <= $3) AND {{campaign_seen}}
ORDER BY c.code DESC LIMIT $5;
-- list_circle (viewer text, today int) -> (code text)
SELECT c.code FROM campaign c WHERE c.confidential = 1 AND {{campaign_seen}} ORDER BY c.code;

-- A source is there for those who see an item that cites it; one that no item cites yet, for the
-- office ($4 1).
-- list_sources (viewer text, today int, clearance int, office int, after text, count int) ->
--   (code text, title text, issuer text, number text, date int, level text, hash text,
--   marking int)
SELECT s.code, s.title, s.issuer, s.number, s.date, s.level, s.hash, s.marking
FROM source s
WHERE s.code > $5 AND (s.marking <= 1 OR s.marking <= $3)
  AND (EXISTS (SELECT 1 FROM item_text x JOIN item i ON i.id = x.id
               WHERE x.source = s.code AND x.source <> '' AND {{visible}})
       OR ($4 = 1 AND NOT EXISTS (SELECT 1 FROM item_text x
                                  WHERE x.source = s.code AND x.source <> '')))
ORDER BY s.code LIMIT $6;
