#!/usr/bin/env python3
"""Who waits holds up nobody else: waiting.py XIAOHAO

For the office's directory, for a password that is hashed, for the disk; and nobody for the index."""
import json
import os
import re
import socket
import sqlite3
import threading
import time

import served_guard as served
from served_guard import request, urlencoded

desk, tap = served.desk, served.tap
READERS = 8  # app.h: connections to read with
MANY = READERS + 4
ROWS = 20_000
SOON = 3  # seconds: less than a directory is waited for (ldap_client.c: 5)
DESK = desk.Desk()
SILENT = socket.create_server(("127.0.0.1", 0), backlog=MANY)


def book(first, rows):
    lines = ["序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况"]
    lines += ["%d,第%d处路面破损致行人绊倒,修补,城关镇,夏长青,2199-12-31,整改中" % (i, i)
              for i in range(first, first + rows)]
    DESK.run("import", "findings", DESK.write("book%d.csv" % first, desk.table(*lines)),
             "--campaign", "ZG")


def prepare():
    DESK.people()
    book(1, 40)
    DESK.run("person", "link", "add", desk.LIAISON, "--issuer", "ldap", "--subject", "xia.changqing")
    with open(os.path.join(DESK.ledger, "config.json"), "w", encoding="utf-8") as f:
        json.dump({"ldap": {"url": "ldap://127.0.0.1:%d" % SILENT.getsockname()[1],
                            "dn": "uid={user},ou=people,dc=example,dc=org"}}, f)


def a_form(target, fields, headers=()):
    return request("POST", target, [("Content-Type", "application/x-www-form-urlencoded"), *headers],
                   urlencoded(fields))


def a_silent_directory_stops_no_page():
    site = served.Served(DESK, "--quiet")
    clerk, wires, asked = site.visitor(desk.CLERK), [], []
    try:
        for i in range(MANY):  # from an address each, as the limit of tries is another test's business
            wires.append(site.wire(source="127.0.0.%d" % (i + 2)))
            wires[-1].send(a_form("/sign-in", {"name": "xia.changqing", "password": "password1"}))
        SILENT.settimeout(SOON)
        for _ in wires:
            asked.append(SILENT.accept()[0])  # all wait for it at the same time
        tap.check(clerk.get("/items/ZG-0001").status == 200, "a page meanwhile")
        tap.check(clerk.post("/items/ZG-0001/report", {"text": "已修补"}).status == 303,
                  "a command meanwhile")
        tap.check(site.sign_in("nobody", "password1").status == 403, "who is not the directory's")
        for wire in wires:
            wire.socket.setblocking(False)
            try:
                early = wire.socket.recv(1)
            except BlockingIOError:
                early = None
            tap.check(early is None, "somebody was answered without the directory", early)
            wire.socket.setblocking(True)
        for link in asked:
            link.close()
        for wire in wires:
            tap.check(wire.answer().status == 502, "the directory did not answer")
    finally:
        for link in wires + asked:
            link.close()
        site.stop()


def the_index_is_behind(clerk):
    """How many entries; 0 when it knows all."""
    page = clerk.get("/search?q=ZG-0001x", headers=[("Accept-Language", "en")]).text()
    got = re.search(r"The newest ([\d,]+) entries are not in the index", page)
    return int(got[1].replace(",", "")) if got else 0


def a_command_does_not_wait_for_the_index():
    """A large book has come, and all of it is still to be indexed. Whoever reports meanwhile waits
    for a step of that at most, not for all of it."""
    site = served.Served(DESK, "--quiet")
    clerk = site.visitor(desk.CLERK)
    try:
        book(1001, ROWS)
        until = time.monotonic() + served.PATIENCE
        while not 0 < the_index_is_behind(clerk) < ROWS:  # it has begun
            tap.check(time.monotonic() < until, "the index does not begin")
        for i in range(2, 6):
            answer = clerk.post("/items/ZG-%04d/report" % i, {"text": "已修补"})
            tap.check(answer.status == 303, answer)
        left = the_index_is_behind(clerk)
        tap.check(left > ROWS // 10, "the reports waited for the index, of which only is left:", left)
    finally:
        site.stop()


def many_who_report_share_a_commit():
    """More of them than connections to read with: each is answered once, with its own entry."""
    site = served.Served(DESK, "--quiet")
    clerk, got = site.visitor(desk.CLERK), []
    before = DESK.entries()

    def report(i):
        got.append(clerk.post("/items/ZG-%04d/report" % i, {"text": "第%d次修补" % i}).status)

    threads = [threading.Thread(target=report, args=(i,)) for i in range(10, 10 + 3 * READERS)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        tap.check(got == [303] * len(threads), got)
        tap.check(DESK.entries() == before + len(threads), DESK.entries(), before)
    finally:
        site.stop()


def who_waits_to_be_written_is_counted():
    """Somebody else writes: what is given meanwhile waits, and /metrics says how much it is."""
    site = served.Served(DESK, "--quiet")
    clerk = site.visitor(desk.CLERK)
    other = sqlite3.connect(os.path.join(DESK.ledger, "ledger.db"), isolation_level=None)
    threads = [threading.Thread(target=clerk.post, args=(
        "/items/ZG-%04d/report" % i, {"text": "已修补"})) for i in range(10, 13)]

    def waiting(count):
        until = time.monotonic() + served.PATIENCE
        while site.metric("xiaohao_queue_waiting") != count:
            tap.check(time.monotonic() < until, count, "do not wait")

    try:
        waiting(0)
        other.execute("BEGIN IMMEDIATE")
        for thread in threads:
            thread.start()
        waiting(len(threads))
        other.execute("ROLLBACK")
        for thread in threads:
            thread.join()
        waiting(0)
    finally:
        other.close()
        site.stop()


prepare()
desk.run_all(a_silent_directory_stops_no_page, many_who_report_share_a_commit,
             who_waits_to_be_written_is_counted,
             a_command_does_not_wait_for_the_index)
