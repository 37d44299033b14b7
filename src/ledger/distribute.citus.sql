-- How the tables are spread over several servers, where the database has the extension Citus; anywhere
-- else nothing is done. It runs behind the scripts of the schema and of the projections, so also at
-- `rebuild`, which spreads a ledger that was there before the extension. docs/scale.md says why.
--
-- Every table of both scripts is named here once: spread by a column, which each of its keys holds;
-- on every server (reference); or, as a comment, only where the log is written (local).

-- local: schema_version
-- local: moving
-- The log is one sequence with one writer; it is read in its order, or by number.
-- local: log
-- local: leaf
-- local: node
-- local: checkpoint
-- local: head
-- local: seen
-- local: office_entry
-- Counters: few rows, written with nearly every command, asked by themselves.
-- local: tally_state
-- local: tally_state_day
-- local: tally_due
-- local: tally_due_day
-- Who signs in.
-- local: credential
-- local: given_password
-- local: second_factor
-- local: recovery_code
-- local: attempt
-- local: session
-- local: token
-- local: identity
-- The search index follows the log by itself.
-- local: search_text
-- local: search_doc
-- local: search_todo
-- local: search_state

DO $$
DECLARE
    t record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_proc WHERE proname = 'create_distributed_table'
                   AND pg_function_is_visible(oid)) THEN
        RETURN;
    END IF;

    -- The office: small, changed seldom, and asked beside items everywhere.
    FOR t IN SELECT * FROM (VALUES
        ('office'), ('unit'), ('unit_day'), ('member'), ('person'), ('scope'), ('deputy'),
        ('procedure'), ('campaign'), ('campaign_plan'), ('source'),
        ('instruction'), ('instruction_entry')
    ) AS small (name)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrel = to_regclass(t.name)) THEN
            PERFORM create_reference_table(to_regclass(t.name));
        END IF;
    END LOOP;

    -- What is about an item lies with it; the rest is spread by what it is asked for by.
    FOR t IN SELECT * FROM (VALUES
        (1, 'item', 'id', 'none'),
        (2, 'item_text', 'id', 'item'),
        (2, 'item_day', 'item', 'item'),
        (2, 'task', 'item', 'item'),
        (2, 'milestone', 'item', 'item'),
        (2, 'duty', 'item', 'item'),
        (2, 'plan', 'item', 'item'),
        (2, 'thread', 'item', 'item'),
        (2, 'likeness', 'item', 'item'),
        (2, 'carried', 'item', 'item'),
        (2, 'evidence', 'item', 'item'),
        (2, 'agenda', 'item', 'item'),
        (1, 'access_seen', 'item', 'none'),
        (1, 'sealed', 'commitment', 'none'),
        (1, 'evidence_file', 'hash', 'none'),
        (2, 'evidence_chunk', 'hash', 'evidence_file')
    ) AS large (step, name, key, beside) ORDER BY step
    LOOP
        IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrel = to_regclass(t.name)) THEN
            PERFORM create_distributed_table(to_regclass(t.name), t.key, colocate_with => t.beside);
        END IF;
    END LOOP;
END $$;
