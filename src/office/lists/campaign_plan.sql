-- The versions of a campaign's plan. Whether the campaign may be seen was asked before.

-- plans_of (campaign text) -> (seq int, state int, submitted blob, decided blob)
SELECT c.seq, c.state, s.bytes, COALESCE(d.bytes, '')
FROM campaign_plan c JOIN log s ON s.seq = c.seq LEFT JOIN log d ON d.seq = c.decided
WHERE c.campaign = $1 ORDER BY c.version;
