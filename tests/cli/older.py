#!/usr/bin/env python3
"""A ledger that an earlier state of the project made: older.py XIAOHAO

tests/fixtures/ledger-v1 was made by the commands of its time: an import, a loop, a reopened item, a
moved unit, evidence, a sealed name; ledger-v2 was made of it by those of the next: a deputy, a
confidential campaign, instructions, a campaign's plan. Beside each lies its log, exported then. They
open, are brought up to date, agree with their log and can be worked on; the log is what it was to the
byte."""
import os
import re
import shutil
import sqlite3
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from desk import Desk, XIAOHAO, run_all, tap

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fixtures")
VERSION = 3  # SCHEMA_VERSION


def older(of=1):
    desk = Desk(init=False)
    shutil.copytree(os.path.join(FIXTURES, "ledger-v%d" % of), desk.ledger)
    for folder, _, names in os.walk(desk.ledger):
        os.chmod(folder, 0o700)
        for name in names:
            os.chmod(os.path.join(folder, name), 0o600)
    return desk


def ask(desk, sql, *args):
    db = sqlite3.connect(desk.path("ledger", "ledger.db"))
    try:
        with db:
            return db.execute(sql, args).fetchall()
    finally:
        db.close()


def version(desk):
    return ask(desk, "PRAGMA user_version")[0][0]


def kept(desk):
    """What an upgrade must leave alone."""
    return {table: ask(desk, "SELECT * FROM %s" % table)
            for table in ("log", "leaf", "node", "checkpoint", "head", "sealed", "credential")}


def a_new_one_is_of_this_version():
    tap.check(version(Desk()) == VERSION)


def the_first_command_brings_it_up_to_date():
    commands = (("list", "problems"), ("verify",), ("act", "chase", "ZG-0001"), ("rebuild",),
                ("backup", "copy"))
    for of, command in [(1, command) for command in commands] + [(2, commands[0]), (2, commands[2])]:
        desk = older(of)
        before = kept(desk)
        tap.check(version(desk) == of, "the fixture is of version", of)
        desk.run(*command)
        tap.check(version(desk) == VERSION, command)
        after = kept(desk)
        tap.check(all(row in after[table] for table in before for row in before[table]
                      if table != "head"), command, "changed the log")
        if command[0] != "act":
            tap.check(after == before, command, "wrote to the log")
        desk.run("verify")


def its_log_is_what_it_was():
    for of in (1, 2):
        desk = older(of)
        desk.run("export", "log", "-o", "now.json")
        with open(desk.path("now.json"), "rb") as now:
            with open(os.path.join(FIXTURES, "ledger-v%d.json" % of), "rb") as then:
                tap.check(now.read() == then.read(), "the export differs")
        with open(desk.path("then.note"), "w", encoding="utf-8") as f:
            f.write(ask(desk, "SELECT note FROM checkpoint ORDER BY size LIMIT 1")[0][0])
        desk.run("verify", "--checkpoint", "then.note")


def its_indexes_are_those_of_a_new_one():
    def shape(desk):
        return ask(desk, "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' "
                         "ORDER BY name")
    for of in (1, 2):
        desk = older(of)
        desk.run("list", "problems")
        tap.check(shape(desk) == shape(Desk()), of)


def its_lists_are_those_of_a_rebuild():
    desk = older()
    dump = desk.run("rebuild", "--dump").out
    desk.run("rebuild")
    tap.check(desk.run("rebuild", "--dump").out == dump)
    rows = {row["code"]: row for row in desk.problems()}
    tap.check(len(rows) == 41)
    tap.check(rows["ZG-0041"]["state"] == "in_progress" and rows["ZG-0041"]["reopened"] == 1,
              rows["ZG-0041"])
    tap.check(rows["ZG-0007"]["state"] == "struck_off")
    tap.check("王小明" in desk.run("show", "ZG-0041").out, "the sealed name opens")
    tap.check(desk.run("board", "--json").json()["total"] == 41)


def work_goes_on():
    desk = older()
    code = desk.run("act", "register", "ZG", "--text", "新的问题", "--json").json()["code"]
    tap.check(code == "ZG-0042", code)
    desk.run("verify")


def a_newer_one_is_left_alone():
    for words in (("list", "problems"), ("act", "chase", "ZG-0001")):
        desk = older()
        ask(desk, "PRAGMA user_version = 9999")
        before = desk.tree(desk.ledger)
        said = desk.run(*words, status=2)
        tap.check("newer" in said.err and "9999" in said.err, said)
        after = desk.tree(desk.ledger)
        tap.check(after["ledger/ledger.db"] == before["ledger/ledger.db"])


