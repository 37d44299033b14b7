#!/usr/bin/env python3
"""Several nodes on one database, and a standby to read from: nodes.py XIAOHAO nodes|standby

Two nodes serve one ledger; one is killed, their connections are cut, the standby lags and goes, the
primary hangs. What was acknowledged is there once, whoever wrote reads it, and whoever types keeps
what they typed."""
import contextlib
import http.client
import json
import os
import re
import signal
import sys
import threading
import time
import urllib.parse
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import postgres  # noqa: E402

SERVER = postgres.Server()
STANDBY = postgres.Server(of=SERVER)
os.environ[postgres.ADDRESS] = SERVER.address()
import served  # noqa: E402
from served import Served, Visitor, desk, tap  # noqa: E402

SOON = 20  # seconds: what hangs is found out within some of them, on a slow machine, too
DESK = desk.Desk()
ITEMS = 6


def prepare():
    DESK.people()
    DESK.run("act", "register", *["ZG"] * ITEMS, "--text", "安全出口上锁", "--unit", "城关镇",
             "--class", "immediate", "--as", desk.CLERK)
    DESK.codes = ["ZG-%04d" % (n + 1) for n in range(ITEMS)]
    DESK.run("act", "accept", *DESK.codes, "--as", desk.LIAISON)
    DESK.run("passwd", desk.LIAISON, given=served.PASSWORD)
    DESK.token = DESK.run("person", "token", "add", desk.LIAISON, "--label", "test", "--allow",
                          "read,write").out.split()[0]


def read_from_the_standby():
    schema = DESK.place().split("#")[0].replace(SERVER.folder, STANDBY.folder)
    path = os.path.join(DESK.ledger, "config.json")
    with open(path, encoding="utf-8") as f:
        config = json.load(f)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(config | {"read_store": schema}, f)


def until(what, holds, seconds=SOON):
    """Waits until it holds; what it said."""
    end = time.monotonic() + seconds
    while True:
        said = holds()
        if said:
            return said
        tap.check(time.monotonic() < end, "still no", what)
        time.sleep(0.1)


def metric(node, name):
    return int(re.search(r"^xiaohao_%s (\d+)$" % name, node.get("/metrics").text, re.M)[1])


@contextlib.contextmanager
def nodes(count=2):
    running = [Served(DESK) for _ in range(count)]
    try:
        yield running
    finally:
        for node in running:
            node.stop()


