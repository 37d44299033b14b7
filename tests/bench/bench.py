"""What script/bench runs; see there. BUILD DATA [--quick] [NAME …]

A measurement is a pair: ours and a baseline, one after the other, again and again (A B A B …) after
a first round that does not count. What is printed are the medians of both and the median of the
pairs' ratios, since what disturbs a machine for a second disturbs both of a pair. The parts that are
only measured when they are named have ways of their own; see web.py, stores.py, ha.py,
province.py, beside.py."""
import csv
import os
import re
import shutil
import sqlite3
import subprocess
import sys

from beside import peers_part
from common import (OURS, PEERS, ROOT, ask, copy, cpu, discard, here, kept, key, line, lines, machine,
                    memory, pairs, program, rate, run, say, sec, seconds, table, xiaohao)
from ha import ha
from province import province
from stores import stores
from web import web

DIVISIONS = os.environ.get("XIAOHAO_DIVISIONS", os.path.join(ROOT, "../shared/data/divisions"))
PYTHON = "/usr/bin/python3"  # the one that Debian's python3-openpyxl belongs to


# --- what is measured on ----------------------------------------------------------------------

def ledger(items):
    return kept("items-%d" % items, lambda to: program("bench_fill", to, items))


def book(kind, rows):
    return kept("book-%s-%d.xlsx" % (kind, rows),
                lambda to: program("bench_book", kind, rows, to))


def fresh(name):
    """A new ledger."""
    to = os.path.join(here.data, name)
    discard(to)
    xiaohao(to, "init")
    return to


# --- the parts --------------------------------------------------------------------------------

def durable():
    """Reports by 64 callers, each durable before it is answered, beside bare SQLite."""
    items, commands = (20_000, 6_400) if here.quick else (100_000, 25_600)
    base = ledger(items)
    found = {}

    def ours():
        found["after"] = copy(base, "durable")
        return float(program("bench_callers", found["after"], 64, commands, items).split()[2])

    def raw():
        to = os.path.join(here.data, "durable-raw")
        discard(to)
        os.mkdir(to)
        shutil.copy(os.path.join(base, "ledger.db"), to)
        os.sync()
        after = os.path.join(found["after"], "ledger.db")
        speed = float(program("bench_raw", os.path.join(to, "ledger.db"), after).split()[2])
        for table in ("log", "leaf", "node", "seen", "thread", "checkpoint"):
            count = "SELECT COUNT(*) FROM " + table
            if ask(to, count) != ask(found["after"], count):
                sys.exit("the baseline did not write the same rows of %s" % table)
        return speed

    a, b, ratio = pairs(ours, raw, 3 if here.quick else 5)
    batches = ask(found["after"], "SELECT COUNT(*) FROM checkpoint") - ask(
        base, "SELECT COUNT(*) FROM checkpoint")
    line("durable", "reports of 64 callers on %s items, against bare SQLite" % f"{items:,}",
         rate(a), rate(b), ratio, "≥ 0.5")
    line("durable", "commands in a transaction", "%.0f" % (commands / batches), "the same")
    discard(os.path.join(here.data, "durable"))
    discard(os.path.join(here.data, "durable-raw"))


def verify():
    """verify --log-only on one core, beside OpenSSL's SHA-256 of blocks of 512 bytes.

    By the processor's time, since that is what openssl speed counts."""
    folder = ledger(100_000 if here.quick else 1_000_000)
    size = ask(folder, "SELECT SUM(LENGTH(bytes)) FROM log")
    count = ask(folder, "SELECT COUNT(*) FROM log")
    core = ("taskset", "-c", "0")

    def ours():
        return size / cpu(lambda: xiaohao(folder, "verify", "--log-only", prefix=core))

    def openssl():
        out = run(*core, "openssl", "speed", "-bytes", 512, "-seconds", 1 if here.quick else 3, "sha256")
        return float(re.search(r"([\d.]+)k\s*$", out.strip().splitlines()[-1])[1]) * 1000

    a, b, ratio = pairs(ours, openssl, 3)
    line("verify", "%s entries (%.0f MB), against openssl speed sha256" % (f"{count:,}", size / 1e6),
         "%.0f MB/s" % (a / 1e6), "%.0f MB/s" % (b / 1e6), ratio, "≥ 0.25")


