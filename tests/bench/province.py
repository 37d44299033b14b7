"""The part `province`: a week's work of 44,703 units, three hundred times as fast, on both stores.

Five days of ten hours in ten minutes (--quick: a tenth of the work in a tenth of the time). In the
morning people look at what there is, reports come all day, clerks assign and verify, leaders look
at boards; and at four on Friday, the last working day of the month, every unit reports, most of
them at once. bench_arrivals sends each request when it is due, whether or not earlier ones were
answered, and latency counts from then: who has to wait for a connection waits as well. Each write
has its own idempotency key; in the end every acknowledged one must be in the log exactly once."""
import collections
import contextlib
import http.client
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import typing
import urllib.parse
import uuid

from common import here, line, say
from ours import Ours, second

UNITS = 44_703
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
HOURS = range(8, 18)
HOUR = 12  # seconds
PEAK = ("Fri", 16)
CONNECTIONS = 600  # as a proxy keeps them; the server takes 1,000

MORNING = (4, 3, 1, 1, 0.5, 1, 1, 1, 1, 0.5)  # how much of a day comes in each of its hours
OFFICE = (0.5, 1, 1, 1, 0.5, 1, 1, 1, 1, 0.5)
# A day's work: what is asked, by how many of the units, when.
DAY = {"list": ("/items", 0.1, MORNING), "overdue": ("/items?overdue=1", 0.05, MORNING),
       "item": ("/items/CODE", 0.1, OFFICE), "board": ("/board", 0.02, MORNING),
       "report": ("/items/CODE/report", 0.05, OFFICE),
       "assign": ("/items/CODE/assign", 0.02, OFFICE),
       "verify": ("/items/CODE/verify", 0.02, OFFICE)}
STATES = {"item": 5, "report": 5, "assign": 1, "verify": 6}  # words.def
FIELDS = {"report": {"text": "本月整改进展：已完成现场整改，更换器材并划定禁停区，责任人每周检查签字。"},
          "assign": {"note": "请抓紧办理，按期反馈。"}, "verify": {"pass": "1", "grade": "合格"}}
PROVINCES = range(11, 42)  # office.c: the first two digits of every unit's code
PEOPLE = {"desk%d" % p: ("add", "--name", "值班%d" % p, "--unit", p, "--scope", p,
                         "--role", "clerk,verifier,liaison,leader") for p in PROVINCES}


class Asked(typing.NamedTuple):
    due: float  # seconds of the compressed week
    kind: str
    text: bytes
    id: str


class Answer(typing.NamedTuple):
    kind: str
    due: float  # seconds, as the next two
    sent: float
    answered: float
    status: int
    id: str

    @property
    def right(self):
        return self.status == (303 if self.kind in FIELDS else 200)


# --- what is asked ----------------------------------------------------------------------------

def speed():
    """Seconds of an hour, and the share of the units that work."""
    return second(HOUR / 10, HOUR), second(0.1, 1)


def begins(day, hour):
    return (DAYS.index(day) * len(HOURS) + HOURS.index(hour)) * speed()[0]


class Plan:
    """Everything that is asked, with the forms of the people who are signed in."""

    def __init__(self, ours):
        self.ours, self.chance, self.asked, self.forms = ours, random.Random(1), [], {}
        by_state = collections.defaultdict(list)
        with contextlib.closing(sqlite3.connect("file:%s/ledger.db?mode=ro" % ours.filled,
                                                uri=True)) as db:
            for code, lead, state in db.execute("SELECT code, lead, state FROM item"):
                by_state[state].append((code, lead))
        for rows in by_state.values():
            self.chance.shuffle(rows)
        self.every = {lead: (code, lead) for code, lead in by_state[STATES["report"]]}
        # Assigned and verified is an item once; others may be asked for again.
        self.items = {kind: iter(by_state[state]) for kind, state in STATES.items()}

    def add(self, due, kind, item=None):
        path = DAY[kind][0]
        if "CODE" in path:
            code, lead = item or next(self.items[kind])
            path, desk = path.replace("CODE", code), "desk" + lead[:2]
        else:
            desk = "desk%d" % self.chance.choice(PROVINCES)
        visitor, key, body = self.ours.visitors[desk], "", b""
        headers = visitor.headers(kind in FIELDS) | {"Host": "127.0.0.1:%d" % self.ours.port}
        if kind in FIELDS:
            if (desk, kind) not in self.forms:
                self.forms[desk, kind] = self.ours.form(desk, path, path)
            key = str(uuid.uuid4())
            fields = self.forms[desk, kind] | FIELDS[kind] | {"id": key}
            if kind == "assign":
                fields["unit"] = lead
            body = urllib.parse.urlencode(fields).encode()
            headers["Content-Length"] = len(body)
        head = "".join("%s: %s\r\n" % h for h in headers.items())
        text = "%s %s HTTP/1.1\r\n%s\r\n" % ("POST" if body else "GET", path, head)
        self.asked.append(Asked(due, kind, text.encode() + body, key))

    def week(self):
        hour, share = speed()
        for day in DAYS:
            for kind, (_, part, when) in DAY.items():
                for begin in self.chance.choices(HOURS, when, k=round(UNITS * share * part)):
                    self.add(begins(day, begin) + hour * self.chance.random(), kind)
        leads = list(self.every.values())
        for item in leads[:round(UNITS * share)]:
            # A tenth of them within the first hundredth of the hour, half within a quarter.
            self.add(begins(*PEAK) + hour * self.chance.random() ** 2, "report", item)
        self.asked.sort()
        return self.asked