def ask(port, method, path, fields=None, **headers):
    """As a program with the liaison's token: (status, answer's JSON or text, headers); 0 for none."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        body = None if fields is None else urllib.parse.urlencode(fields)
        link.request(method, path, body, {
            "Authorization": "Bearer " + DESK.token, "Accept": "application/json",
            **({"Content-Type": "application/x-www-form-urlencoded"} if body else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()}})
        answer = link.getresponse()
        said = answer.read().decode("utf-8")
        return answer.status, json.loads(said) if said[:1] == "{" else said, answer.headers
    except (OSError, http.client.HTTPException):
        return 0, "", {}
    finally:
        link.close()


class Reporters:
    """Programs that report, each to a node of its own, from `with` to its end; each sends what it has no
    answer for again with the same id, to the next node."""

    def __init__(self, *ports):
        self.over, self.known = threading.Event(), {}  # id: seq
        self.wrong = []
        self.threads = [threading.Thread(target=self.work, args=(n, ports[n % len(ports):] + ports))
                        for n in range(6)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *why):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def work(self, n, ports):
        number = 0
        while not self.over.is_set():
            key, number = str(uuid.uuid4()), number + 1
            for attempt in range(200):
                status, said, _ = ask(ports[attempt % len(ports)], "POST",
                                      "/items/%s/report" % DESK.codes[n % ITEMS],
                                      {"text": "第%d次，%d" % (number, n), "id": key})
                if status == 200:
                    self.known[key] = said["seq"]
                    break
                if status not in (0, 503):
                    self.wrong.append((status, said))
                    return
                time.sleep(0.05)

    def reckon(self):
        tap.check(not self.wrong, self.wrong[:3])
        path = DESK.path("log.json")
        DESK.run("export", "log", "-o", path)
        with open(path, encoding="utf-8") as f:
            entries = [json.loads(line) for line in f.read().splitlines()[:-1]]
        tap.check([e["seq"] for e in entries] == list(range(len(entries))), "the log has gaps")
        ids = {}
        for e in entries:
            tap.check(ids.setdefault(e["id"], e["seq"]) == e["seq"], "is there twice:", e)
        for key, seq in self.known.items():
            tap.check(ids.get(key) == seq, "was acknowledged as", seq, "and is", ids.get(key))
        DESK.run("verify")


# --- nodes ------------------------------------------------------------------------------------------

def one_node_does_the_work_and_another_takes_over():
    with nodes(3) as running:
        first = until("node that leads", lambda: [n for n in running if metric(n, "leads")])
        tap.check(len(first) == 1, "two lead")
        for _ in range(20):
            tap.check(sum(metric(n, "leads") for n in running) <= 1, "two lead")
            time.sleep(0.05)
        first[0].kill()
        rest = [n for n in running if n is not first[0]]
        until("successor", lambda: sum(metric(n, "leads") for n in rest) == 1, 10)


def each_node_writes_what_it_noted_of_who_read():
    with nodes() as running:
        for node in running:
            node.sign_in("tan").get("/items/" + DESK.codes[0])
        until("two rows", lambda: [r["count"] for r in DESK.lines(
            "show", DESK.codes[0], "--access", "--as", "shen") if r["person"] == "tan"] == [2])


def a_node_is_killed_in_the_middle_of_its_work():
    with nodes() as running:
        with Reporters(*[n.port for n in running]) as programs:
            until("some work", lambda: len(programs.known) > 50)
            running[0].kill()
            before = len(programs.known)
            until("work at the other", lambda: len(programs.known) > before + 50)
        programs.reckon()


def connections_are_ended_again_and_again():
    with nodes() as running:
        with Reporters(*[n.port for n in running]) as programs:
            for _ in range(40):
                time.sleep(0.1)
                SERVER.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                           " WHERE application_name = 'xiaohao'")
            before = len(programs.known)
            until("work afterwards", lambda: len(programs.known) > before + 20)
        programs.reckon()


def a_book_goes_from_node_to_node():
    """Handed in at one, corrected and taken in at another, watched at the first."""
    book = desk.table("序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况",
                      "91,水源地标志牌破损,更换标志牌,北山镇,赵六,大约在冬季,未完成").encode()
    with nodes() as running:
        a, b = running
        chen = a.sign_in(desk.CLERK)

        def page(node, path):
            chen.port = node.port
            return until("end of it", lambda: (lambda p: 'hx-trigger="every' not in p.text and p)(
                chen.get(path)))

        def form(shown):
            return dict(re.findall(r'name="((?:changes|first|last|sheet|col\.\d+|fix\.[\d.]+))"[^>]*? value="([^"]*)"',
                                   re.search(r'<form class="book".*?</form>', shown.text, re.S)[0]))
        path = chen.send("/import", [("kind", "findings"), ("campaign", "ZG")],
                         {"file": [("台账.csv", book)]}, 303).headers["Location"]
        tap.check("was not understood" in page(a, path).text, "not shown at the first")
        tap.check("was not understood" in page(b, path).text, "not shown at the other")
        shown = page(a, path)
        chosen = form(shown) | dict(re.findall(
            r'<select name="([^"]+)".*?<option value="([^"]*)" selected', shown.text, re.S))
        b2 = Served(DESK)  # which has not seen the book yet
        try:
            chen.port = b2.port
            chen.post(path, chosen | {"fix.2.5": "2199-03-01"}, 303)
            shown = page(b2, path)
            tap.check("2199-03-01" in shown.text and form(shown)["changes"] == "1", shown)
        finally:
            b2.stop()
        chen.port = b.port
        chen.post(path + "/apply", {"changes": "1"}, 303)
        tap.check("It is taken in." in page(a, path).text, "not seen at the first")
        tap.check([r["deadline"] for r in DESK.problems("--as", "chen") if r["number"] == "91"] ==
                  ["2199-03-01"], "it was not taken in once, as corrected")


# --- a standby --------------------------------------------------------------------------------------

@contextlib.contextmanager
def standing_still():
    """The standby gets what is written, and shows none of it."""
    STANDBY.sql("SELECT pg_wal_replay_pause()")
    until("pause", lambda: STANDBY.sql("SELECT pg_get_wal_replay_pause_state()").strip() == "paused")
    try:
        yield
    finally:
        STANDBY.sql("SELECT pg_wal_replay_resume()")


def reading_nodes(running):
    for node in running:
        until("standby", lambda: metric(node, "standby_answers") and not
              metric(node, "standby_lag_milliseconds"))


def reads(text):
    """How often somebody read that from the standby's tables."""
    return int(STANDBY.sql("SELECT COALESCE(SUM(seq_tup_read + idx_tup_fetch), 0)"
                           " FROM pg_stat_user_tables WHERE relname = '%s'" % text))


