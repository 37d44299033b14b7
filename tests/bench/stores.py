"""The part `stores`: the books on PostgreSQL beside the same books in a folder.

One office (office.c) is filled into a folder and moved to a PostgreSQL of this run's own by a backup
and a restore, so both hold the same entries. Both are served; wrk asks one and then the other, again
and again. The ratio is that of the times: how many times SQLite's a page takes on PostgreSQL, with
one connection and with 32. The server of the database is on this machine, over a unix socket, and
syncs what it writes, as SQLite does: what is measured is the work, not a network."""
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import time

import load
import postgres
import web
from common import discard, here, kept, line, program, run, sec
from processes import free_port, listens

SETTINGS = {"fsync": "on", "full_page_writes": "on", "autovacuum": "on", "shared_buffers": "512MB",
            "max_wal_size": "4GB", "max_connections": "100"}
PAGES = {**web.PAGES, "report written": None}
COMMANDS = {"command board": ("board",), "command list": ("list", "problems", "--limit", "25"),
            "command show": ("show", "CODE"), "command search": ("search", "WORD"),
            "command act report": ("act", "report", "CODE", "--text", "已完成现场整改。")}
PERSON = "clerk"
ROUNDS = 3
TIMES = "≤ 3"


class Office(web.Ours):
    """The same books on one of the two stores. `words` name the ledger on the command line; `folder`
    is the one whose ledger.db knows the codes of the items."""

    def __init__(self, name, folder, words):
        super().__init__()
        self.name, self.folder, self.words = name, folder, words

    def command(self, *words, **how):
        return run(os.path.join(here.build, "xiaohao"), *self.words, *words, **how)

    @contextlib.contextmanager
    def serving(self):
        self.command("passwd", PERSON, input=web.PASSWORD + "\n")
        self.command("search", web.WORDS[0], "--limit", "1")
        self.port = free_port()
        with load.running([os.path.join(here.build, "xiaohao"), *self.words, "serve", "--listen",
                           "127.0.0.1:%d" % self.port], os.path.join(here.data, self.name + ".log"),
                          lambda: listens(self.port)) as self.process:
            path, fields = web.SIGN_IN
            self.visitors[PERSON] = load.Visitor(self.port)
            self.visitors[PERSON].sign_in(path, {
                n: v.replace("PERSON", PERSON).replace("PASSWORD", web.PASSWORD)
                for n, v in fields.items()})
            yield


@contextlib.contextmanager
def offices(items):
    """(SQLite, PostgreSQL), both served."""
    filled = kept("office-%d" % items, lambda to: program("bench_office", to, items))
    folder, keys, backup = [os.path.join(here.data, "stores-" + n) for n in ("lite", "keys", "backup")]
    for path in (folder, keys, backup):
        discard(path)
    server = postgres.Server(home=here.data, **SETTINGS)
    try:
        run("cp", "-a", filled, folder)
        lite = Office("sqlite", folder, ("-L", folder))
        lite.command("backup", backup)
        other = Office("postgres", folder, ("-L", server.address(), "--keys", keys))
        start = time.monotonic()
        other.command("restore", backup)
        line("stores", "%s items moved to PostgreSQL" % f"{items:,}", sec(time.monotonic() - start), "")
        subprocess.run([os.path.join(server.bin, "vacuumdb"), "-qz", "-h", server.folder, "-U",
                        "xiaohao", "postgres"], check=True)
        os.sync()
        with lite.serving(), other.serving():
            yield lite, other
    finally:
        server.close()
        for path in (folder, keys, backup):
            discard(path)


def page(name, lite, other):
    """Both asked in turn; the median of the rounds' ratios of times."""
    expect, asked = (200,), {}
    for office in (lite, other):
        if PAGES[name] is None:
            asked[office], expect = office.writes(PERSON), (302, 303)
        else:
            asked[office] = office.requests(PERSON, name)
    for connections in (1, web.MANY):
        got = {lite: [], other: []}
        for office in (lite, other):  # does not count
            office.load(PERSON, asked[office], connections, 1, expect)
        for _ in range(ROUNDS):
            for office in (lite, other):
                got[office].append(office.load(PERSON, asked[office], connections,
                                               web.second(2, 4), expect))
        wrong = sum(g.wrong for both in got.values() for g in both)
        ratio = statistics.median(a.rate / b.rate for a, b in zip(got[lite], got[other]))
        middle = [sorted(got[o], key=lambda g: g.rate)[ROUNDS // 2] for o in (other, lite)]
        if wrong:
            line("stores", "%s at %d: wrong answers" % (name, connections), str(wrong), "", wrong, "≤ 0")
        else:
            line("stores", "%s at %d" % (name, connections), *map(str, middle), ratio, TIMES)


def command(name, lite, other):
    """The same of a command, whose process and connection are of it."""
    code = lite.codes(PERSON, "i.state = 5")[0]
    words = [w.replace("CODE", code).replace("WORD", web.WORDS[0]) for w in COMMANDS[name]]
    got = []
    for turn in range(4):
        times = []
        for office in (other, lite):
            start = time.perf_counter()
            office.command(*words)
            times.append(time.perf_counter() - start)
        if turn:
            got.append(times)
    a, b, ratio = (statistics.median(x) for x in zip(*[(a, b, a / b) for a, b in got]))
    line("stores", name, sec(a), sec(b), ratio, TIMES)


def stores():
    """Pages and commands on PostgreSQL beside SQLite: requests a second, p50/p99."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    items = int(os.environ.get("XIAOHAO_ITEMS", web.second(20_000, 100_000)))
    with offices(items) as (lite, other):
        for name in PAGES:
            page(name, lite, other)
        for name in COMMANDS:
            command(name, lite, other)
