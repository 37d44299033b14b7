-- The one permission predicate. Every query on items takes the viewer's code as $1 and today (in
-- the ledger's time zone) as $2, and asks {{visible}} of the item it calls i.
--
-- An item is visible to a person who has a scope on it: a subtree that holds one of its responsible
-- units, or everything; a campaign, or all that are not confidential; and whose clearance reaches
-- its marking. The same for the persons whom they stand in for.

-- fragment visible
EXISTS (SELECT 1 FROM scope vs JOIN person vp ON vp.code = vs.person
        JOIN campaign vc ON vc.code = i.campaign WHERE {{in_scope}})

-- The scope vs is the viewer's or of somebody whom they stand in for. One list of persons and no OR,
-- so that either store looks up the scopes of these few and not, for each item, those of all.

-- fragment of_viewer
vs.person IN (SELECT CAST($1 AS TEXT) UNION ALL SELECT vd.person FROM deputy vd
     WHERE vd.deputy = $1 AND vd.since <= $2 AND vd.until >= $2)
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

-- An instruction n (a row of that table) is visible to whoever gave it and to whom it is addressed,
-- to liaisons and responsible leaders whose scope holds the unit that it is addressed to, and to
-- clerks, leaders and auditors whose scope holds that unit or the item; the same for those who
-- stand in for them. One about an item that somebody may not see is not there for them at all.
-- Bits of roles (words.def): 194 clerk, leader, auditor; 24 liaison, responsible leader.

-- fragment instruction_visible
{{instruction_item_seen}}
AND EXISTS (SELECT 1 FROM person np WHERE {{instruction_hand}})

-- fragment instruction_item_seen
(n.item = 0 OR EXISTS (SELECT 1 FROM item i WHERE i.id = n.item AND {{visible}}))

-- The person np, who is the viewer or somebody whom they stand in for, has to do with n.

-- fragment instruction_hand
{{instruction_np}}
AND (np.code = n.giver OR np.code = n.person
     OR ((np.roles & 218) <> 0 AND EXISTS (SELECT 1 FROM scope ns
         WHERE ns.person = np.code AND {{instruction_scope}})))

-- fragment instruction_np
np.code IN (SELECT CAST($1 AS TEXT) UNION ALL SELECT nd.person FROM deputy nd
     WHERE nd.deputy = $1 AND nd.since <= $2 AND nd.until >= $2)
AND np.inactive = 0

-- The scope ns of the person np holds n: its campaign, and its unit or its item's units.

-- fragment instruction_scope
(ns.campaign = n.campaign OR (ns.campaign = '' AND NOT EXISTS (SELECT 1 FROM campaign nc
     WHERE nc.code = n.campaign AND nc.confidential = 1)))
AND ((ns.unit = '' AND ((np.roles & 194) <> 0 OR n.unit <> ''))
     OR EXISTS (SELECT 1 FROM unit nr JOIN unit nu ON nu.path >= nr.path AND nu.path < nr.path || '~'
         WHERE nr.code = ns.unit
           AND (nu.code = n.unit OR ((np.roles & 194) <> 0 AND n.item > 0
                AND nu.code IN (SELECT ny.unit FROM duty ny WHERE ny.item = n.item)))))
