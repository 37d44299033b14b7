"""What script/bench runs; see there. BUILD DATA [--quick] [NAME …]

A measurement is a pair: ours and a baseline, one after the other, again and again (A B A B …) after
a first round that does not count. What is printed are the medians of both and the median of the
pairs' ratios, since what disturbs a machine for a second disturbs both of a pair."""
import contextlib
import csv
import hashlib
import os
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIVISIONS = os.environ.get("XIAOHAO_DIVISIONS", os.path.join(ROOT, "../shared/data/divisions"))
PYTHON = "/usr/bin/python3"  # the one that Debian's python3-openpyxl belongs to

quick = False
build = data = ""
lines = []  # of the table: (part, what, ours, baseline, ratio, wanted, ok)


# --- running ----------------------------------------------------------------------------------

def say(text):
    print(text, file=sys.stderr, flush=True)


def run(*command, ok=(0,), **how):
    """Runs a command and returns what it printed; a command that fails ends the benchmark."""
    how.setdefault("stdout", subprocess.PIPE)
    done = subprocess.run([str(c) for c in command], stderr=subprocess.PIPE, text=True, **how)
    if done.returncode not in ok:
        sys.exit("%s\nexit status %d\n%s" % (" ".join(str(c) for c in command), done.returncode,
                                             done.stderr[-2000:]))
    return done.stdout


def xiaohao(folder, *words, prefix=(), ok=(0,)):
    return run(*prefix, os.path.join(build, "xiaohao"), "-L", folder, *words, ok=ok)


def program(name, *words):
    return run(os.path.join(build, "tests/bench", name), *words)


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def cpu(call):
    """Seconds that the processor worked for the children that call() runs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory(*command):
    """Seconds and peak memory in MiB of a command."""
    done = subprocess.run(["/usr/bin/time", "-f", "%e %M"] + [str(c) for c in command],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("%s\n%s" % (" ".join(str(c) for c in command), done.stderr[-2000:]))
    return float(done.stderr.split()[-2]), int(done.stderr.split()[-1]) / 1024


def pairs(ours, baseline, rounds, warm=True):
    """Medians of both, and of the ratios ours / baseline."""
    both = []
    if warm:
        ours(), baseline()
    for _ in range(rounds):
        both.append((ours(), baseline()))
    return (statistics.median(a for a, b in both), statistics.median(b for a, b in both),
            statistics.median(a / b for a, b in both))


def line(part, what, ours, baseline, ratio=None, wanted=None):
    """wanted is like "≥ 0.5" or "≤ 2"; without it the line is for information."""
    ok = None
    if wanted:
        sign, bound = wanted.split()
        ok = ratio >= float(bound) if sign in "≥>" else ratio <= float(bound)
    lines.append((part, what, ours, baseline, ratio, wanted, ok))
    say("  %s: %s, baseline %s%s" % (what, ours, baseline,
                                     "" if ratio is None else ", ratio %.2f" % ratio))


def rate(n):
    return "{:,.0f}/s".format(n)


def sec(s):
    return "%.1f ms" % (s * 1000) if s < 1 else "%.2f s" % s


# --- what is measured on ----------------------------------------------------------------------

def key():
    """Changes when a made ledger would be another one."""
    h = hashlib.sha256()
    for name in ("src/ledger/schema.sqlite.sql", "src/ledger/projections.sqlite.sql",
                 "src/domain/events.def", "tests/bench/fill.c", "tests/bench/book.c"):
        with open(os.path.join(ROOT, name), "rb") as f:
            h.update(f.read())
    return h.hexdigest()[:12]


def kept(name, make):
    """A file or folder of the data folder that is made once."""
    path = os.path.join(data, key(), name)
    if not os.path.exists(path):
        say("  making %s" % path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        discard(path + ".new")
        make(path + ".new")
        os.sync()
        os.rename(path + ".new", path)
    return path


def discard(path):
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def copy(path, name):
    """A copy of a kept ledger that may be written, and that is on the disk already."""
    to = os.path.join(data, name)
    discard(to)
    shutil.copytree(path, to)
    os.sync()
    return to


def ledger(items):
    return kept("items-%d" % items, lambda to: program("bench_fill", to, items))


def book(kind, rows):
    return kept("book-%s-%d.xlsx" % (kind, rows),
                lambda to: program("bench_book", kind, rows, to))


def fresh(name):
    """A new ledger."""
    to = os.path.join(data, name)
    discard(to)
    xiaohao(to, "init")
    return to


def ask(folder, sql):
    db = sqlite3.connect("file:%s/ledger.db?mode=ro" % folder, uri=True)
    try:
        return db.execute(sql).fetchone()[0]
    finally:
        db.close()


# --- the parts --------------------------------------------------------------------------------

def durable():
    """Reports by 64 callers, each durable before it is answered, beside bare SQLite."""
    items, commands = (20_000, 6_400) if quick else (100_000, 25_600)
    base = ledger(items)
    found = {}

    def ours():
        found["after"] = copy(base, "durable")
        return float(program("bench_callers", found["after"], 64, commands, items).split()[2])

    def raw():
        to = os.path.join(data, "durable-raw")
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

    a, b, ratio = pairs(ours, raw, 3 if quick else 5)
    batches = ask(found["after"], "SELECT COUNT(*) FROM checkpoint") - ask(
        base, "SELECT COUNT(*) FROM checkpoint")
    line("durable", "reports of 64 callers on %s items, against bare SQLite" % f"{items:,}",
         rate(a), rate(b), ratio, "≥ 0.5")
    line("durable", "commands in a transaction", "%.0f" % (commands / batches), "the same")
    discard(os.path.join(data, "durable"))
    discard(os.path.join(data, "durable-raw"))


def verify():
    """verify --log-only on one core, beside OpenSSL's SHA-256 of blocks of 512 bytes.

    By the processor's time, since that is what openssl speed counts."""
    folder = ledger(100_000 if quick else 1_000_000)
    size = ask(folder, "SELECT SUM(LENGTH(bytes)) FROM log")
    count = ask(folder, "SELECT COUNT(*) FROM log")
    core = ("taskset", "-c", "0")

    def ours():
        return size / cpu(lambda: xiaohao(folder, "verify", "--log-only", prefix=core))

    def openssl():
        out = run(*core, "openssl", "speed", "-bytes", 512, "-seconds", 1 if quick else 3, "sha256")
        return float(re.search(r"([\d.]+)k\s*$", out.strip().splitlines()[-1])[1]) * 1000

    a, b, ratio = pairs(ours, openssl, 3)
    line("verify", "%s entries (%.0f MB), against openssl speed sha256" % (f"{count:,}", size / 1e6),
         "%.0f MB/s" % (a / 1e6), "%.0f MB/s" % (b / 1e6), ratio, "≥ 0.25")


