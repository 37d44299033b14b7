"""Our side of what is measured over HTTP: an office of bench_office, served from either store."""
import contextlib
import json
import os
import sqlite3
import urllib.parse

import load
from common import copied, discard, here, kept, program, run, xiaohao
from processes import folder, free_port, listens

# Where things are on our side, and what shows that a page is the right one. CODE and WORD are
# replaced; @ becomes a number that no other request has.
SIGN_IN = ("/sign-in", {"name": "PERSON", "password": "PASSWORD"})
PAGES = {"list": ("/items?state=all", r"[A-Z]{2}-\d{4,}", 20),
         "filtered": ("/items?overdue=1", r"[A-Z]{2}-\d{4,}", 1),
         "item": ("/items/CODE", "CODE", 1),
         "search": ("/search?q=WORD", r"[A-Z]{2}-\d{4,}", 1),
         "board": ("/board", r"\d+", 5)}
WRITE = ("/items/CODE/report", "/items/CODE/report",
         {"text": "已完成现场整改@处，更换器材并划定禁停区，责任人每周检查签字。"})
EXPORT = "/export/problems?format=csv"

PASSWORD = "bench-password-2026"
VIEWERS = {"liaison": "a township", "clerk": "a city", "leader": "all"}
WORDS = "消防 台账 设备 资金 值班 群众 通道 责任 检查 电话".split()


def second(quick, full):
    return quick if here.quick else full


class Ours:
    """people: who signs in, {code: what `person` is told of them, or () for nothing}."""

    def __init__(self, store="SQLite", people=None):
        self.store, self.people = store, people or dict.fromkeys(VIEWERS, ())
        self.filled = self.ledger = self.socket = self.process = self.port = None
        self.visitors = {}

    @staticmethod
    def indexed(ledger):
        """All of it is in the search index, as it is in the peers', before anybody asks."""
        xiaohao(ledger, "search", WORDS[0], "--limit", "1")

    def fill(self, items, to):
        program("bench_office", to, items)
        self.indexed(to)

    def restored(self, place):
        """What is kept of a PostgreSQL server: its data, with the ledger in it, and keys."""
        backup = os.path.join(here.data, "backup")
        discard(backup)
        xiaohao(self.filled, "backup", backup)
        with self.server(folder(place)):
            xiaohao(self.ledger, "restore", backup)
            self.indexed(self.ledger)
            run("vacuumdb", "--analyze", "-q", "-h", self.socket, "-U", "xiaohao", "postgres")
        discard(backup)

    @contextlib.contextmanager
    def server(self, place):
        with load.postgres(place, "xiaohao") as (_, self.socket):
            self.ledger = "postgresql://xiaohao@/postgres?host=%s#%s/ledger" % (self.socket, place)
            yield

    @contextlib.contextmanager
    def stored(self):
        """The ledger in a copy of what is kept: its folder, or the address of its server."""
        items = second(100_000, 1_000_000)
        self.filled = kept("office-%d" % items, lambda to: self.fill(items, to))
        if self.store == "SQLite":
            with copied(self.filled, "web") as self.ledger:
                yield
            return
        with copied(kept("office-%d-server" % items, self.restored), "web-server") as place:
            with self.server(place):
                yield

    @contextlib.contextmanager
    def serving(self, *options):
        path, fields = SIGN_IN
        self.port = free_port()
        with self.stored():
            for person, words in self.people.items():
                if words:
                    xiaohao(self.ledger, "person", words[0], person, *words[1:])
                run(os.path.join(here.build, "xiaohao"), "-L", self.ledger, "passwd", person,
                    input=PASSWORD + "\n")
            with load.running((os.path.join(here.build, "xiaohao"), "-L", self.ledger, "serve",
                               "--listen", "127.0.0.1:%d" % self.port, *options),
                              os.path.join(here.data, "serve.log"),
                              lambda: listens(self.port)) as self.process:
                for person in self.people:
                    self.visitors[person] = load.Visitor(self.port)
                    self.visitors[person].sign_in(path, {
                        n: v.replace("PERSON", person).replace("PASSWORD", PASSWORD)
                        for n, v in fields.items()})
                yield

    def asked(self, sql):
        """The first column of the rows, as text without line breaks."""
        if self.store == "SQLite":
            with contextlib.closing(sqlite3.connect("file:%s/ledger.db?mode=ro" % self.ledger,
                                                    uri=True)) as db:
                return [row[0] for row in db.execute(sql)]
        return run("psql", "-At", "-h", self.socket, "-U", "xiaohao", "-c", sql,
                   "postgres").splitlines()

    def entries(self):
        return int(self.asked("SELECT COUNT(*) FROM log")[0])

    def log(self, since):
        """The entries from that number on."""
        text = "bytes" if self.store == "SQLite" else "convert_from(bytes, 'UTF8')"
        return [json.loads(row) for row in self.asked(
            "SELECT %s FROM log WHERE seq >= %d ORDER BY seq" % (text, since))]

    def codes(self, person, also="1"):
        """Up to 5,000 of the items that the person sees, taken everywhere among them."""
        seen = """SELECT i.code FROM item i WHERE %s AND EXISTS (SELECT 1 FROM scope s WHERE s.person = ?
            AND (s.unit = '' OR EXISTS (SELECT 1 FROM duty d JOIN unit u ON u.code = d.unit
                 JOIN unit r ON r.code = s.unit WHERE d.item = i.id AND u.path >= r.path
                 AND u.path < r.path || '~'))) ORDER BY i.id * 2654435761 %% 4294967296 LIMIT 5000"""
        with contextlib.closing(sqlite3.connect("file:%s/ledger.db?mode=ro" % self.filled,
                                                uri=True)) as db:
            return [row[0] for row in db.execute(seen % also, (person,))]

    def requests(self, person, page, words=WORDS):
        path, pattern, count = PAGES[page]
        codes = self.codes(person) if "CODE" in path else [""]
        paths = [path.replace("CODE", c).replace("WORD", urllib.parse.quote(w))
                 for c in codes for w in (words if "WORD" in path else [""])]
        self.visitors[person].check(paths[0], pattern.replace("CODE", codes[0]), count)
        return [(p, None) for p in paths]

    def form(self, person, page, path):
        """The hidden fields of the form on that page, without what names one form or one item's
        state: others begin without."""
        hidden = self.visitors[person].hidden(page, path)
        return {n: v for n, v in hidden.items() if n not in ("id", "version", "head", "next")}

    def writes(self, person):
        """Reports on items in progress, each with the hidden fields of one page's form."""
        page, path, fields = WRITE
        codes = self.codes(person, "i.state = 5")  # words.def: in progress
        hidden = self.form(person, page.replace("CODE", codes[0]), path.replace("CODE", codes[0]))
        body = urllib.parse.urlencode(hidden) + "&" + urllib.parse.urlencode(fields, safe="@")
        return [(path.replace("CODE", c), body) for c in codes]

    def load(self, person, requests, connections, seconds, expect=(200,)):
        return load.load(self.visitors[person], requests, connections, seconds, expect, SIGN_IN[0])