def read():
    """Reading a workbook, beside openpyxl's read-only mode."""
    rows = 20_000 if here.quick else 100_000
    for kind in ("inline", "shared"):
        path = book(kind, rows)
        peak = []

        def ours():
            s, mib = memory(os.path.join(here.build, "tests/bench/bench_read"), path)
            peak.append(mib)
            return s

        def openpyxl():
            s, mib = memory(PYTHON, os.path.join(ROOT, "tests/bench/openpyxl_read.py"), path)
            theirs.append(mib)
            return s

        theirs = []
        a, b, ratio = pairs(ours, openpyxl, 3)
        line("read", "%s × 12 cells, %s strings, against openpyxl" % (f"{rows:,}", kind),
             sec(a), sec(b), 1 / ratio, "≥ 5")
        line("read", "peak memory of it, MiB, against 128", "%.0f" % max(peak),
             "%.0f" % max(theirs), max(peak) / 128, "≤ 1")


def whole_import():
    """The whole import of such a workbook, durable, beside openpyxl only reading it."""
    rows = 20_000 if here.quick else 100_000
    for kind in ("inline", "shared"):
        path = book(kind, rows)

        def ours():
            to = fresh("import")
            os.sync()
            s = seconds(lambda: xiaohao(to, "import", "findings", path, ok=(0,)))
            if ask(to, "SELECT COUNT(*) FROM item") != rows:
                sys.exit("not every row became an item")
            return s

        def openpyxl():
            return seconds(lambda: run(PYTHON, os.path.join(ROOT, "tests/bench/openpyxl_read.py"),
                                       path))

        a, b, ratio = pairs(ours, openpyxl, 2 if here.quick else 3, warm=False)
        line("import", "%s rows, %s strings, against openpyxl reading" % (f"{rows:,}", kind),
             "%s, %s" % (sec(a), rate(rows / a)), sec(b), ratio, "≤ 2")
    discard(os.path.join(here.data, "import"))


def commands(folder, code):
    """What a person asks all day."""
    return {"board": ("board",),
            "list problems --limit 25": ("list", "problems", "--limit", "25"),
            "show": ("show", code),
            "act report": ("act", "report", code, "--text", "已完成现场整改，责任人每周检查签字。")}


def instructions(folder, words):
    """Instructions of a command, all of its process, by callgrind."""
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                           os.path.join(here.build, "xiaohao"), "-L", folder] + list(words),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(done.stderr[-2000:])
    return int(found[1])


