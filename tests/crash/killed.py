#!/usr/bin/env python3
"""killed.py XIAOHAO [ROUNDS]: a real process is killed (SIGKILL) at random moments while it writes.

What it had answered is there afterwards, `verify` finds nothing, and the next command works. Half of
the rounds kill one of two writers, of which the other must not suffer."""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

XIAOHAO = sys.argv[1]
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
chance = random.Random(20260302)
folder = tempfile.mkdtemp(prefix="xiaohao-killed-")
ledger = os.path.join(folder, "ledger")
evidence = os.path.join(folder, "photo.bin")


def command(*args):
    return [XIAOHAO, "-L", ledger, "--json"] + list(args)


def do(*args):
    done = subprocess.run(command(*args), capture_output=True, text=True)
    tap.check(done.returncode == 0, args, done.stdout, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def writer(number):
    """One command of several kinds: an item, one with evidence, twenty units' worth of items."""
    kind = chance.randrange(4)
    if kind == 0:
        return command("act", "register", "HZ", "--text", "问题 %d" % number, "--unit", "A",
                       "--originator-name", "王小明 %d" % number)
    if kind == 1:
        return command("act", "report", "HZ-0001", "--text", "进展 %d" % number, "--file", evidence)
    if kind == 2:
        return command("act", "register", "HZ", "HZ", "HZ", "HZ", "HZ", "--text", "几件 %d" % number)
    return command("unit", "add", "V%d" % number, "--parent", "A")


def entries():
    return do("verify", "--log-only")[0]["entries"]


def round_of(number, other):
    with open(evidence, "wb") as f:
        f.write(os.urandom(200000))
    before = entries()
    process = subprocess.Popen(writer(number), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    second = None
    if other:
        second = subprocess.Popen(command("act", "register", "HZ", "--text", "另一人 %d" % number),
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(chance.random() * took * 1.1)
    process.kill()
    out = process.communicate()[0].decode()
    answered = []
    for line in out.splitlines():
        try:
            answered.append(json.loads(line))
        except ValueError:
            pass  # the answer itself was cut off
    if second:
        said = second.communicate()
        tap.check(second.returncode == 0, "the other writer suffers:", *said)
        answered += [json.loads(line) for line in said[0].decode().splitlines()]
    after = entries()
    tap.check(after >= before + len([a for a in answered if "seq" in a]), "an answered command is lost")
    for a in answered:
        tap.check(a.get("seq", 0) < after, "entry", a, "is not there")
    # Whole or not at all: of five at once there are five or none, and another's one.
    tap.check(after - before in ((0, 1, 2, 5, 6) if other else (0, 1, 5)), after - before, "entries")
    if number % 6 == 0:
        do("verify")
        do("act", "chase", "HZ-0001", "--text", "之后")


def prepare():
    global took
    do("init")
    do("unit", "add", "A")
    do("campaign", "add", "HZ")
    with open(evidence, "wb") as f:
        f.write(b"x" * 200000)
    do("person", "add", "l", "--unit", "A", "--role", "liaison")
    do("act", "register", "HZ", "--text", "第一件", "--unit", "A", "--class", "immediate")
    do("act", "accept", "HZ-0001")
    do("act", "report", "HZ-0001", "--text", "已动工")
    start = time.time()
    for i in range(4):
        do("act", "report", "HZ-0001", "--text", "进展", "--file", evidence)
    took = (time.time() - start) / 4


def last():
    do("verify")
    before = subprocess.run(command("rebuild", "--dump"), capture_output=True).stdout
    do("rebuild")
    after = subprocess.run(command("rebuild", "--dump"), capture_output=True).stdout
    tap.check(before == after and before, "rebuild gives other lists")


def rebuild_killed():
    """A rebuild that is killed leaves the lists as they were."""
    before = subprocess.run(command("rebuild", "--dump"), capture_output=True).stdout
    for _ in range(6):
        process = subprocess.Popen(command("rebuild"), stdout=subprocess.PIPE)
        time.sleep(chance.random() * took * 2)
        process.kill()
        process.communicate()
        tap.check(subprocess.run(command("rebuild", "--dump"), capture_output=True).stdout == before)
    do("verify")


def init_killed():
    """An init that is killed leaves a ledger or none, and then init works."""
    for i in range(12):
        place = os.path.join(folder, "new%d" % i)
        args = [XIAOHAO, "-L", place, "--json", "init"]
        process = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(chance.random() * took)
        process.kill()
        process.communicate()
        if os.path.exists(os.path.join(place, "ledger.db")):
            done = subprocess.run([XIAOHAO, "-L", place, "verify"], capture_output=True)
            tap.check(done.returncode == 0, "half a ledger", done.stderr)
        else:
            done = subprocess.run(args, capture_output=True)
            tap.check(done.returncode == 0, "init cannot be done again", done.stdout, done.stderr)


def tests():
    yield "a ledger and a first item", prepare
    for i in range(ROUNDS):
        yield "killed, round %d%s" % (i, " of two writers" if i % 2 else ""), \
            lambda i=i: round_of(i, i % 2 == 1)
    yield "init killed", init_killed
    yield "rebuild killed", rebuild_killed
    yield "all is sound at the end", last


try:
    tap.run(tests())
finally:
    shutil.rmtree(folder)