def read():
    """Reading a workbook, beside openpyxl's read-only mode."""
    rows = 20_000 if quick else 100_000
    for kind in ("inline", "shared"):
        path = book(kind, rows)
        peak = []

        def ours():
            s, mib = memory(os.path.join(build, "tests/bench/bench_read"), path)
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
    rows = 20_000 if quick else 100_000
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

        a, b, ratio = pairs(ours, openpyxl, 2 if quick else 3, warm=False)
        line("import", "%s rows, %s strings, against openpyxl reading" % (f"{rows:,}", kind),
             "%s, %s" % (sec(a), rate(rows / a)), sec(b), ratio, "≤ 2")
    discard(os.path.join(data, "import"))


def commands(folder, code):
    """What a person asks all day."""
    return {"board": ("board",),
            "list problems --limit 25": ("list", "problems", "--limit", "25"),
            "show": ("show", code),
            "act report": ("act", "report", code, "--text", "已完成现场整改，责任人每周检查签字。")}


def instructions(folder, words):
    """Instructions of a command, all of its process, by callgrind."""
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                           os.path.join(build, "xiaohao"), "-L", folder] + list(words),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(done.stderr[-2000:])
    return int(found[1])


def scale():
    """The same commands at a million items and at ten thousand."""
    large, small = (100_000, 10_000) if quick else (1_000_000, 10_000)
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
        count = 60_000 if quick else 600_000
        with open(to, "w", encoding="utf-8", newline="") as f:
            out = csv.writer(f)
            out.writerow(["code", "name", "streetCode"])
            for i in range(count):
                town = towns[i % len(towns)]
                out.writerow(["%s%03d" % (town, i // len(towns) + 200), "第%d村" % (i + 1), town])

    return kept("villages-%s.csv" % ("quick" if quick else "full"), make)


def units():
    """A tree of 44,703 units, and a made level of 600,000 villages."""
    files = divisions()
    items = 20_000 if quick else 100_000

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
        to = os.path.join(data, "villages.db")
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
         % ("60,000" if quick else "600,000"), sec(a), sec(b), ratio)
    discard(wide)
    discard(os.path.join(data, "units-villages"))


PARTS = {"durable": durable, "verify": verify, "read": read, "import": whole_import,
         "scale": scale, "units": units}


# --- the table --------------------------------------------------------------------------------

def table():
    head = ("part", "what", "ours", "baseline", "ratio", "wanted", "")
    rows = [head] + [(p, w, o, b, "" if r is None else "%.2f" % r, wanted or "",
                      {True: "ok", False: "MISSED", None: ""}[ok])
                     for p, w, o, b, r, wanted, ok in lines]
    widths = [max(len(row[i]) for row in rows) for i in range(7)]
    for row in rows:
        print("  ".join(cell.ljust(w) if i < 2 or i > 4 else cell.rjust(w)
                        for i, (cell, w) in enumerate(zip(row, widths))).rstrip())


def machine():
    name = "?"
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as f:
        name = re.search(r"model name\s*: (.*)", f.read())[1]
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                            stdout=subprocess.PIPE, text=True).stdout.strip()
    return "%s, %d cores, %s, commit %s%s" % (name, os.cpu_count(), time.strftime("%Y-%m-%d %H:%M"),
                                             commit, ", --quick" if quick else "")


def main():
    global quick, build, data
    build, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    names = [a for a in sys.argv[3:] if a != "--quick"]
    quick = "--quick" in sys.argv
    unknown = [n for n in names if n not in PARTS]
    if unknown:
        sys.exit("There is no part %s; there are %s." % (unknown[0], ", ".join(PARTS)))
    os.makedirs(data, exist_ok=True)
    for old in os.listdir(data):  # ledgers of another format
        if old != key():
            discard(os.path.join(data, old))
    for name in names or PARTS:
        say("%s: %s" % (name, PARTS[name].__doc__.splitlines()[0]))
        PARTS[name]()
    print(machine())
    table()
    return any(ok is False for *_, ok in lines)


if __name__ == "__main__":
    sys.exit(main())
