#!/usr/bin/env python3
"""No statement reads a whole table: scans.py SOURCES

Every named statement is explained by SQLite on an empty ledger. One that looks at each row of a table
is wrong, whatever the size of the table is today; those that must are named below, each with why."""
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


def ledger():
    db = sqlite3.connect(":memory:")
    for name in ("schema", "projections"):
        with open(os.path.join(SRC, "ledger", name + ".sqlite.sql"), encoding="utf-8") as f:
            db.executescript(f.read())
    return db


def every_statement():
    """(file, name, number of parameters, SQL)"""
    paths = [p for p in sorted(glob.glob(os.path.join(SRC, "**/*.sql"), recursive=True))
             if not p.endswith(("schema.sqlite.sql", "projections.sqlite.sql", "postgres.sql"))]
    read = {path: statements.read(path) for path in paths}
    shared = {name: sql for own, _ in read.values() for name, sql in own.items()}
    for path, (own, rows) in read.items():
        for name, params, _, sql in rows:
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
        if not name.startswith("dump_") and name not in MAY and scanned(DB, sql, count):
            wrong.append("%s: %s reads all of %s" % (path, name, ", ".join(scanned(DB, sql, count))))
    tap.check(not wrong, "\n".join(wrong))


def what_may_is_there_and_does():
    """An exception that is none any more is taken out of the list."""
    scans = {name for _, name, count, sql in every_statement() if scanned(DB, sql, count)}
    tap.check(not set(MAY) - scans, sorted(set(MAY) - scans))


def a_scan_is_found():
    tap.check(scanned(DB, "SELECT i.id FROM item i WHERE i.lead = ?1", 1) == {"item"})
    tap.check(scanned(DB, "SELECT i.id FROM item i WHERE i.code = ?1", 1) == set())


DB = ledger()
TABLES = {row[0] for row in DB.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
tap.run([(f.__name__.replace("_", " "), f) for f in (
    no_statement_reads_a_whole_table, what_may_is_there_and_does, a_scan_is_found)])
