#!/usr/bin/env python3
"""A ledger is moved from a folder to a server and back: postgres.py migrate.py XIAOHAO

Whatever stops a move, no entry, no file and no row beside the log is lost, and at no moment can both
places be worked in."""
import glob
import json
import os
import random
import signal
import sqlite3
import subprocess
import time

import desk
from desk import Desk, tap

SERVER = os.environ["XIAOHAO_TEST_POSTGRES"]
SEED = int(os.environ.get("XIAOHAO_TEST_SEED") or random.randrange(10**6))
CHANCE = random.Random(SEED)
# Made again in the new place, or about the place itself.
LOG = {"log", "leaf", "node", "checkpoint", "head"}
NOT_MOVED = {"search_doc", "search_todo", "search_state", "moving", "schema_version",
             "evidence_file", "evidence_chunk"}
ROWS = 3200


def sql(text):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", SERVER, "-c", text],
                          check=True, capture_output=True, text=True).stdout


def place(d, name):
    """A schema of the server with a folder: (what names it, its schema)."""
    schema = "%s_%s" % (os.path.basename(d.home).replace("-", "_").lower(), name)
    sql("DROP SCHEMA IF EXISTS %s CASCADE; CREATE SCHEMA %s" % (schema, schema))
    return "%s&options=-csearch_path%%3D%s#%s" % (SERVER, schema, d.path(name)), schema


def book(d, rows):
    with open(d.path("book.csv"), "w", encoding="utf-8") as f:
        f.write("序号,存在问题,牵头单位\n")
        f.writelines("%d,第%d处路灯不亮（%d号杆）,城关镇\n" % (n, n, n * 7919) for n in range(1, rows + 1))
    return d.path("book.csv")


def office(rows=0):
    d = Desk(init=False)
    d.run("init")
    d.people()
    d.run("act", "register", "ZG", "--text", "路灯不亮", "--originator-name", "王小明")
    d.run("act", "attach", "ZG-0001", "--file", d.write("one.txt", "一份佐证"))
    d.run("source", "add", d.write("two.txt", "来源文件"), "--as", desk.CLERK)
    d.run("passwd", desk.CLERK, given="correct horse\n")
    d.run("person", "token", "add", desk.CLERK, "--label", "表", "--as", desk.CLERK)
    if rows:
        d.run("import", "findings", book(d, rows), "--campaign", "ZG", status=None)
    return d


def shown(d, ledger, *args):
    return d.run(*args, ledger=ledger).out


def agrees(d, ledger, dump):
    d.run("verify", ledger=ledger)
    tap.check("王小明" in shown(d, ledger, "show", "ZG-0001"), "what is sealed does not open")
    tap.check(shown(d, ledger, "rebuild", "--dump") == dump, "the lists are others")
    d.run("act", "chase", "ZG-0001", "--text", "之后", ledger=ledger)


def moved(d, ledger):
    for command in (("list", "problems"), ("act", "chase", "ZG-0001", "--text", "x"), ("verify",)):
        said = d.run(*command, status=2, ledger=ledger)
        tap.check("was moved to" in said.err, said)
    tap.check("已迁至" in d.run("board", status=2, ledger=ledger, lang="zh_CN.UTF-8").err)


# --- all of it ------------------------------------------------------------------------------------

def rows_of_file(db, table):
    columns = [row[1] for row in db.execute("PRAGMA table_info(%s)" % table)]
    return sorted(json.dumps({c: "\\x" + v.hex() if isinstance(v, bytes) else v
                              for c, v in zip(columns, row)}, sort_keys=True)
                  for row in db.execute("SELECT * FROM " + table))


def rows_of_server(schema, table):
    return sorted(json.dumps(json.loads(line), sort_keys=True) for line in
                  sql("SELECT row_to_json(t) FROM %s.%s t" % (schema, table)).splitlines())


def tables(db):
    return [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("search_text", "sqlite_")) and name not in NOT_MOVED]


