#!/usr/bin/env python3
"""A ledger whose books are on PostgreSQL is backed up and put back, there and in a folder:
postgres.py backup_server.py XIAOHAO (tests/support/postgres.py starts the server)."""
import glob
import json
import os
import subprocess

import desk
from desk import Desk, tap

SERVER = os.environ["XIAOHAO_TEST_POSTGRES"]
D = Desk(init=False)


def sql(text):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", SERVER, "-c", text],
                          check=True, capture_output=True, text=True).stdout


def place(schema):
    sql("CREATE SCHEMA %s" % schema)
    return "%s&options=-csearch_path%%3D%s#%s" % (SERVER, schema, D.path(schema))


def prepare():
    D.ledger = place("books")
    D.run("init")
    D.people()
    D.run("act", "register", "ZG", "--text", "路灯不亮", "--originator-name", "王小明")
    D.run("act", "attach", "ZG-0001", "--file", D.write("one.txt", "一份佐证"))
    D.run("passwd", desk.CLERK, given="correct horse\n")
    D.run("person", "token", "add", desk.CLERK, "--label", "表", "--as", desk.CLERK)


def it_is_put_back_on_the_server_and_in_a_folder():
    D.run("backup", D.path("copy"))
    writers = [D.start("act", "chase", "ZG-0001", "--text", "催办", "--json") for _ in range(4)]
    second = D.run("backup", D.path("copy"), "--json").json()
    for writer in writers:
        tap.check("seq" in json.loads(writer.communicate(timeout=120)[0]))
    D.run("backup", "--verify", D.path("copy"))
    D.run("backup", D.path("copy"))
    tap.check(second["new_files"] == 0, second)
    D.run("restore", D.path("copy"), ledger=place("again"))
    D.run("restore", D.path("copy"), D.path("folder"))
    dump = D.run("rebuild", "--dump").out
    for there in (D.path("again"), D.path("folder")):  # its config.json leads to the server
        D.run("verify", ledger=there)
        tap.check("王小明" in D.run("show", "ZG-0001", ledger=there).out)
        tap.check(D.run("rebuild", "--dump", ledger=there).out == dump, there)
        D.run("act", "chase", "ZG-0001", "--text", "之后", ledger=there)
    tap.check(sql("SELECT (SELECT COUNT(*) FROM again.token), (SELECT COUNT(*) FROM again.credential)")
              == "0|1\n")
    with open(D.path("folder", "config.json"), encoding="utf-8") as f:
        tap.check("postgresql" not in f.read(), "the folder leads to the server that was lost")


def a_place_that_is_taken_is_left_alone():
    before = D.run("rebuild", "--dump").out
    other = D.ledger.split("#")[0] + "#" + D.path("other")
    D.run("restore", D.path("copy"), other, status=2)
    tap.check(D.run("rebuild", "--dump").out == before)


def what_fails_leaves_nothing_on_the_server():
    there = place("nothing")
    os.remove(glob.glob(D.path("copy", "evidence", "*", "*"))[0])
    said = D.run("restore", D.path("copy"), there, status=1)
    tap.check("evidence/" in said.err, said)
    tap.check(sql("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'nothing'") == "0\n")
    D.run("backup", D.path("copy"))  # brings the file back
    D.run("restore", D.path("copy"), there)
    D.run("verify", ledger=there)


prepare()
desk.run_all(it_is_put_back_on_the_server_and_in_a_folder, a_place_that_is_taken_is_left_alone,
             what_fails_leaves_nothing_on_the_server)
