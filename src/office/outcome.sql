-- What became of a command.

-- outcome_item (code text) -> (state int)
SELECT state FROM item WHERE code = $1;
