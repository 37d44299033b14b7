#!/usr/bin/env python3
"""No statement reads more than it must: scans.py SOURCES

Every named statement is explained by SQLite on an empty ledger. One that looks at each row of a table
is wrong, whatever the size of the table is today; those that must are named below, each with why. And
the steps of a list's statements are counted: what is not wanted takes none."""
import glob
import os
import re
import sqlite3
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "../../tools")]
import statements  # noqa: E402
import tap  # noqa: E402

SRC = os.path.join(sys.argv[1], "src")
MAY = {
    # Whoever verifies, exports or replays the log reads all of it.
    "leaf_all": "verify", "node_count": "verify", "checkpoint_all": "verify",
    "export_entries": "export", "past_items": "replay", "past_seen": "replay",
    "past_office": "the entries about the office, however long the log is",
    "evidence_office": "the entries about the office, however long the log is",
    "evidence_files": "backup",
    # One row, from an end of the table.
    "checkpoint_last": "LIMIT 1",
    # A unit moves with all its items (DESIGN, "Costs").
    "unit_items": "a unit moves",
    # For whom no counter tells, what they see is counted.
    "board_count": "a viewer of several subtrees",
    # Few rows by nature.
    "source_count": "sources", "roster_circle_rows": "scopes", "roster_procedure_rows": "procedures",
    "log_office_hidden": "campaigns and sources", "list_circle": "campaigns",
    "session_sweep": "those who are signed in",
    "search_progress": "what waits to be indexed", "search_todo_next": "what waits to be indexed",
    # FTS5 calls it a scan when it follows its index.
    "search_hits": "full text", "search_units_hits": "full text", "search_people_hits": "full text",
}

WHOLE = ("dump_", "beside_")  # a ledger's dump; what a backup takes of what stands outside the log


def ledger():
    db = sqlite3.connect(":memory:")
    for name in ("schema", "projections"):
        with open(os.path.join(SRC, "ledger", name + ".sqlite.sql"), encoding="utf-8") as f:
            db.executescript(f.read())
    return db


def every_statement():
    """(file, name, number of parameters, SQL)"""
    paths = [p for p in sorted(glob.glob(os.path.join(SRC, "**/*.sql"), recursive=True))
             if not p.endswith(("schema.sqlite.sql", "projections.sqlite.sql", "postgres.sql",
                               "citus.sql"))]
    read = {path: statements.read(path) for path in paths}
    shared = {name: sql for own, _ in read.values() for name, sql in own.items()}
    for path, (own, rows) in read.items():
        for name, params, _, _, sql in rows:
            sql = statements.whole(sql, {**shared, **own}, path)
            yield os.path.relpath(path, SRC), name, len(params), statements.for_sqlite(sql)


def scanned(db, sql, count):
    """The tables of which each row is looked at."""
    named = {}
    for table, alias in re.findall(r"\b(?:FROM|JOIN) (\w+)(?: (?:AS )?(\w+))?", sql):
        if table in TABLES:
            named.setdefault(table, set()).add(table)
            named.setdefault(alias, set()).add(table)
    found = set()
    for _, _, _, what in db.execute("EXPLAIN QUERY PLAN " + sql, (None,) * count):
        match = re.match(r"SCAN (\w+)", what)
        if match:
            found |= named.get(match[1], set())
    return found


def no_statement_reads_a_whole_table():
    wrong = []
    for path, name, count, sql in every_statement():
        if not name.startswith(WHOLE) and name not in MAY and scanned(DB, sql, count):
            wrong.append("%s: %s reads all of %s" % (path, name, ", ".join(scanned(DB, sql, count))))
    tap.check(not wrong, "\n".join(wrong))


def what_may_is_there_and_does():
    """An exception that is none any more is taken out of the list."""
    scans = {name for _, name, count, sql in every_statement() if scanned(DB, sql, count)}
    tap.check(not set(MAY) - scans, sorted(set(MAY) - scans))


def put(db, table, **values):
    """A row; what is not said is 0 or ''."""
    kinds = db.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
    row = [values.get(name, 0 if kind == "INTEGER" else "") for name, kind in kinds]
    db.execute("INSERT INTO %s VALUES (%s)" % (table, ", ".join("?" * len(row))), row)


def steps(db, sql, args):
    """How many instructions of SQLite's machine it takes, and how many rows come."""
    count = 0

    def step():
        nonlocal count
        count += 1
    db.set_progress_handler(step, 1)
    rows = db.execute(sql, args).fetchall()
    db.set_progress_handler(None, 1)
    return count, len(rows)


STRUCK_OFF, IN_PROGRESS, OPEN_STATES = 8, 5, 0b1011111110  # words.def
NEVER = 1000000


def office(struck_off):
    """Three overdue items of one campaign, and so many that were due before and were struck off."""
    db = ledger()
    put(db, "campaign", code="ZG")
    put(db, "person", code="clerk", id=1)
    put(db, "scope", person="clerk")
    for n in range(1, struck_off + 4):
        state = STRUCK_OFF if n <= struck_off else IN_PROGRESS
        put(db, "item", id=n, code="ZG-%04d" % n, campaign="ZG", state=state, due=n, report=-1)
        put(db, "item_text", id=n)
        put(db, "agenda", unit=0, state=state, due=n, item=n)
    return db


def what_is_overdue_costs_nothing_of_what_was_struck_off():
    sql = {name: sql for _, name, _, sql in every_statement()}
    for name in ("agenda_page", "agenda_duties", "agenda_tasks"):
        def asked(struck_off, states):
            # viewer, today, unit, states, behind, from and until, campaign, person, kind, rows, part, path,
            # before
            return steps(office(struck_off), sql[name], (
                "clerk", 20000, 0, states, -1, 0, 0, 19999, "", "", 0, 51, 1, "", NEVER, 0))
        (few, rows), (many, again) = asked(5, OPEN_STATES), asked(500, OPEN_STATES)
        tap.check(rows == again == (3 if name == "agenda_page" else 0), name, rows, again)
        tap.check(few == many, name, "takes", few, "steps beside 5, and", many, "beside 500")
        # Where they are wanted they are read, so that the count means something.
        tap.check(asked(500, 1 << STRUCK_OFF)[0] > many, name)


def the_tasks_of_an_item_cost_nothing_of_those_behind_it():
    sql = {name: sql for _, name, _, sql in every_statement()}["list_tasks_of"]

    def asked(others):
        """Of the first item alone."""
        db = office(others)
        put(db, "task", item=1, n=1, state=1)
        return steps(db, sql, (1,))
    (few, rows), (many, again) = asked(5), asked(500)
    tap.check(rows == again == 1, rows, again)
    tap.check(few == many, few, "steps beside 5, and", many, "beside 500")


def a_scan_is_found():
    tap.check(scanned(DB, "SELECT i.id FROM item i WHERE i.lead = ?1", 1) == {"item"})
    tap.check(scanned(DB, "SELECT i.id FROM item i WHERE i.code = ?1", 1) == set())


DB = ledger()
TABLES = {row[0] for row in DB.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
tap.run([(f.__name__.replace("_", " "), f) for f in (
    no_statement_reads_a_whole_table, what_may_is_there_and_does, a_scan_is_found,
    what_is_overdue_costs_nothing_of_what_was_struck_off,
    the_tasks_of_an_item_cost_nothing_of_those_behind_it)])