def scale():
    """The same commands at a million items and at ten thousand."""
    large, small = (100_000, 10_000) if here.quick else (1_000_000, 10_000)
    bound = {"board": "≤ 1.5", "list problems --limit 25": "≤ 1.5"}
    folders = [copy(ledger(large), "scale-large"), copy(ledger(small), "scale-small")]
    codes = ["B-%04d" % (n * 2 // 3) for n in (large, small)]
    for name in commands("", ""):
        calls = [lambda f=f, c=c: seconds(lambda: xiaohao(f, *commands(f, c)[name]))
                 for f, c in zip(folders, codes)]
        a, b, ratio = pairs(*calls, 11)
        line("scale", "%s: %s items against %s" % (name, f"{large:,}", f"{small:,}"),
             sec(a), sec(b), ratio, bound.get(name))
    counts = [instructions(f, commands(f, c)["act report"]) for f, c in zip(folders, codes)]
    line("scale", "act report, instructions", "%.2f M" % (counts[0] / 1e6),
         "%.2f M" % (counts[1] / 1e6), counts[0] / counts[1], "≤ 1.2")
    discard(folders[0])
    discard(folders[1])


def divisions():
    """The files of a tree with four levels, one a level: the real one, or one of its shape."""
    names = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv")
    if all(os.path.exists(os.path.join(DIVISIONS, n)) for n in names):
        return [os.path.join(DIVISIONS, n) for n in names]

    def make(folder):
        os.mkdir(folder)
        parents = [()]
        for level, each in enumerate((31, 11, 9, 14)):
            parents = [p + ((p[-1] if p else "") + "%02d" % n,) for p in parents
                       for n in range(11, 11 + each)]
            with open(os.path.join(folder, names[level]), "w", encoding="utf-8", newline="") as f:
                out = csv.writer(f)
                out.writerow(["code", "name", "provinceCode", "cityCode", "areaCode"][:2 + level])
                out.writerows([p[-1], "单位" + p[-1], *p[:-1]] for p in parents)

    return [os.path.join(kept("divisions", make), n) for n in names]


def villages(streets):
    """A made fifth level: 600,000 villages below the townships."""
    def make(to):
        with open(streets, encoding="utf-8") as f:
            towns = [row["code"] for row in csv.DictReader(f)]
        count = 60_000 if here.quick else 600_000
        with open(to, "w", encoding="utf-8", newline="") as f:
            out = csv.writer(f)
            out.writerow(["code", "name", "streetCode"])
            for i in range(count):
                town = towns[i % len(towns)]
                out.writerow(["%s%03d" % (town, i // len(towns) + 200), "第%d村" % (i + 1), town])

    return kept("villages-%s.csv" % ("quick" if here.quick else "full"), make)


def units():
    """A tree of 44,703 units, and a made level of 600,000 villages."""
    files = divisions()
    items = 20_000 if here.quick else 100_000

    def make(to):
        xiaohao(to, "init")
        for path in files:
            xiaohao(to, "import", "units", path)
        db = sqlite3.connect("file:%s/ledger.db?mode=ro" % to, uri=True)
        with open(to + ".codes", "w", encoding="utf-8") as f:
            f.writelines(row[0] + "\n" for row in db.execute("SELECT code FROM unit ORDER BY code"))
        db.close()
        program("bench_fill", to, items, to + ".codes")
        os.unlink(to + ".codes")

    wide, narrow = copy(kept("units-%d" % items, make), "units-wide"), copy(ledger(items),
                                                                           "units-narrow")
    counts = ["{:,}".format(ask(f, "SELECT COUNT(*) FROM unit")) for f in (wide, narrow)]
    code = "B-%04d" % (items // 2)
    for name in commands("", ""):
        calls = [lambda f=f: seconds(lambda: xiaohao(f, *commands(f, code)[name]))
                 for f in (wide, narrow)]
        a, b, ratio = pairs(*calls, 11)
        line("units", "%s: %s units against %s" % (name, *counts), sec(a), sec(b), ratio)
    discard(narrow)

    path = villages(files[-1])

    def ours():
        return seconds(lambda: xiaohao(copy(wide, "units-villages"), "import", "units", path))

    def raw():
        """The same rows by Python's sqlite3, in one transaction."""
        to = os.path.join(here.data, "villages.db")
        discard(to)

        def insert():
            db = sqlite3.connect(to)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("CREATE TABLE unit (code TEXT PRIMARY KEY, name TEXT, parent TEXT)")
            db.execute("CREATE INDEX name ON unit (name)")
            db.execute("CREATE INDEX parent ON unit (parent)")
            with open(path, encoding="utf-8", newline="") as f:
                rows = csv.reader(f)
                next(rows)
                db.executemany("INSERT INTO unit VALUES (?, ?, ?)", rows)
            db.commit()
            db.close()

        s = seconds(insert)
        discard(to)
        return s

    a, b, ratio = pairs(ours, raw, 1, warm=False)
    line("units", "import of %s villages, against bare inserts"
         % ("60,000" if here.quick else "600,000"), sec(a), sec(b), ratio)
    discard(wide)
    discard(os.path.join(here.data, "units-villages"))


PARTS = {"durable": durable, "verify": verify, "read": read, "import": whole_import,
         "scale": scale, "units": units, "web": web, "stores": stores, "ha": ha, "province": province,
         "peers": peers_part}
ASKED = ("web", "stores", "ha", "province", "peers")  # only when they are named


def main():
    here.build, here.data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    names = [a for a in sys.argv[3:] if a != "--quick"]
    here.quick = "--quick" in sys.argv
    unknown = [n for n in names if n not in PARTS]
    if unknown:
        sys.exit("There is no part %s; there are %s." % (unknown[0], ", ".join(PARTS)))
    os.makedirs(here.data, exist_ok=True)
    for old in os.listdir(here.data):  # ledgers of another format
        if old not in (key(OURS), key(PEERS)):
            discard(os.path.join(here.data, old))
    for name in names or [n for n in PARTS if n not in ASKED]:
        say("%s: %s" % (name, PARTS[name].__doc__.splitlines()[0]))
        PARTS[name]()
    print(machine())
    table()
    return any(ok is False for *_, ok in lines)


if __name__ == "__main__":
    sys.exit(main())