def every_table_comes_along():
    """A row in each table, whatever tables there are: one that is forgotten is found here."""
    d = office()
    db = sqlite3.connect(d.path("ledger", "ledger.db"))
    with db:
        for table in tables(db):
            if db.execute("SELECT COUNT(*) FROM " + table).fetchone()[0] == 0 \
                    and table not in projections() | LOG:
                kinds = [(row[1], row[2]) for row in db.execute("PRAGMA table_info(%s)" % table)]
                db.execute("INSERT INTO %s VALUES (%s)" % (table, ", ".join("?" * len(kinds))),
                           [7 if kind == "INTEGER" else b"\x00\xff" if kind == "BLOB" else
                            desk.CLERK if name == "person" else "某" for name, kind in kinds])
    before = {table: rows_of_file(db, table) for table in tables(db)}
    db.close()
    for table in ("session", "attempt", "token", "access_seen", "credential", "sealed", "log"):
        tap.check(before[table], table)
    there, schema = place(d, "there")
    said = d.run("migrate", d.ledger, there, "--json").json()
    tap.check(said["entries"] == said["copied"] and said["evidence"] == 2 and not said["went_on"], said)
    for table, rows in before.items():
        tap.check(rows_of_server(schema, table) == rows, table)
    back = d.path("back")
    d.run("migrate", there, back)
    db = sqlite3.connect(os.path.join(back, "ledger.db"))
    for table, rows in before.items():
        tap.check(rows_of_file(db, table) == rows, table)
    db.close()


def projections():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                           "../../src/ledger/projections.sqlite.sql"), encoding="utf-8") as f:
        return {line.split()[2] for line in f if line.startswith("CREATE TABLE")}


def it_is_the_same_ledger_in_either_place():
    d = office()
    dump, origin = d.run("rebuild", "--dump").out, d.run("verify", "--json").json()["key"]
    there, _ = place(d, "there")
    said = d.run("migrate", d.ledger, there, lang="zh_CN.UTF-8")
    tap.check("台账现位于" in said.out and "已标记" in said.out and d.path("there") in said.out, said)
    moved(d, d.ledger)
    agrees(d, there, dump)
    # The folder alone leads to the server, and the database's mark holds without the file's.
    agrees_now = d.run("rebuild", "--dump", ledger=there).out
    d.run("verify", ledger=d.path("there"))
    os.remove(d.path("ledger", "config.json"))
    moved(d, d.ledger)
    back = d.path("back")
    said = d.run("migrate", there, back)
    tap.check("takes no work" in said.out, said)
    moved(d, there)
    agrees(d, back, agrees_now)
    tap.check(d.run("verify", "--json", ledger=back).json()["key"] == origin)
    tap.check(not os.path.exists(d.path("there", "moving")))
    again = d.run("migrate", there, back)
    tap.check("already" in again.out, again)


