-- What proofs read.

-- cli_item (viewer text, today int, code text) -> (id int, head int)
SELECT i.id, i.head FROM item i WHERE i.code = $3 AND {{visible}};
-- cli_thread (seq int) -> (item int, prev int)
SELECT item, prev FROM thread WHERE seq = $1;
-- cli_bytes (seq int) -> (bytes blob)
SELECT bytes FROM log WHERE seq = $1;
