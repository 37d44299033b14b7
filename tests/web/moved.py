#!/usr/bin/env python3
"""A server whose evidence is in the database, and one whose ledger is moved: moved.py XIAOHAO"""
import glob
import hashlib
import os
import struct
import zlib

import served_guard as served

desk, tap = served.desk, served.tap
DESK = desk.Desk()


def png(side):
    """A grey picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x ^ y) & 255 for x in range(side)) for y in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def prepare():
    DESK.people()
    DESK.run("act", "register", "ZG", "--text", "路灯不亮", "--unit", "城关镇", "--as", desk.CLERK)
    DESK.write("ledger/config.json", '{"evidence": "database"}')
    DESK.site = served.Served(DESK)
    DESK.clerk = DESK.site.visitor(desk.CLERK)


def attach(name, data):
    hidden = DESK.clerk.hidden("/items/ZG-0001/attach")
    return DESK.clerk.upload("/items/ZG-0001/attach",
                             [pair for pair in hidden.items() if pair[0] != "csrf"], [("file", name, data)])


def what_is_sent_is_in_the_database_and_comes_back():
    for name, data in (("照片.png", png(300)), ("large.bin", os.urandom(1200 << 10)), ("one", b"x")):
        answer = attach(name, data)
        tap.check(answer.status == 303, answer)
        hash = hashlib.sha256(data).hexdigest()
        got = DESK.clerk.get("/files/" + hash)
        tap.check(got.status == 200 and got.body == data, got)
        nobody = DESK.site.visitor(desk.LIAISON).get("/files/" + "0" * 64)
        tap.check(nobody.status == 404, nobody)
    small = DESK.clerk.get("/pictures/%s/small" % hashlib.sha256(png(300)).hexdigest())
    tap.check(small.status == 200 and small.body.startswith(b"\xff\xd8"), small)
    tap.check(not glob.glob(DESK.path("ledger", "evidence", "*")), "files are left in the folder")
    DESK.run("verify")


def a_server_writes_no_more_once_its_ledger_was_moved():
    hidden = DESK.clerk.hidden("/items/ZG-0001/attach")
    DESK.run("migrate", DESK.ledger, DESK.path("new"), "--evidence", "folder")
    entries = DESK.run("verify", "--json", ledger=DESK.path("new")).json()["entries"]
    answer = DESK.clerk.upload("/items/ZG-0001/attach",
                               [pair for pair in hidden.items() if pair[0] != "csrf"],
                               [("file", "late", b"late")])
    # The form comes back, with what is to be done.
    tap.check(answer.status == 422 and DESK.path("new") in answer.text(), answer)
    tap.check(DESK.clerk.get("/items/ZG-0001").status == 200, "reading goes on")
    DESK.site.stop()
    tap.check(DESK.run("verify", "--json", ledger=DESK.path("new")).json()["entries"] == entries)
    tap.check(len(glob.glob(DESK.path("new", "evidence", "??", "*"))) == 3)


prepare()
desk.run_all(what_is_sent_is_in_the_database_and_comes_back,
             a_server_writes_no_more_once_its_ledger_was_moved)
