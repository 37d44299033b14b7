-- redmine.sql: ten private projects with :issues issues, two journals each, of which the member
-- "bench" sees one project's. Run on a database that redmine:load_default_data has filled, with
-- the variables issues, salt and hashed (the member's password, as Redmine keeps it).
BEGIN;
DELETE FROM settings WHERE name IN ('login_required', 'default_language', 'issues_export_limit');
INSERT INTO settings (name, value, updated_on)
VALUES ('login_required', '1', now()), ('default_language', 'zh', now()),
       ('issues_export_limit', '1000000', now());

INSERT INTO users (id, login, hashed_password, salt, firstname, lastname, admin, status, language,
                   type, created_on, updated_on, mail_notification, passwd_changed_on)
VALUES (1000, 'bench', :'hashed', :'salt', '海燕', '钱', false, 1, 'zh', 'User', now(), now(),
        'none', now());
INSERT INTO email_addresses (user_id, address, is_default, notify, created_on, updated_on)
VALUES (1000, 'bench@example.invalid', true, false, now(), now());

INSERT INTO projects (id, name, description, is_public, created_on, updated_on, identifier, status,
                      lft, rgt, inherit_members)
SELECT p, '第' || p || '专项整治', '督促检查发现问题的整改。', false, now(), now(), 'p' || p, 1,
       2 * p - 1, 2 * p, false FROM generate_series(1, 10) p;
INSERT INTO projects_trackers (project_id, tracker_id)
SELECT p.id, t.id FROM projects p, trackers t;
INSERT INTO enabled_modules (project_id, name) SELECT id, 'issue_tracking' FROM projects;
INSERT INTO members (id, user_id, project_id, created_on, mail_notification)
VALUES (1, 1000, 1, now(), false);
INSERT INTO member_roles (member_id, role_id)
SELECT 1, id FROM roles WHERE builtin = 0 ORDER BY position OFFSET 1 LIMIT 1;

INSERT INTO custom_fields (id, type, name, field_format, is_required, is_for_all, is_filter,
                           position, searchable, editable, visible, multiple)
VALUES (1, 'IssueCustomField', '牵头单位', 'string', false, true, true, 1, false, true, true, false);
INSERT INTO custom_fields_trackers (custom_field_id, tracker_id) SELECT 1, id FROM trackers;

-- Chance that repeats: below n, and one of a list.
CREATE FUNCTION pg_temp.h(i integer, what text, n integer) RETURNS integer IMMUTABLE LANGUAGE sql
AS $$ SELECT (('x' || substr(md5(what || i), 1, 7))::bit(28)::integer) % n $$;
CREATE FUNCTION pg_temp.one(i integer, what text, among text[]) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT among[1 + pg_temp.h(i, what, cardinality(among))] $$;
CREATE FUNCTION pg_temp.place(i integer, what text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
SELECT pg_temp.one(i, what, ARRAY[
    '农贸市场', '中心小学', '卫生院', '敬老院', '安置小区', '工业园区', '加油站',
    '渡口', '水库', '客运站']) $$;
CREATE FUNCTION pg_temp.matter(i integer, what text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
SELECT pg_temp.one(i, what, ARRAY[
    '消防通道被占用，安全出口上锁', '台账记录不全，责任人未签字', '设备超过检验有效期仍在使用',
    '资金拨付滞后，项目未按期开工', '值班人员脱岗，电话无人接听', '群众反映的问题答复不具体']) $$;
CREATE FUNCTION pg_temp.measure(i integer, what text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
SELECT pg_temp.one(i, what, ARRAY[
    '立即清理，划定禁停区，每周检查签字。', '补齐台账，明确专人，按月抽查。',
    '委托有资质的单位检测维修，合格前不得启用。']) $$;

INSERT INTO issues (id, tracker_id, project_id, subject, description, due_date, status_id,
                    assigned_to_id, priority_id, author_id, lock_version, created_on, updated_on,
                    start_date, done_ratio, root_id, lft, rgt, is_private, closed_on)
SELECT i, (SELECT min(id) FROM trackers) + pg_temp.h(i, 'tracker', 3), 1 + i % 10,
       pg_temp.place(i, 'place') || pg_temp.matter(i, 'matter'),
       '第' || i || '号检查点：' || pg_temp.place(i, 'place')
           || pg_temp.matter(i, 'matter') || '，涉及' || 2 + pg_temp.h(i, 'n', 90) || '处。'
           || pg_temp.measure(i, 'measure'),
       current_date - 365 + pg_temp.h(i, 'due', 730),
       (SELECT min(id) FROM issue_statuses) + pg_temp.h(i, 'status', 6), 1000,
       (SELECT min(id) FROM enumerations WHERE type = 'IssuePriority') + pg_temp.h(i, 'pri', 4),
       1000, 0, now() - i * interval '5 minutes', now() - i * interval '3 minutes',
       current_date - 400, 10 * pg_temp.h(i, 'done', 11), i, 1, 2, false, NULL
FROM generate_series(1, :issues) i;
UPDATE issues SET closed_on = updated_on
WHERE status_id IN (SELECT id FROM issue_statuses WHERE is_closed);
INSERT INTO custom_values (customized_type, customized_id, custom_field_id, value)
SELECT 'Issue', i, 1, '第' || 1 + pg_temp.h(i, 'unit', 4000) || '街道办事处'
FROM generate_series(1, :issues) i;
INSERT INTO journals (id, journalized_id, journalized_type, user_id, notes, created_on,
                      private_notes)
SELECT 2 * i + j, i, 'Issue', 1000,
       '已完成' || 10 * pg_temp.h(i, 'j' || j, 11) || '%。' || pg_temp.measure(i, 'm' || j),
       now() - i * interval '4 minutes', false
FROM generate_series(1, :issues) i, generate_series(0, 1) j;
INSERT INTO journal_details (journal_id, property, prop_key, old_value, value)
SELECT 2 * i, 'attr', 'status_id', '1', '2' FROM generate_series(1, :issues) i;

SELECT count(setval(pg_get_serial_sequence(t, 'id'), 2000000))
FROM unnest(ARRAY['users', 'projects', 'members', 'custom_fields', 'issues', 'journals']) t;
COMMIT;
VACUUM (ANALYZE);
