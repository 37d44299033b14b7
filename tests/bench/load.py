"""Servers under load: starting and stopping them, visiting them as a person does, wrk, memory."""
import contextlib
import glob
import html.parser
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import typing
import urllib.parse

from common import ROOT, run
from processes import AS, own

WRK = ("wrk", "-t", "1", "--timeout", "60s", "-s", os.path.join(ROOT, "tests/bench/load.lua"))


# --- processes --------------------------------------------------------------------------------

@contextlib.contextmanager
def running(command, log, answers, sign=signal.SIGTERM, **how):
    """Starts a server, waits until answers() says so, and stops it and its children at the end."""
    with open(log, "ab") as out:
        process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=out, start_new_session=True, **how)
    try:
        until = time.monotonic() + 120
        while not answers():
            if process.poll() is not None or time.monotonic() > until:
                with open(log, encoding="utf-8", errors="replace") as f:
                    sys.exit("%s\ndid not start:\n%s" % (" ".join(map(str, command)),
                                                         f.read()[-2000:]))
            time.sleep(0.1)
        yield process
    finally:
        process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with contextlib.suppress(ProcessLookupError):  # its own session: it and what it started
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def postgres(place, user):
    """Debian's PostgreSQL as it comes, durable, with its data in the folder `pg` of place, which is
    made where there is none. It listens on a socket in a temporary folder alone. Yields the process
    and that folder."""
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
    data = os.path.join(place, "pg")
    with tempfile.TemporaryDirectory(prefix="xiaohao-bench-") as socket:
        own(socket)
        if not os.path.exists(data):
            run(programs + "/initdb", "-D", data, "-A", "trust", "-U", user, "-E", "UTF8",
                "--locale", "C.UTF-8", cwd="/", **AS)
        ready = (programs + "/pg_isready", "-q", "-h", socket)
        with running((programs + "/postgres", "-D", data, "-k", socket, "-c", "listen_addresses=",
                      "-c", "max_wal_size=256MB"), os.path.join(place, "postgres.log"),
                     lambda: subprocess.call(ready) == 0, signal.SIGINT, cwd="/", **AS) as process:
            yield process, socket


def family(*pids):
    """{pid: ticks of processor time} of processes and their descendants."""
    children, ticks = {}, {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError), open(path, encoding="utf-8", errors="replace") as f:
            fields, pid = f.read().rsplit(")", 1)[1].split(), int(path.split("/")[2])
            children.setdefault(int(fields[1]), []).append(pid)
            ticks[pid] = int(fields[11]) + int(fields[12])
    found, todo = {}, list(pids)
    while todo:
        pid = todo.pop()
        found[pid] = ticks.get(pid, 0)
        todo += children.get(pid, [])
    return found


def pss(*pids):
    """MiB of processes and their descendants; what several share counts once."""
    kib = 0
    for pid in family(*pids):
        with contextlib.suppress(OSError), open("/proc/%d/smaps_rollup" % pid, encoding="utf-8") as f:
            kib += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M)[1])
    return kib / 1024


def drain(pid):
    """Waits until the server has done with what nobody waits for any more."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        before = sum(family(pid).values())
        time.sleep(0.5)
        if sum(family(pid).values()) - before <= 2:
            break


@contextlib.contextmanager
def watched(*pids):
    """A list whose last element is, at the end, the most MiB that were seen meanwhile."""
    most, over = [pss(*pids)], threading.Event()

    def look():
        while not over.wait(0.3):
            most.append(max(most[-1], pss(*pids)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


# --- a person with a browser ------------------------------------------------------------------

class Forms(html.parser.HTMLParser):
    """The forms of a page: [(action, {name: value} of the hidden fields)]."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.found.append((a.get("action", ""), {}))
        if tag == "input" and self.found and a.get("type") == "hidden" and "name" in a:
            self.found[-1][1][a["name"]] = a.get("value") or ""


class Visitor:
    """Keeps cookies, follows nothing."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def cookie(self):
        return "; ".join("%s=%s" % c for c in self.cookies.items())

    def headers(self, post=False):
        h = {"Cookie": self.cookie()} if self.cookies else {}
        if post:
            h["Content-Type"] = "application/x-www-form-urlencoded"
            h["Origin"] = "http://127.0.0.1:%d" % self.port
            h["Referer"] = h["Origin"] + "/"
        return h

    def ask(self, path, fields=None):
        """(status, Location, body) of a GET, or of a POST of the fields."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        link.request("GET" if fields is None else "POST", path,
                     None if fields is None else urllib.parse.urlencode(fields),
                     self.headers(fields is not None))
        answer = link.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key.strip()] = rest.split(";")[0]
        link.close()
        return answer.status, answer.getheader("Location") or "", text

    def hidden(self, path, action):
        """The hidden fields of the form on that page that posts to action."""
        status, _, text = self.ask(path)
        for where, fields in Forms(text).found:
            if urllib.parse.urlsplit(where).path == action:
                return fields
        sys.exit("GET %s: %d, and no form that posts to %s" % (path, status, action))

    def sign_in(self, path, fields):
        status, to, text = self.ask(path, self.hidden(path, path) | fields)
        if status not in (302, 303) or path in to:
            sys.exit("POST %s: %d, no sign-in\n%s" % (path, status, text[:2000]))

    def check(self, path, pattern, count=1):
        """Ends the benchmark unless the page is there and holds the pattern that often."""
        status, _, text = self.ask(path)
        found = len(set(re.findall(pattern, text)))
        if status != 200 or found < count:
            sys.exit("GET %s: %d, %d times %s instead of %d\n%s" % (path, status, found, pattern,
                                                                    count, text[:2000]))


# --- wrk --------------------------------------------------------------------------------------

class Load(typing.NamedTuple):
    rate: float  # a second
    p50: float   # ms
    p99: float
    asked: int
    wrong: int

    def __str__(self):
        return "%s/s %s/%s ms" % tuple(("%.1f" if v < 100 else "%.0f") % v
                                       for v in (self.rate, self.p50, self.p99))


def load(visitor, requests, connections, seconds, expect=(200,), away="/sign-in", close=False):
    """What wrk measures of the requests [(path, None or a form's body)]."""
    post = any(body is not None for _, body in requests)
    headers = visitor.headers(post) | ({"Connection": "close"} if close else {})
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="ascii") as plan:
        quote = json.dumps  # of plain ASCII, which is the same in Lua
        plan.write("return {start = %d, away = %s, expect = {%s}, headers = {%s}, requests = {\n%s}}\n"
                   % (time.time_ns() % 10**12, quote(away), ", ".join("[%d] = true" % e for e in expect),
                      ", ".join("[%s] = %s" % (quote(k), quote(v)) for k, v in headers.items()),
                      "".join("{%s},\n" % ", ".join(
                          ['"GET"', quote(path)] if body is None else
                          ['"POST"', quote(path), quote(body)]) for path, body in requests)))
        plan.flush()
        out = run(*WRK, "-c", connections, "-d", "%ds" % seconds,
                  "http://127.0.0.1:%d" % visitor.port, "--", plan.name)
    asked, us, p50, p99, wrong = map(int, re.search(r"^counted (.*)$", out, re.M)[1].split())
    return Load(asked / us * 1e6, p50 / 1000, p99 / 1000, asked, wrong if asked else 1)
