"""The part `web`: the web workplace beside Redmine and Fossil, measured in the same run.

On our side a million items and 44,703 units (office.c), seen by a liaison of one township, a clerk
of one city and a leader of all; on Redmine's a hundred thousand issues, of which the member sees
ten thousand; on Fossil's ten thousand tickets that anybody sees. All three run, and wrk on the same
machine; for each page one after the other is asked. Redmine is measured with connections that are
kept and with such that are not, since those that are kept hold puma's threads; the better counts."""
import concurrent.futures
import http.client
import signal
import sys
import time

import load
import peers
from common import line, say
from ours import EXPORT, PAGES, VIEWERS, WORDS, Ours, second

MANY = 32
EXPORTS = 4  # as many as the server makes at once
HOUR = 72_000  # requests in an hour of 500 people who ask for a page every 25 seconds
MIX = {"list": 6, "filtered": 3, "item": 8, "search": 2, "board": 1}  # of twenty of them
TIMES = "≥ 50"  # as many requests as Redmine
TIMES_FOSSIL = "≥ 3"


# --- side by side -----------------------------------------------------------------------------

def measure(peer, page, requests):
    """{connections: Load} of a peer; of several tries with as many connections, the best."""
    best = {}
    expect = (302, 303) if page in ("create", "update") else (200,)
    for connections, close in peer.tries:
        # Long at 32: what is under way at the end is not counted, and must be little of the whole.
        lasting = second(4, 8) if connections == 1 else second(8, 15)
        got = load.load(peer.visitor, requests, connections, lasting, expect, peer.away, close)
        load.drain(peer.process.pid)
        say("  %s, %s at %d%s: %s%s" % (page, type(peer).__name__, connections,
                                        ", closed each time" if close else "", got,
                                        ", %d wrong" % got.wrong if got.wrong else ""))
        old = best.get(connections)
        if old is None or (got.wrong == 0, got.rate) > (old.wrong == 0, old.rate):
            best[connections] = got
    return best


def row(what, ours, theirs, wanted):
    """A row of the table; wrong answers, on either side, fail it."""
    wrong = ours.wrong + (theirs.wrong if theirs else 0)
    if wrong:
        line("web", "%s: wrong answers" % what, str(ours.wrong), str(wrong - ours.wrong), wrong, "≤ 0")
    else:
        line("web", what, str(ours), str(theirs or ""), theirs and ours.rate / theirs.rate, wanted)


def rows(what, connections, ours, redmine, fossil):
    """What is said of a page of ours at 1 or at 32 connections; the bounds are for 32."""
    at, bound = "%s, at %d" % (what, connections), connections == MANY
    if redmine:
        row(at + ", against Redmine", ours, redmine[connections], TIMES if bound else None)
        if bound:
            line("web", what + ", p99 at 32 against Redmine's at 1", "%.1f ms" % ours.p99,
                 "%.1f ms" % redmine[1].p99, ours.p99 / redmine[1].p99, "≤ 1")
    if fossil:
        row(at + ", against Fossil", ours, fossil[connections],
            TIMES_FOSSIL if bound and not what.startswith("search") else None)
    if not redmine:
        row(at, ours, None, None)


def read(page, ours, redmine, fossil):
    theirs = [measure(p, page, p.requests(page, WORDS)) if page in p.pages else None
              for p in (redmine, fossil)]
    for person, sees in VIEWERS.items():
        requests = ours.requests(person, page)
        for connections in (MANY, 1) if person == "clerk" else (MANY,):
            rows("%s, %s sees %s" % (page, person, sees), connections,
                 ours.load(person, requests, connections, second(2, 5)), *theirs)


def write(ours, redmine):
    """Ours: a report on an item. Redmine: an issue is created. Both count what they then have."""
    before = redmine.rows()
    theirs = measure(redmine, "create", redmine.requests("create", WORDS))
    if redmine.rows() - before < sum(t.asked - t.wrong for t in theirs.values()):
        sys.exit("Redmine did not create what it answered")
    requests = ours.writes("clerk")
    for connections in (MANY, 1):
        before = ours.entries()
        got = ours.load("clerk", requests, connections, second(2, 5), (302, 303))
        if ours.entries() - before < got.asked - got.wrong:
            sys.exit("%d reports were answered and %d are in the log" % (
                got.asked, ours.entries() - before))
        rows("write, clerk reports", connections, got, theirs, None)


def exports(ours):
    """(MiB at the most, MB that came) while eight exports stream for some seconds."""
    until = time.monotonic() + second(4, 12)
    visitor = ours.visitors["leader"]

    def stream():
        link, size = http.client.HTTPConnection("127.0.0.1", ours.port, timeout=60), 0
        link.request("GET", EXPORT, headers=visitor.headers())
        answer = link.getresponse()
        if answer.status != 200:
            sys.exit("GET %s: %d" % (EXPORT, answer.status))
        while time.monotonic() < until and (piece := answer.read(1 << 16)):
            size += len(piece)
        link.close()
        return size

    with concurrent.futures.ThreadPoolExecutor(EXPORTS) as pool, load.watched(
            ours.process.pid) as most:
        sizes = [s.result() for s in [pool.submit(stream) for _ in range(EXPORTS)]]
    return most[-1], sum(sizes) / 1e6


def hour(ours):
    """(requests, MiB before, MiB after) of as many requests as an hour brings."""
    mixed = []
    for page, share in MIX.items():
        some = ours.requests("clerk", page)
        mixed += (some * (share * 1000 // len(some) + 1))[:share * 1000]
    ours.load("clerk", mixed, MANY, 2)
    before, asked, wanted = load.pss(ours.process.pid), 0, second(HOUR // 10, HOUR)
    until = time.monotonic() + 90
    while asked < wanted and time.monotonic() < until:
        got = ours.load("clerk", mixed, MANY, 5)
        asked += got.asked
        if got.wrong:
            sys.exit("%d of %d answers were wrong" % (got.wrong, got.asked))
    return asked, before, load.pss(ours.process.pid)


def memory(ours, redmine):
    with load.watched(redmine.process.pid, redmine.database.pid) as theirs:
        load.load(redmine.visitor, redmine.requests("list", WORDS), MANY, second(4, 8), close=True)
    load.drain(redmine.process.pid)
    with load.watched(ours.process.pid) as most:
        ours.load("clerk", ours.requests("clerk", "list"), MANY, second(2, 5))
    line("web", "memory while lists are asked, MiB, against Redmine and its database", "%.0f" % most[-1],
         "%.0f" % theirs[-1], most[-1] / theirs[-1])
    most, mb = exports(ours)
    line("web", "memory while %d exports stream (%.0f MB came), MiB, against Redmine's lists"
         % (EXPORTS, mb), "%.0f" % most, "%.0f" % theirs[-1], most / theirs[-1])
    asked, before, after = hour(ours)
    line("web", "memory after %s requests, MiB, against before" % f"{asked:,}", "%.0f" % after,
         "%.0f" % before, after / before)


def web():
    """The web workplace beside Redmine and Fossil: requests a second, p50/p99, memory."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    ours, redmine, fossil = Ours(), peers.Redmine(second(10_000, 100_000)), peers.Fossil(10_000)
    with ours.serving(), redmine.serving(), fossil.serving():
        for page in PAGES:
            read(page, ours, redmine, fossil)
        write(ours, redmine)
        memory(ours, redmine)