def most_in_a_second(asked):
    return max(collections.Counter(int(a.due) for a in asked).values())


# --- asking -----------------------------------------------------------------------------------

@contextlib.contextmanager
def queue_watched(port):
    """How many commands wait, ten times a second."""
    seen, over = [], threading.Event()

    def look():
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not over.wait(0.1):
            link.request("GET", "/metrics")
            text = link.getresponse().read().decode()
            seen.append(int(re.search(r"^xiaohao_queue_waiting (\d+)$", text, re.M)[1]))
        link.close()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def send(asked, port):
    """The answers, in the order of what was asked."""
    command = (os.path.join(here.build, "tests/bench/bench_arrivals"), str(port), str(CONNECTIONS))
    with tempfile.TemporaryFile(dir=here.data) as plan:
        for a in asked:
            plan.write(b"%d %d\n" % (a.due * 1e6, len(a.text)) + a.text)
        plan.seek(0)
        out = subprocess.run(command, stdin=plan, stdout=subprocess.PIPE, check=True).stdout
    answers = []
    for a, row in zip(asked, out.decode().splitlines(), strict=True):
        due, sent, answered, status = map(int, row.split())
        answers.append(Answer(a.kind, due / 1e6, sent / 1e6, answered / 1e6, status, a.id))
    return answers


# --- what came of it --------------------------------------------------------------------------

def spread(answers):
    """p50, p99 and the longest, in ms from when it was due."""
    took = sorted(a.answered - a.due for a in answers)
    return "/".join("%.0f" % (1000 * took[n]) if took[n] >= 0.1 else "%.1f" % (1000 * took[n])
                    for n in (len(took) // 2, len(took) * 99 // 100, -1))


def by_hour(answers):
    """Prints the week: a row an hour, a column a kind."""
    hours = collections.defaultdict(lambda: collections.defaultdict(list))
    for a in answers:
        hours[int(a.due / speed()[0])][a.kind].append(a)
    print("asked p50/p99/max ms".ljust(10) + "".join(kind.rjust(24) for kind in DAY)[10:])
    for n in sorted(hours):
        cells = ["%d %s" % (len(got), spread(got)) if (got := hours[n][kind]) else "" for kind in DAY]
        print("%s %02d " % (DAYS[n // len(HOURS)], HOURS[n % len(HOURS)])
              + "".join(cell.rjust(24) for cell in cells))


def backlog(answers):
    """(the most requests that were due and not answered, seconds from the peak's beginning until
    there was none again)."""
    begin = begins(*PEAK)
    steps = sorted([(a.due, 1) for a in answers] + [(a.answered, -1) for a in answers])
    most = behind = 0
    empty = None
    for when, step in steps:
        behind += step
        if when >= begin and behind > most:
            most, empty = behind, None
        if most and behind == 0 and empty is None:
            empty = when - begin
    return most, empty


def reckon(answers, entries):
    """How many writes are not in the log as often as their answers say."""
    there = collections.Counter(e["id"] for e in entries)
    wrong = 0
    for a in answers:
        if a.id and not (there[a.id] == 1 if a.right else there[a.id] <= (a.status == 0)):
            wrong += 1
    return wrong


def table(store, asked, answers, waiting, entries):
    where = "on %s: " % store
    print("%s, an hour is %.1f s" % (store, speed()[0]))
    by_hour(answers)
    line("province", where + "requests, the most in a second", f"{len(asked):,}",
         "%d/s" % most_in_a_second(asked))
    for kind in DAY:
        got = [a for a in answers if a.kind == kind]
        line("province", where + kind + ", p50/p99/max ms", spread(got), "%d asked" % len(got))
    hour, begin = speed()[0], begins(*PEAK)
    peak = [a for a in answers if a.kind == "report" and begin <= a.due < begin + hour]
    line("province", where + "reports of the peak, p50/p99/max ms", spread(peak),
         "%d asked" % len(peak))
    most, empty = backlog(answers)
    line("province", where + "commands that waited in the queue, at most; requests due, not answered",
         "%d" % max(waiting), "%d" % most)
    line("province", where + "seconds until nothing waited any more, of the peak's hour",
         "%.1f s" % empty, "%.1f s" % hour, empty / hour)
    line("province", where + "wrong answers", "%d" % sum(not a.right for a in answers), "0",
         sum(not a.right for a in answers), "≤ 0")
    line("province", where + "writes answered that are not in the log exactly once",
         "%d" % reckon(answers, entries), "of %d" % sum(a.right and bool(a.id) for a in answers),
         reckon(answers, entries), "≤ 0")


def province():
    """A week's work of a province in ten minutes, on either store: latency, the queue at the peak."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    for store in ("SQLite", "PostgreSQL"):
        ours = Ours(store, PEOPLE)
        with ours.serving("--proxied", "--quiet"):
            asked, before = Plan(ours).week(), ours.entries()
            say("  %d requests on %s" % (len(asked), store))
            with queue_watched(ours.port) as waiting:
                answers = send(asked, ours.port)
            table(store, asked, answers, waiting, ours.log(before))
