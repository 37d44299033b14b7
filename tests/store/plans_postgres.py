#!/usr/bin/env python3
"""PostgreSQL follows the keys as SQLite does: plans_postgres.py SOURCES XIAOHAO

The statements of the pages that everybody asks all day are explained on an analysed ledger of some
hundred items and people, as the program asks them: prepared, with a plan for any parameters. None
reads each row of a table that grows, however cheap that looks; a page of the list takes its arms in
the order of the agenda, and sorts no more than the page; and what a viewer may see is looked up from
the viewer, and not from everybody."""
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "../support"),
                os.path.join(HERE, "../../tools")]
import postgres  # noqa: E402
import statements  # noqa: E402
import tap  # noqa: E402

SRC, XIAOHAO = os.path.join(sys.argv[1], "src"), sys.argv[2]
TYPES = {"int": "bigint", "text": "text", "blob": "bytea"}
HOT = {"agenda_page", "agenda_duties", "agenda_tasks", "agenda_back", "list_problem_of",
       "list_duties_of", "list_tasks_of", "list_code", "list_scopes", "list_size", "show_history",
       "show_milestones", "session_row", "person_get", "deputy_for", "selves", "campaign_circle"}
LARGE = {"agenda", "item", "item_text", "task", "milestone", "duty", "log", "thread", "person",
         "scope", "unit", "session", "tally_state", "tally_due"}


class Ledger:
    def __init__(self):
        self.server = postgres.Server()
        self.keys = tempfile.mkdtemp(prefix="xh-plans-")
        subprocess.run([XIAOHAO, "-L", self.server.address(), "--keys", self.keys, "init"], check=True,
                       stdout=subprocess.DEVNULL)

    def sql(self, text):
        return subprocess.run([os.path.join(self.server.bin, "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1",
                               self.server.address()], input=text, check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def columns(self, table):
        return [line.split("|") for line in self.sql(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '%s'"
            " ORDER BY ordinal_position" % table).split("\n") if line]

    def put(self, table, count, **values):
        """Rows n = 1 … count; what is not said is 0 or ''."""
        row = [values.get(name, "0" if kind in ("bigint", "integer") else "''")
               for name, kind in self.columns(table)]
        self.sql("INSERT INTO %s SELECT %s FROM generate_series(1, %d) n ON CONFLICT DO NOTHING" % (
            table, ", ".join(row), count))


def filled():
    there = Ledger()
    there.put("campaign", 1, code="'ZG'")
    there.put("unit", 2000, code="'u' || n", id="n", path="lpad(n::text, 5, '0')")
    there.put("person", 2000, code="'p' || n", id="n", unit="'u' || n")
    there.put("scope", 2000, person="'p' || n", unit="'u' || n")
    there.put("item", 5000, id="n", code="'ZG-' || n", campaign="'ZG'", state="1 + n % 9", due="n",
              lead="'u' || n % 2000")
    there.put("item_text", 5000, id="n")
    there.put("agenda", 5000, state="1 + n % 9", due="n", item="n")
    there.put("duty", 5000, item="n", unit="'u' || n % 2000")
    there.put("task", 5000, item="n", n="1", state="1")
    there.put("milestone", 5000, item="n", task="1", n="1")
    there.put("session", 2000, hash="'h' || n", person="'p' || n")
    there.put("log", 5000, seq="n + 1000", bytes="''::bytea")
    there.put("thread", 5000, seq="n + 1000", item="n")
    there.put("tally_state", 5000, unit="n")
    there.sql("ANALYZE")
    return there


def every_statement():
    paths = [p for p in sorted(
        glob.glob(os.path.join(SRC, "**/*.sql"), recursive=True))
        if not p.endswith(("schema.sqlite.sql", "projections.sqlite.sql", "postgres.sql", "citus.sql"))]
    read = {path: statements.read(path) for path in paths}
    shared = {name: sql for own, _ in read.values() for name, sql in own.items()}
    for path, (own, rows) in read.items():
        for name, params, _, _, sql in rows:
            if name in HOT:
                yield name, params, statements.whole(
                    sql, statements.on_postgres({**shared, **own}), path)


def plan(name, params, sql):
    kinds = "(%s)" % ", ".join(TYPES[kind] for _, kind in params) if params else ""
    values = "(%s)" % ", ".join("1" if kind == "int" else "'p1'" for _, kind in params) if params else ""
    return THERE.sql("SET plan_cache_mode = force_generic_plan; SET jit = off; PREPARE q%s AS %s;"
                     " EXPLAIN EXECUTE q%s" % (kinds, sql, values))


def no_page_reads_a_whole_table():
    seen = set()
    for name, params, sql in every_statement():
        seen.add(name)
        whole = set(re.findall(r"Seq Scan on (\w+)", plan(name, params, sql))) & LARGE
        tap.check(not whole, name, "reads all of", whole)
    tap.check(seen == HOT, HOT - seen)


def a_page_of_the_list_merges_its_arms():
    for name, params, sql in every_statement():
        if name.startswith("agenda_"):
            tap.check("Merge Append" in plan(name, params, sql), name, plan(name, params, sql)[:3000])


def a_whole_table_is_found():
    text = plan("all", [], "SELECT COUNT(*) FROM item WHERE grade = 'x'")
    tap.check("Seq Scan on item" in text, text)


THERE = filled()
try:
    tap.run([(f.__name__.replace("_", " "), f) for f in (
        no_page_reads_a_whole_table, a_page_of_the_list_merges_its_arms, a_whole_table_is_found)])
finally:
    THERE.server.close()