def whoever_wrote_reads_it_and_others_a_little_later():
    with nodes() as running:
        a, b = running
        xia, tan = a.sign_in(desk.LIAISON), a.sign_in("tan")
        reading_nodes(running)
        with standing_still():
            path = "/items/" + DESK.codes[0]
            xia.post(path + "/report", {"text": "门已打开，钥匙收回"}, 303)
            xia.port = b.port  # the next page is another node's
            tap.check("钥匙收回" in xia.get(path).text, "not one's own words")
            status, said, headers = ask(a.port, "POST", path + "/report", {"text": "已复查一遍"})
            tap.check(status == 200 and int(headers["Xiaohao-Size"]) == said["seq"] + 1, headers)
            size = headers["Xiaohao-Size"]
            tap.check("已复查一遍" in str(ask(b.port, "GET", path, Xiaohao_Size=size)[1]), "the header")
            until("lag", lambda: metric(a, "standby_lag_milliseconds") > 2500)
            page = tan.get(path).text
            tap.check("钥匙收回" not in page and "The data are of" in page, page)
            tan.cookies["lang"] = "zh"
            tap.check("数据截至" in tan.get(path).text, "not in Chinese")
            tap.check(re.search(r"standby: \d+ ms behind", a.get("/health").text), "health")
        until("news", lambda: "钥匙收回" in tan.get(path).text)
        tap.check("数据截至" not in tan.get(path).text, "it is not late any more")


def what_is_revoked_is_so_at_once():
    with nodes() as running:
        a, b = running
        xia = a.sign_in(desk.LIAISON)
        reading_nodes(running)
        with standing_still():
            xia.post("/sign-out", {}, 303)
            old = Visitor(b.port)
            old.cookies |= xia.cookies
            old.get("/items", 303)
            mine = a.sign_in(desk.LIAISON)  # and whoever signed in just now is
            mine.port = b.port
            mine.get("/items")
            page = mine.get("/account").text
            tap.check(page.count('name="session"') <= 3, page)


def the_standby_is_gone():
    with nodes(1) as running:
        tan = running[0].sign_in("tan")
        reading_nodes(running)
        STANDBY.stop()
        try:
            for _ in range(12):
                tap.check("ZG-0001" in tan.get("/items?state=all").text, "a page meanwhile")
            until("note of it", lambda: "standby: no answer" in running[0].get("/health").text)
            tan.get("/items")
        finally:
            STANDBY.start()
        reading_nodes(running)


