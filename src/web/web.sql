-- What only the web asks.

-- web_person (code text) -> (name text, unit_name text)
SELECT p.name, COALESCE(u.name, '') FROM person p LEFT JOIN unit u ON u.code = p.unit
WHERE p.code = $1;
