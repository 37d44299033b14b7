-- fossil.sql: :tickets tickets, two reports of 25 and one of all, in a repository of `fossil init`.
ALTER TABLE ticket ADD COLUMN due TEXT;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :tickets),
chance AS (SELECT i, i * 2654435761 % 4294967296 / 7 AS c FROM n)
INSERT INTO ticket (tkt_uuid, tkt_mtime, tkt_ctime, type, status, subsystem, priority, severity,
                    foundin, resolution, title, comment, due)
SELECT lower(hex(randomblob(20))), julianday('now') - i / 300.0, julianday('now') - i / 200.0,
       'Incident',
       CASE c % 5 WHEN 0 THEN 'Open' WHEN 1 THEN 'Verified' WHEN 2 THEN 'Review' ELSE 'Closed' END,
       '第' || (1 + c % 4000) || '街道办事处', 'Medium', 'Important', '', 'Open',
       '第' || i || '号检查点消防通道被占用，安全出口上锁',
       '第' || i || '号检查点：台账记录不全，责任人未签字，涉及' || (2 + c % 90)
           || '处。立即清理，划定禁停区，每周检查签字。',
       date('now', (c % 730 - 365) || ' days')
FROM chance;

INSERT INTO reportfmt (rn, owner, title, mtime, cols, sqlcode)
VALUES (10, 'bench', 'list', julianday('now'), '',
        'SELECT substr(tkt_uuid,1,10) AS ''#'', datetime(tkt_mtime) AS ''mtime'', type, status,
         subsystem, title FROM ticket ORDER BY tkt_mtime DESC LIMIT 25'),
       (11, 'bench', 'filtered', julianday('now'), '',
        'SELECT substr(tkt_uuid,1,10) AS ''#'', datetime(tkt_mtime) AS ''mtime'', type, status,
         subsystem, title, due FROM ticket WHERE status <> ''Closed'' AND due < date(''now'')
         ORDER BY due LIMIT 25'),
       (12, 'bench', 'all', julianday('now'), '', 'SELECT * FROM ticket ORDER BY tkt_id');