def the_primary_hangs():
    with nodes(1) as running:
        node = running[0]
        xia = node.sign_in(desk.LIAISON)
        chen = node.sign_in(desk.CLERK)
        reading_nodes(running)
        SERVER.signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            page = xia.get("/items/" + DESK.codes[1])
            tap.check(time.monotonic() - began < SOON, "it took", time.monotonic() - began)
            until("banner", lambda: "Nothing can be written just now" in
                  xia.get("/items/" + DESK.codes[1]).text)
            page = xia.post("/items/%s/report" % DESK.codes[1], {"text": "只差一步就好", "id": "k-1"}, 503)
            tap.check("只差一步就好" in page.text and page.headers["Retry-After"], page)
            tap.check("Nothing can be written just now" in page.text, page)
            page = chen.post("/campaigns/ZG/register", {"text": "栏杆松动", "unit": "城关镇"}, 503)
            tap.check("栏杆松动" in page.text, page)
            status, said, headers = ask(node.port, "POST", "/items/%s/report" % DESK.codes[1],
                                        {"text": "x"})
            tap.check(status == 503 and said["error"] == "READ_ONLY" and headers["Retry-After"], said)
            tap.check("primary: no answer" in node.get("/health").text, "health")
            xia.cookies["lang"] = "zh"
            tap.check("目前不能写入" in xia.get("/items").text, "not in Chinese")
        finally:
            SERVER.signal(signal.SIGCONT)
        until("primary", lambda: metric(node, "primary_answers"))
        xia.post("/items/%s/report" % DESK.codes[1], {"text": "只差一步就好", "id": "k-1"}, 303)
        tap.check("目前不能写入" not in xia.get("/items").text, "the banner stays")


def a_command_that_waits_for_a_primary_that_hangs_is_answered():
    """And is written once, when it is sent again."""
    with nodes(1) as running:
        with Reporters(running[0].port) as programs:
            until("some work", lambda: len(programs.known) > 20)
            SERVER.signal(signal.SIGSTOP)
            try:
                until("answer", lambda: ask(running[0].port, "POST", "/items/%s/report" %
                                            DESK.codes[2], {"text": "x"})[0] == 503, 2 * SOON)
            finally:
                SERVER.signal(signal.SIGCONT)
            before = len(programs.known)
            until("work afterwards", lambda: len(programs.known) > before + 20)
        programs.reckon()


def a_commit_that_was_told_not_to_wait_is_not_acknowledged():
    """A cancelled commit is answered as done, with a warning, though the standby does not have it."""
    SERVER.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    SERVER.sql("SELECT pg_reload_conf()")
    STANDBY.signal(signal.SIGSTOP)
    key, said = str(uuid.uuid4()), []
    try:
        with nodes(1) as running:
            port = running[0].port
            waiting = threading.Thread(target=lambda: said.append(ask(
                port, "POST", "/items/%s/report" % DESK.codes[3], {"text": "等备机", "id": key})))
            waiting.start()
            cancelled = 0
            for _ in range(30):
                cancelled += int(SERVER.sql(
                    "SELECT COUNT(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event ="
                    " 'SyncRep' AND application_name = 'xiaohao'"))
                time.sleep(0.1)
            tap.check(cancelled > 1, "nothing waited for the standby", cancelled)
            tap.check(not [s for s in said if s[0] == 200], "acknowledged without the standby:", said)
            STANDBY.signal(signal.SIGCONT)
            waiting.join()
            if said[0][0] == 503:
                said.append(ask(port, "POST", "/items/%s/report" % DESK.codes[3],
                                {"text": "等备机", "id": key}))
            tap.check(said[-1][0] == 200, said)
            programs = Reporters(port)
            programs.known[key] = said[-1][1]["seq"]
    finally:
        STANDBY.signal(signal.SIGCONT)
        SERVER.sql("ALTER SYSTEM RESET synchronous_standby_names")
        SERVER.sql("SELECT pg_reload_conf()")
    programs.reckon()


def alone():
    prepare()
    desk.run_all(one_node_does_the_work_and_another_takes_over,
                 each_node_writes_what_it_noted_of_who_read,
                 a_book_goes_from_node_to_node, a_node_is_killed_in_the_middle_of_its_work,
                 connections_are_ended_again_and_again)


def with_standby():
    prepare()
    read_from_the_standby()
    desk.run_all(whoever_wrote_reads_it_and_others_a_little_later, what_is_revoked_is_so_at_once,
                 a_commit_that_was_told_not_to_wait_is_not_acknowledged, the_standby_is_gone,
                 the_primary_hangs,
                 a_command_that_waits_for_a_primary_that_hangs_is_answered)


if __name__ == "__main__":
    try:
        {"nodes": alone, "standby": with_standby}[sys.argv[2]]()
    finally:
        STANDBY.close()
        SERVER.close()
