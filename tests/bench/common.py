"""What the parts of the benchmark share: running programs, keeping what is made once, the table."""
import contextlib
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
import types

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/support"))

here = types.SimpleNamespace(quick=False, build="", data="")
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
    return run(*prefix, os.path.join(here.build, "xiaohao"), "-L", folder, *words, ok=ok)


def program(name, *words):
    return run(os.path.join(here.build, "tests/bench", name), *words)


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


# --- what is kept -------------------------------------------------------------------------------

# What is kept is made again when one of these files is another one: our ledgers, and the peers'.
OURS = ("src/ledger/schema.sqlite.sql", "src/ledger/projections.sqlite.sql",
        "src/domain/events.def", "tests/bench/fill.c", "tests/bench/office.c",
        "tests/bench/filling.c", "tests/bench/book.c")
PEERS = ("tests/bench/peers.py", "tests/bench/redmine.sql", "tests/bench/fossil.sql")


def key(sources):
    h = hashlib.sha256()
    for name in sources:
        with open(os.path.join(ROOT, name), "rb") as f:
            h.update(f.read())
    return h.hexdigest()[:12]


def kept(name, make, sources=OURS):
    """A file or folder of the data folder that is made once."""
    path = os.path.join(here.data, key(sources), name)
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
    """A copy of what is kept, that may be written and that is on the disk already."""
    to = os.path.join(here.data, name)
    discard(to)
    run("cp", "-a", path, to)
    os.sync()
    return to


@contextlib.contextmanager
def copied(path, name):
    """The same, gone at the end."""
    try:
        yield copy(path, name)
    finally:
        discard(os.path.join(here.data, name))


def ask(folder, sql):
    db = sqlite3.connect("file:%s/ledger.db?mode=ro" % folder, uri=True)
    try:
        return db.execute(sql).fetchone()[0]
    finally:
        db.close()


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
                                             commit, ", --quick" if here.quick else "")
