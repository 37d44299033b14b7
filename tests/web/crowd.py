#!/usr/bin/env python3
"""Many visitors at once, and the server's end while they are there: crowd.py XIAOHAO"""
import contextlib
import os
import shutil
import socket
import sqlite3
import threading
import time

import served_guard as served
from served_guard import request

desk, tap = served.desk, served.tap
CONNECTIONS, EACH, EXPORTS = 1000, 200, 4  # server.c, app.h
DESK = desk.Desk()


def prepare():
    DESK.people()
    rows = ["序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况"]
    rows += ["%d,第%d处路面破损致行人绊倒%s,修补,城关镇,王五,2199-12-31,整改中" % (i, i, "；" * 1000)
             for i in range(1, 3001)]
    DESK.run("import", "findings", DESK.write("book.csv", desk.table(*rows)), "--campaign", "ZG")


def waiting(site, source, count):
    return [site.wire(source=source) for _ in range(count)]


def close(wires):
    for wire in wires:
        wire.close()


def one_address_does_not_take_all():
    site = served.Served(DESK, "--quiet")
    wires = waiting(site, "127.0.0.2", EACH)
    try:
        wires[-1].send(request("GET", "/health"))
        tap.check(wires[-1].answer().status == 200, "as many as it may have")
        with site.wire(source="127.0.0.2") as more:
            tap.check(more.ended(), "one more is not taken")
        with site.wire(source="127.0.0.3") as other:
            other.send(request("GET", "/health"))
            tap.check(other.answer().status == 200, "another address is served")
        wires[0].close()
        wires[1].send(request("GET", "/health"))
        tap.check(wires[1].answer().status == 200, "and those that are there")
    finally:
        close(wires)
        site.stop()


