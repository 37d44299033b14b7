-- The versions of a campaign's plan. Whether the campaign may be seen was asked before.

-- plans_of (campaign text) -> (version int, seq int, state int, decided int)
SELECT version, seq, state, decided FROM campaign_plan WHERE campaign = $1 ORDER BY version;
