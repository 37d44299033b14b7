"""The part `peers`: the same work on Redmine and Fossil, of a hundred thousand issues each, and on
ours, of a million items on SQLite and on PostgreSQL.

One after the other runs alone, with wrk on the same machine. On our side somebody asks who sees and
may do everything; on Redmine's a member who sees a tenth; on Fossil's its owner. Redmine gets the
better of kept and closed connections (web.py). On Fossil those tickets are updated that were created
just before, since those of the filling have no artifacts."""
import collections
import http.client
import signal
import sys
import time
import urllib.parse

import peers
from common import line, run, say
from ours import EXPORT, WORDS, Ours, second
from web import MANY, measure

WHO = "leader"  # office.c: sees everything
# Search is asked when all is written: Fossil's go on when nobody waits any more, and refuse writes.
WORK = ("list", "filtered", "item", "create", "update", "search", "export")
READS = ("list", "filtered", "item", "search")
CAMPAIGN = "/campaigns/AQ/register"
ITEM = {"title": "农贸市场消防通道被占用，安全出口上锁", "unit": "11", "due": "2099-12-31",
        "text": "第@号检查点：立即清理，划定禁停区，每周检查签字。"}
PACKAGES = ("redmine", "ruby-rails", "puma", "fossil", "postgresql-15", "libsqlite3-0",
            "libmicrohttpd12", "wrk")


def export(visitor, path):
    """Rows, MB and seconds of all that a path gives; a row is a line."""
    start, rows, size = time.monotonic(), 0, 0
    link = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=600)
    link.request("GET", path, headers=visitor.headers())
    answer = link.getresponse()
    while piece := answer.read(1 << 16):
        rows, size = rows + piece.count(b"\n"), size + len(piece)
    link.close()
    if answer.status != 200 or rows < 1000:
        sys.exit("GET %s: %d, %d rows" % (path, answer.status, rows))
    return rows - 1, size / 1e6, time.monotonic() - start


def exported(rows, size, took):
    return "%s rows, %.0f MB in %.1f s" % (f"{rows:,}", size, took)


def of_ours(store, found):
    ours = Ours(store, {WHO: ("change", "--role", "leader,clerk")})
    name = "ours, " + store
    with ours.serving("--quiet"):
        requests = {page: ours.requests(WHO, page) for page in READS}
        form = ours.form(WHO, CAMPAIGN, CAMPAIGN)
        requests["create"] = [(CAMPAIGN, urllib.parse.urlencode(form | ITEM, safe="@"))]
        requests["update"] = ours.writes(WHO)
        for work in WORK[:-1]:
            some = requests[work]
            expect = (200,) if work in READS else (302, 303)
            for connections in (1, MANY):
                before = ours.entries()
                got = ours.load(WHO, some, connections, second(3, 8), expect)
                if work not in READS and ours.entries() - before < got.asked - got.wrong:
                    sys.exit("%s: more was answered than is in the log" % work)
                say("  %s, %s at %d: %s" % (work, name, connections, got))
                found[work, connections][name] = got
        found["export", 1][name] = exported(*export(ours.visitors[WHO], EXPORT))


def of_peer(peer, found):
    name = type(peer).__name__
    with peer.serving():
        for work in WORK[:-1]:
            for connections, got in measure(peer, work, peer.requests(work, WORDS)).items():
                found[work, connections][name] = got
        found["export", 1][name] = exported(*export(peer.visitor, peer.export))


def peers_part():
    """Redmine and Fossil with 100,000 issues, ours with a million on both stores."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    found = collections.defaultdict(dict)
    for store in ("SQLite", "PostgreSQL"):
        of_ours(store, found)
    for peer in (peers.Redmine(100_000), peers.Fossil(100_000)):
        of_peer(peer, found)
    print(run("dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES, ok=(0, 1))
          + run("uname", "-sr"), end="")
    for (work, connections), by_name in found.items():
        for name, got in by_name.items():
            theirs = by_name.get("Redmine") if name.startswith("ours") else None
            if isinstance(got, str):
                line("peers", "%s, %s" % (work, name), got, "")
            else:
                line("peers", "%s at %d, %s" % (work, connections, name), str(got),
                     str(theirs or ""), theirs and got.rate / theirs.rate)
    wrong = sum(got.wrong for by_name in found.values() for got in by_name.values()
                if not isinstance(got, str))
    line("peers", "wrong answers, of all", str(wrong), "0", wrong, "≤ 0")