def evidence_goes_where_it_is_wanted():
    d = office()
    dump = d.run("rebuild", "--dump").out
    there, schema = place(d, "there")
    large = os.urandom(3 << 20)
    d.run("act", "attach", "ZG-0001", "--file", d.write("large.bin", large))
    dump = d.run("rebuild", "--dump").out
    d.run("migrate", d.ledger, there, "--evidence", "database")
    tap.check(sql("SELECT COUNT(*), MAX(LENGTH(bytes)) <= 524288 FROM %s.evidence_chunk" % schema) == "8|t\n")
    tap.check(not glob.glob(d.path("there", "evidence", "*")))
    agrees(d, there, dump)
    d.run("act", "attach", "ZG-0001", "--file", d.write("three.txt", "服务器上的"), ledger=there)
    sql("UPDATE %s.evidence_chunk SET bytes = 'x' WHERE n = 3" % schema)
    tap.check("altered" in d.run("verify", status=1, ledger=there).err)
    # The same file again mends it.
    d.run("act", "attach", "ZG-0001", "--file", d.path("large.bin"), ledger=there)
    d.run("verify", ledger=there)
    d.run("backup", d.path("copy"), ledger=there)
    d.run("backup", "--verify", d.path("copy"))
    d.run("restore", d.path("copy"), d.path("restored"))
    d.run("verify", ledger=d.path("restored"))
    dump = d.run("rebuild", "--dump", ledger=there).out
    shared = d.path("shared")
    d.run("migrate", there, d.path("back"), "--evidence", shared)
    tap.check(len(glob.glob(os.path.join(shared, "??", "*"))) == 4)
    agrees(d, d.path("back"), dump)
    d.run("act", "attach", "ZG-0001", "--file", d.write("four.txt", "共享的"), ledger=d.path("back"))
    tap.check(len(glob.glob(os.path.join(shared, "??", "*"))) == 5)
    d.run("migrate", d.path("back"), d.path("last"), "--evidence", "somewhere", status=2)
    d.run("migrate", d.path("back"), d.path("last"), "--evidence", "database")
    tap.check(len(glob.glob(os.path.join(shared, "??", "*"))) == 5, "the old place lost files")
    # The folder of a ledger is put back like a backup; its evidence is then in the folder.
    d.run("restore", d.path("last"), d.path("again"))
    tap.check(len(glob.glob(d.path("again", "evidence", "??", "*"))) == 5)
    d.run("verify", ledger=d.path("again"))


# --- interrupted ----------------------------------------------------------------------------------

def killed(d, source, target):
    """Begins and kills the move until it is done; how often it was begun."""
    for times in range(1, 60):
        child = d.start("migrate", source, target, start_new_session=True)
        try:
            # At first too short for any machine; the longer it takes, the longer it is let run.
            child.communicate(timeout=CHANCE.uniform(0.02, 0.2) * times)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.communicate()
        if child.returncode == 0:
            return times
        tap.check(child.returncode == -signal.SIGKILL, "seed", SEED, child.returncode)
        works = [d.run("act", "chase", "ZG-0001", "--text", "其间", ledger=where, status=None).code == 0
                 for where in (source, target)]
        tap.check(works != [True, True], "seed", SEED, "both places take work")
        if not works[1]:
            d.run("board", status=2, ledger=target, lang=CHANCE.choice(desk.LANGUAGES))
    raise AssertionError("seed %d: it never came to an end" % SEED)


def a_move_that_is_killed_goes_on():
    d = office(ROWS)
    there, schema = place(d, "there")
    began = time.monotonic()
    d.run("migrate", d.ledger, place(d, "dry")[0], "--evidence", "nowhere", status=2)
    tap.check(not os.path.exists(d.path("dry")))
    tap.check(d.run("board").code == 0 and time.monotonic() > began)
    times = killed(d, d.ledger, there)
    tap.check(times > 1, "seed", SEED)
    moved(d, d.ledger)
    d.run("verify", ledger=there)
    tap.check(int(sql("SELECT COUNT(*) FROM %s.log" % schema)) > ROWS)
    killed(d, there, d.path("back"))
    moved(d, there)
    d.run("verify", ledger=d.path("back"))
    agrees(d, d.path("back"), d.run("rebuild", "--dump", ledger=d.path("back")).out)


def interrupt(d, source, target, enough):
    """Kills a move when enough() says so."""
    child = d.start("migrate", source, target)
    while child.poll() is None and not enough():
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.communicate()


