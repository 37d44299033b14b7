-- The one permission predicate. Every query on items takes the viewer's code as $1 and today (in
-- the ledger's time zone) as $2, and asks {{visible}} of the item it calls i.
--
-- An item is visible to a person who has a scope on it: a subtree that holds one of its responsible
-- units, or everything; a campaign, or all that are not confidential; and whose clearance reaches
-- its marking. The same for the persons whom they stand in for.

-- fragment visible
EXISTS (SELECT 1 FROM scope vs JOIN person vp ON vp.code = vs.person
        JOIN campaign vc ON vc.code = i.campaign WHERE {{in_scope}})

-- The scope vs is the viewer's or of somebody whom they stand in for.

-- fragment of_viewer
(vs.person = $1 OR vs.person IN (SELECT vd.person FROM deputy vd
     WHERE vd.deputy = $1 AND vd.since <= $2 AND vd.until >= $2))
AND vp.inactive = 0

-- The scope vs of the person vp, who is the viewer or somebody whom they stand in for, holds the
-- item i of the campaign vc.

-- fragment in_scope
{{of_viewer}}
AND (i.marking <= 1 OR i.marking <= vp.clearance)
AND (vs.campaign = i.campaign OR (vs.campaign = '' AND vc.confidential = 0))
AND (vs.unit = '' OR EXISTS (SELECT 1 FROM duty vy JOIN unit vu ON vu.code = vy.unit
         JOIN unit vr ON vr.code = vs.unit
         WHERE vy.item = i.id AND vu.path >= vr.path AND vu.path < vr.path || '~'))
