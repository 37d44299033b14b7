-- Who a person is elsewhere.

-- identity_put (issuer text, subject text, person text)
INSERT INTO identity (issuer, subject, person) VALUES ($1, $2, $3);
-- identity_get (issuer text, subject text) -> (person text, inactive int)
SELECT i.person, p.inactive FROM identity i JOIN person p ON p.code = i.person
WHERE i.issuer = $1 AND i.subject = $2;
-- identity_drop (person text, issuer text, subject text)
DELETE FROM identity WHERE person = $1 AND issuer = $2 AND subject = $3;
-- identity_of (person text) -> (issuer text, subject text)
SELECT issuer, subject FROM identity WHERE person = $1 ORDER BY issuer, subject LIMIT 50;