def what_is_damaged_meanwhile_is_found():
    d = office(ROWS)
    there, schema = place(d, "there")

    def entries():
        return int(sql("SELECT CASE WHEN to_regclass('%s.log') IS NULL THEN 0 ELSE 1 END" % schema)) and \
            int(sql("SELECT COUNT(*) FROM %s.log" % schema))
    interrupt(d, d.ledger, there, lambda: entries() >= 1000)
    tap.check(1000 <= entries() < ROWS, entries())
    said = d.run("board", status=2, ledger=there)
    tap.check("not moved to the end" in said.err and d.ledger in said.err, said)
    tap.check("尚未迁完" in d.run("board", status=2, ledger=there, lang="zh_CN.UTF-8").err)
    other = office()
    tap.check("another ledger" in d.run("migrate", other.ledger, there, status=2).err)
    for damage in ("UPDATE %s.log SET bytes = set_byte(bytes, 9, 66) WHERE seq = 500",
                   "UPDATE %s.item SET state = 3 WHERE id = 17",
                   "DELETE FROM %s.checkpoint WHERE size = (SELECT MIN(size) FROM %s.checkpoint)",
                   "UPDATE %s.node SET hash = 'x' WHERE level = 1"):
        sql("DROP SCHEMA %s CASCADE; CREATE SCHEMA %s" % (schema, schema))
        interrupt(d, d.ledger, there, lambda: entries() >= 1000)
        sql(damage.replace("%s", schema))
        said = d.run("migrate", d.ledger, there, status=None)
        tap.check(said.code in (1, 3) and "Empty the new place" in said.err, damage, said)
        d.run("act", "chase", "ZG-0001", "--text", "原处照常")
        tap.check(d.run("board", status=2, ledger=there).err)
    sql("DROP SCHEMA %s CASCADE; CREATE SCHEMA %s" % (schema, schema))
    interrupt(d, d.ledger, there, lambda: entries() >= 1000)
    for path in glob.glob(d.path("there", "evidence", "*", "*")):
        os.remove(path)
    said = d.run("migrate", d.ledger, there, status=1)
    tap.check("Evidence" in said.err and "missing" in said.err, said)
    sql("DROP SCHEMA %s CASCADE; CREATE SCHEMA %s" % (schema, schema))
    d.run("migrate", d.ledger, there)
    d.run("verify", ledger=there)


def nothing_is_lost_of_those_who_work_meanwhile():
    d = office(ROWS)
    there, _ = place(d, "there")
    answered, child = [], d.start("migrate", d.ledger, there)
    while child.poll() is None:
        text = "其间第%d次" % len(answered)
        said = d.run("act", "chase", "ZG-0001", "--text", text, status=None)
        if said.code == 0:
            answered.append(text)
        else:
            tap.check("was moved to" in said.err, said)
    out, err = child.communicate()
    tap.check(child.returncode == 0, out, err)
    told = shown(d, there, "show", "ZG-0001")
    tap.check(answered and all(text in told for text in answered), len(answered))
    d.run("verify", ledger=there)


# --- places ---------------------------------------------------------------------------------------

def a_place_that_does_not_fit_is_left_alone():
    d = office()
    before = d.tree(d.ledger)
    full = d.path("full")
    os.mkdir(full)
    d.write("full/letter.txt", "一封信")
    other = Desk(init=False)
    other.run("init")
    for args in ((d.ledger, d.ledger), (d.ledger, full), (d.ledger, other.ledger), (d.ledger,),
                 (d.ledger, SERVER), (d.ledger, SERVER + "#" + d.ledger), (full, d.path("new")),
                 (d.ledger, d.path("no", "such", "folder"))):
        said = d.run("migrate", *args, status=None)
        tap.check(said.code in (2, 3), said)
    tap.check({k: v for k, v in d.tree(d.ledger).items() if "ledger.db" not in k} ==
              {k: v for k, v in before.items() if "ledger.db" not in k})
    tap.check(os.listdir(full) == ["letter.txt"])
    d.run("verify")
    other.run("verify")


desk.run_all(every_table_comes_along, it_is_the_same_ledger_in_either_place,
             evidence_goes_where_it_is_wanted, a_place_that_does_not_fit_is_left_alone,
             a_move_that_is_killed_goes_on, what_is_damaged_meanwhile_is_found,
             nothing_is_lost_of_those_who_work_meanwhile)
