"""The peers: Redmine on PostgreSQL and Fossil, from Debian's packages, in folders of their own.

Each is filled once and kept; a run works on a copy. As root they run as www-data, since PostgreSQL
refuses root."""
import contextlib
import hashlib
import os
import re
import sqlite3
import urllib.parse

import load
from common import PEERS, ROOT, copied, kept, run
from processes import AS, folder, free_port, listens, write

NAME, PASSWORD, SALT = "bench", "bench-password", "00112233445566778899aabbccddeeff"
REDMINE = "/usr/share/redmine"


def query(**fields):
    """/issues?…: what Redmine's form of filters sends. A field is (operator, value …)."""
    pairs = [("set_filter", "1"), ("per_page", "25")]
    for name, (op, *values) in fields.items():
        pairs += [("f[]", name), ("op[%s]" % name, op)] + [("v[%s][]" % name, v) for v in values]
    return "/issues?" + urllib.parse.urlencode(pairs)


class Redmine:
    """Issues in ten projects; the member sees one of them. puma, 2 × 5 threads."""
    away = "/login"
    pages = ("list", "filtered", "item", "search")
    export = query(status_id=("*",)).replace("?", ".csv?") + "&c%5B%5D=all_inline&encoding=UTF-8"
    tries = ((1, False), (32, False), (32, True))  # connections, closed each time

    def __init__(self, issues):
        self.issues = issues
        self.place = self.socket = self.database = self.process = self.visitor = None

    def environment(self):
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": self.place,
                "PGHOST": self.socket, "PGUSER": "redmine", "RAILS_ENV": "production",
                "REDMINE_INSTANCE": "../../../.." + self.place, "REDMINE_LANG": "zh",
                "SCHEMA": "/dev/null", "BUNDLE_GEMFILE": os.path.join(self.place, "Gemfile")}

    def run(self, *command):
        return run(*command, cwd=REDMINE, env=self.environment(), **AS)

    @contextlib.contextmanager
    def postgres(self):
        with load.postgres(self.place, "redmine") as (self.database, self.socket):
            yield

    def make(self, place):
        """What is kept: the database, filled, and the folder of an instance."""
        self.place = folder(place)
        for name in ("config", "log", "tmp", "files", "public"):
            folder(os.path.join(place, name))
        write(os.path.join(place, "Gemfile"), "eval_gemfile '%s/Gemfile'\ngem 'pg'\ngem 'puma'\n" % REDMINE)
        write(os.path.join(place, "config/secret_key.txt"), SALT * 2)
        write(os.path.join(place, "config/database.yml"), "production: {adapter: postgresql, "
              "database: redmine, encoding: utf8, pool: 10}\n")
        inner = hashlib.sha1(PASSWORD.encode()).hexdigest()
        with self.postgres():
            self.run("createdb", "redmine")
            for task in ("db:migrate", "redmine:load_default_data"):
                self.run("bundle", "exec", "rake", task)
            with open(os.path.join(ROOT, "tests/bench/redmine.sql"), encoding="utf-8") as f:
                run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-v", "issues=%d" % self.issues,
                    "-v", "salt=" + SALT, "-v",
                    "hashed=" + hashlib.sha1((SALT + inner).encode()).hexdigest(), "redmine",
                    stdin=f, env=self.environment(), **AS)

    @contextlib.contextmanager
    def serving(self):
        """Runs it; the member has signed in."""
        filled, port = kept("redmine-%d" % self.issues, self.make, PEERS), free_port()
        with copied(filled, "redmine") as self.place, self.postgres():
            with load.running(("bundle", "exec", "puma", "-e", "production", "-w", 2, "-t", "5:5",
                               "--preload", "-b", "tcp://127.0.0.1:%d" % port),
                              os.path.join(self.place, "log/puma.log"), lambda: listens(port),
                              cwd=REDMINE, env=self.environment(), **AS) as self.process:
                self.visitor = load.Visitor(port)
                self.visitor.sign_in("/login", {"username": NAME, "password": PASSWORD})
                yield

    def rows(self):
        with open(os.devnull, encoding="utf-8") as nothing:
            return int(run("psql", "-At", "-c", "SELECT count(*) FROM issues", "redmine",
                           stdin=nothing, env=self.environment(), **AS))

    def requests(self, page, words):
        """What is asked for that page, after one look that it is the right one."""
        seen = range(10, self.issues + 1, 10)  # the ids in the first project
        look = self.visitor.check
        if page == "list":
            path = query(status_id=("*",))
            look(path, r'id="issue-\d+"', 25)
        if page == "filtered":
            path = query(status_id=("o",), due_date=("<t-", "1")) + "&sort=due_date"
            look(path, r'id="issue-\d+"', 25)
        if page == "item":
            look("/issues/10", "第10号检查点")
            return [("/issues/%d" % seen[n * len(seen) // 1000], None) for n in range(1000)]
        if page == "search":
            paths = ["/search?issues=1&q=" + urllib.parse.quote(w) for w in words]
            look(paths[0], r'href="/issues/\d+', 5)
            return [(p, None) for p in paths]
        if page == "update":
            # On the issue's own page other forms go to the same address.
            fields = self.visitor.hidden("/issues/10/edit", "/issues/10")
            # Whoever saw an older version is let through: they all begin with the same form.
            fields = {n: v for n, v in fields.items() if "lock_version" not in n and n != "last_journal_id"}
            fields |= {"issue[notes]": "已完成现场整改#处，责任人每周检查签字。", "issue[done_ratio]": "50"}
            body = urllib.parse.urlencode(fields).replace("%23", "@")
            return [("/issues/%d" % seen[n * len(seen) // 1000], body) for n in range(1000)]
        if page == "create":
            fields = self.visitor.hidden("/projects/p1/issues/new", "/projects/p1/issues")
            page = self.visitor.ask("/projects/p1/issues/new")[2]
            for name in ("tracker_id", "status_id", "priority_id"):
                options = page[page.index('name="issue[%s]"' % name):]
                fields["issue[%s]" % name] = re.search(r'<option[^>]* value="(\d+)"', options)[1]
            fields |= {"issue[subject]": "农贸市场消防通道被占用，安全出口上锁",
                       "issue[description]": "第#号检查点：立即清理，划定禁停区，每周检查签字。"}
            body = urllib.parse.urlencode(fields).replace("%23", "@")
            return [("/projects/p1/issues", body)]
        return [(path, None)]


class Fossil:
    """Tickets with the full-text index; its owner asks."""
    away = "/login"
    pages = ("list", "filtered", "item", "search")
    tries = ((1, False), (32, False))
    export = "/rptview?rn=12&tablist=1"

    def __init__(self, tickets):
        self.tickets = tickets
        self.place = self.process = self.visitor = None

    def environment(self, place):
        return {"PATH": os.environ["PATH"], "HOME": place, "LANG": "C.UTF-8"}

    def make(self, place):
        book = os.path.join(folder(place), "bench.fossil")
        how = {"env": self.environment(place), "cwd": "/", **AS}
        run("fossil", "init", "-A", NAME, book, **how)
        run("fossil", "user", "password", NAME, PASSWORD, "-R", book, **how)
        with open(os.path.join(ROOT, "tests/bench/fossil.sql"), encoding="utf-8") as f:
            text = f.read().replace(":tickets", str(self.tickets))
        with contextlib.closing(sqlite3.connect(book)) as db:
            db.executescript(text)
        for words in (("index", "on"), ("enable", "t"), ("reindex",)):
            run("fossil", "fts-config", "-R", book, *words, **how)

    @contextlib.contextmanager
    def serving(self):
        filled, port = kept("fossil-%d" % self.tickets, self.make, PEERS), free_port()
        with copied(filled, "fossil") as self.place, load.running(
                ("fossil", "server", "--localhost", "--port", port, "--nojail",
                 os.path.join(self.place, "bench.fossil")),
                os.path.join(self.place, "fossil.log"), lambda: listens(port), cwd="/",
                env=self.environment(self.place), **AS) as self.process:
            self.visitor = load.Visitor(port)
            self.visitor.sign_in("/login", {"u": NAME, "p": PASSWORD, "in": "Login"})
            yield

    def form(self, **fields):
        """The body of what makes or changes a ticket; # becomes a number that no other has."""
        fields |= self.visitor.hidden("/tktnew", "/tktnew") | {"submit": "Submit",
                                                               "mutype": "Plain Text"}
        return urllib.parse.urlencode(fields).replace("%23", "@")

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(os.path.join(self.place, "bench.fossil"))) as db:
            return [r[0] for r in db.execute(sql)]

    def requests(self, page, words):
        look = self.visitor.check
        if page == "create":
            return [("/tktnew", self.form(title="农贸市场消防通道被占用，安全出口上锁", type="Incident",
                                          icomment="第#号检查点：立即清理，划定禁停区。"))]
        if page == "update":
            made = self.rows("SELECT DISTINCT tkt_uuid FROM ticket JOIN ticketchng USING (tkt_id)"
                             " LIMIT 1000")
            body = self.form(status="Review", icomment="已完成整改#处。")
            return [("/tktedit", "%s&name=%s" % (body, uuid)) for uuid in made]
        if page in ("list", "filtered"):
            path = "/rptview?rn=%d" % (10 if page == "list" else 11)
            look(path, r"第\d+街道办事处", 20)
            return [(path, None)]
        if page == "search":
            # It takes a run of characters for one word, so it finds little or nothing.
            paths = ["/search?y=t&s=" + urllib.parse.quote(w) for w in words]
            look(paths[0], "<form")
            return [(p, None) for p in paths]
        uuids = self.rows("SELECT tkt_uuid FROM ticket WHERE tkt_id % 10 = 0")
        look("/tktview/" + uuids[0], r"第\d+号检查点")
        return [("/tktview/" + u, None) for u in uuids]