def whoever_reads_goes_on_reading():
    """While it is brought up to date, and behind it, what an older program asks is answered."""
    desk = older()
    db = sqlite3.connect(desk.path("ledger", "ledger.db"))
    asked = "SELECT code, state, lead, due FROM item ORDER BY id"
    db.execute("BEGIN")
    before = db.execute(asked).fetchall()
    desk.run("verify")  # does not wait for the reader, nor the reader for it
    tap.check(version(desk) == VERSION)
    tap.check(db.execute(asked).fetchall() == before and
              db.execute("PRAGMA user_version").fetchone() == (1,), "the reader's moment is kept")
    db.rollback()
    tap.check(db.execute(asked).fetchall() == before and len(before) == 41, "and what it asks, too")
    db.close()


def a_server_of_an_older_version_writes_no_more():
    desk = Desk()
    desk.people()
    desk.run("act", "register", "ZG", "--text", "路灯不亮", "--unit", "城关镇")
    child = desk.start("serve", "--listen", "127.0.0.1:0")
    port = re.search(rb"port (\d+)", child.stdout.readline())[1].decode()
    token = desk.run("person", "token", "add", "chen", "--label", "t", "--allow", "read,write",
                     "--as", "chen", "--json").json()["token"]

    def ask_server(method, path, **fields):
        request = urllib.request.Request(
            "http://127.0.0.1:%s%s" % (port, path), method=method,
            data=urllib.parse.urlencode(fields).encode() if fields else None,
            headers={"Authorization": "Bearer " + token, "Accept": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()
    try:
        status, said = ask_server("POST", "/items/ZG-0001/chase", text="催办")
        tap.check(status == 200, said)
        entries = desk.entries()
        ask(desk, "PRAGMA user_version = 9999")
        status, said = ask_server("POST", "/items/ZG-0001/chase", text="再催")
        tap.check(status == 409 and "9999" in said, status, said)
        status, said = ask_server("GET", "/items/ZG-0001")
        tap.check(status == 200 and "路灯不亮" in said and "再催" not in said, "reading goes on", said)
        ask(desk, "PRAGMA user_version = %d" % VERSION)
        tap.check(desk.entries() == entries, "it was written")
    finally:
        child.terminate()
        child.communicate(timeout=60)


def what_is_no_ledger_does_not_become_one():
    desk = Desk(init=False)
    os.mkdir(desk.ledger)
    ask(desk, "CREATE TABLE other (x)")
    desk.run("list", "problems", status=3)
    tap.check(ask(desk, "SELECT name FROM sqlite_master") == [("other",)])


def where_it_cannot_be_written_it_says_what_to_do():
    desk = older()
    if os.geteuid() != 0:
        raise tap.Skip("needs root, to become somebody else")
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    try:
        subprocess.run([XIAOHAO, "version"], capture_output=True, check=True, **nobody)
    except (OSError, subprocess.CalledProcessError):
        raise tap.Skip("nobody cannot run the binary where it lies")
    # A reader needs the file beside the database that says who reads.
    db = sqlite3.connect(desk.path("ledger", "ledger.db"))
    db.execute("SELECT COUNT(*) FROM log").fetchone()
    os.chmod(desk.home, 0o755)
    for folder, _, names in os.walk(desk.ledger):
        os.chmod(folder, 0o755)
        for name in names:
            os.chmod(os.path.join(folder, name), 0o644)
    said = desk.run("list", "problems", status=2, **nobody)
    tap.check("older" in said.err and "xiaohao rebuild" in said.err, said)
    said = desk.run("list", "problems", status=2, lang="zh_CN.UTF-8", **nobody)
    tap.check("升级" in said.err and "xiaohao rebuild" in said.err, said)
    db.close()
    tap.check(version(desk) == 1)


if __name__ == "__main__":
    run_all(a_new_one_is_of_this_version, the_first_command_brings_it_up_to_date, its_log_is_what_it_was,
            its_indexes_are_those_of_a_new_one,
            its_lists_are_those_of_a_rebuild, work_goes_on, a_newer_one_is_left_alone,
            whoever_reads_goes_on_reading, a_server_of_an_older_version_writes_no_more,
            what_is_no_ledger_does_not_become_one, where_it_cannot_be_written_it_says_what_to_do)