def a_thousand_connections_do_not_stop_the_others():
    """From as many addresses as it takes. Those that ask nothing make room."""
    site = served.Served(DESK, "--quiet")
    clerk, wires = site.visitor(desk.CLERK), []
    try:
        for i in range(CONNECTIONS // EACH + 1):
            wires += waiting(site, "127.0.1.%d" % (i + 1), EACH)
            tap.check(clerk.get("/items").status == 200, len(wires), "are there")
        # Each begins a request and does not end it.
        for wire in wires:
            wire.send("GET /health HTTP/1.1\r\nHost: x\r\n")
        tap.check(clerk.get("/items/ZG-0001").status == 200)
        wires[-1].send("\r\n")
        tap.check(wires[-1].answer().status == 200, "the last one can go on")
    finally:
        close(wires)
        site.stop()


# --- exports --------------------------------------------------------------------------------------

def pieces(wire, visitor, kind):
    """What comes of an export, piece by piece; Broken when it ends before it is whole."""
    wire.send(request("GET", "/export/problems?format=" + kind,
                      visitor.headers(more=[("Accept-Language", "en")])))
    tap.check(wire.until(b"\r\n\r\n").startswith(b"HTTP/1.1 200"))
    while size := int(wire.until(b"\r\n"), 16):
        yield wire.take(size)
        wire.take(2)


def exports_are_the_command_lines_byte_by_byte():
    site = served.Served(DESK, "--quiet")
    clerk = site.visitor(desk.CLERK)
    for kind in ("csv", "json"):
        path = DESK.path("wanted." + kind)
        DESK.run("export", "problems", "-o", path, "--as", desk.CLERK)
        with site.wire() as wire, open(path, "rb") as wanted:
            got, wanted = b"".join(pieces(wire, clerk, kind)), wanted.read()
        tap.check(got == wanted and len(got) > 8_000_000, kind, len(got), len(wanted))
    tap.check(not os.path.exists(os.path.join(DESK.ledger, "uploads")), "they lay in no file")
    site.stop()


def an_export_comes_while_it_is_made():
    """The last rows cannot be read. The first ones came before anybody knew, and what came does not
    look whole."""
    there = desk.Desk(init=False)
    shutil.copytree(DESK.ledger, there.ledger)
    path = os.path.join(there.ledger, "ledger.db")
    with contextlib.closing(sqlite3.connect(path)) as db:
        page, size = db.execute("SELECT pageno, pgsize FROM dbstat WHERE name = 'item_text' AND "
                                "pagetype = 'leaf' ORDER BY path DESC").fetchone()
    with open(path, "r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))
    site = served.Served(there, "--quiet")
    clerk = site.visitor(desk.CLERK)
    for kind in ("csv", "json"):
        got, whole = b"", False
        with site.wire() as wire, contextlib.suppress(served.Broken):
            for piece in pieces(wire, clerk, kind):
                got += piece
            whole = True
        tap.check("第1处".encode() in got and "第2000处".encode() in got, kind, got[:300])
        tap.check(not whole and "第3000处".encode() not in got, kind, got[-300:])
    tap.check(clerk.get("/items").status == 200)
    site.stop()


def who_goes_away_gives_the_place_back():
    site = served.Served(DESK, "--quiet")
    clerk, wires = site.visitor(desk.CLERK), []
    try:
        for i in range(EXPORTS):
            wires.append(site.wire())
            # So little that the rest stays where it is made.
            wires[-1].socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            tap.check(next(pieces(wires[-1], clerk, ("csv", "json")[i % 2])))
        for kind in ("csv", "json", "xlsx"):
            busy = clerk.get("/export/problems?format=" + kind, headers=[("Accept-Language", "en")])
            tap.check(busy.status == 503 and "being exported" in busy.text(), kind, busy)
        tap.check(clerk.get("/items").status == 200, "pages do not wait for them")
    finally:
        close(wires)
    until = time.monotonic() + served.PATIENCE
    while (answer := clerk.get("/export/problems?format=csv")).status == 503:
        tap.check(time.monotonic() < until, "their places are not given back")
        time.sleep(0.01)
    tap.check(answer.status == 200 and "第3000处" in answer.text(), answer)
    site.stop()


# --- the end --------------------------------------------------------------------------------------

def what_was_acknowledged_is_in_the_log_when_it_ends():
    """Four clerks write without a pause, exports stream, one of them to a visitor who does not take
    it; then comes SIGTERM."""
    site = served.Served(DESK, "--quiet")
    acknowledged, enough, exporting = [], threading.Event(), threading.Semaphore(0)

    def write(number):
        visitor = site.visitor(desk.CLERK)
        try:
            for i in range(100_000):
                text = "催%d-%d" % (number, i)
                answer = visitor.post("/items/ZG-%04d/chase" % (number + 1), {"text": text})
                if answer.status == 303:
                    acknowledged.append(text)
                if len(acknowledged) > 20:
                    enough.set()
        except (served.Broken, OSError):
            enough.set()  # it has ended

    def export(takes):
        visitor = site.visitor(desk.CLERK)
        with site.wire() as wire:
            wire.send(request("GET", "/export/problems?format=csv", visitor.headers()))
            try:
                wire.until(b"\r\n\r\n")
                exporting.release()
                if takes:
                    while wire.more():
                        wire.left = b""
                else:
                    over.wait(served.PATIENCE)
            except (served.Broken, OSError):
                exporting.release()

    over = threading.Event()
    threads = [threading.Thread(target=write, args=(i,)) for i in range(4)]
    threads += [threading.Thread(target=export, args=(takes,)) for takes in (True, False)]
    for thread in threads:
        thread.start()
    tap.check(enough.wait(served.PATIENCE) and exporting.acquire(timeout=served.PATIENCE)
              and exporting.acquire(timeout=served.PATIENCE), "they do not get on")
    site.stop(within=40)
    over.set()
    for thread in threads:
        thread.join(served.PATIENCE)
    tap.check(not any(t.is_alive() for t in threads), "somebody still waits")
    kept = "".join(DESK.run("show", "ZG-%04d" % (i + 1)).out for i in range(4))
    lost = [text for text in acknowledged if text + "。" not in kept and text not in kept]
    tap.check(len(acknowledged) > 20 and not lost, len(acknowledged), "were answered; lost:", lost)
    tap.check(DESK.run("verify").code == 0, "the ledger verifies")
    # A new one begins where that one ended, and no session was lost.
    again = served.Served(DESK, "--quiet")
    tap.check(again.visitor(desk.CLERK).get("/items").status == 200)
    again.settled()
    again.stop()


prepare()
desk.run_all(one_address_does_not_take_all, a_thousand_connections_do_not_stop_the_others,
             exports_are_the_command_lines_byte_by_byte, an_export_comes_while_it_is_made,
             who_goes_away_gives_the_place_back,
             what_was_acknowledged_is_in_the_log_when_it_ends)
