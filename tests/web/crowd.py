#!/usr/bin/env python3
"""Many visitors at once, and the server's end while they are there: crowd.py XIAOHAO"""
import threading

import served_guard as served
from served_guard import request

desk, tap = served.desk, served.tap
CONNECTIONS, EACH = 1000, 200  # server.c
DESK = desk.Desk()


def prepare():
    DESK.people()
    rows = ["序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况"]
    rows += ["%d,第%d处路面破损致行人绊倒%s,修补,城关镇,王五,2199-12-31,整改中" % (i, i, "；" * 50)
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
             what_was_acknowledged_is_in_the_log_when_it_ends)
