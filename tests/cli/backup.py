#!/usr/bin/env python3
"""Backups that an operator trusts: backup.py XIAOHAO

A ledger under load is backed up, lost and put back; a backup is interrupted at any point; files of it
are damaged; what was erased stays erased; nobody is signed in by a restore; an old state in place of
a newer one is told."""
import glob
import hashlib
import json
import os
import random
import shutil
import sqlite3
import time

import desk
from desk import Desk, tap
from older import older

CHANCE = random.Random(20261125)
ZH = "zh_CN.UTF-8"


def small():
    d = Desk()
    d.people()
    d.evidence = d.write("one.txt", "一份佐证")
    d.run("act", "register", "ZG", "--text", "路灯不亮", "--unit", "城关镇", "--originator-name", "王小明")
    d.run("act", "attach", "ZG-0001", "--file", d.evidence)
    return d


def ask(d, sql, *args, ledger=None):
    db = sqlite3.connect(os.path.join(ledger or d.ledger, "ledger.db"))
    try:
        with db:
            return db.execute(sql, args).fetchall()
    finally:
        db.close()


def newest(d, folder):
    return d.lines("backup", "--list", folder)[-1]


def files(folder):
    return sorted(os.path.relpath(os.path.join(where, name), folder)
                  for where, _, names in os.walk(folder) for name in names)


def exported(d, ledger, *more):
    out = d.path("out-%d.json" % CHANCE.randrange(10**9))
    d.run("export", "problems", "-o", out, *more, ledger=ledger)
    with open(out, "rb") as f:
        return f.read()


# --- the drill ------------------------------------------------------------------------------------

def a_ledger_in_use_is_lost_and_put_back():
    d = small()
    codes = [d.run("act", "register", "ZG", "--text", "第%d件" % n, "--json").json()["code"]
             for n in range(3)]
    answered, children = [], []
    saved = None
    for n in range(24):
        children.append(d.start("act", "chase", codes[n % 3], "--text", "催办第%d次" % n, "--json"))
        if len(children) < 4:
            continue
        if n == 11:  # while three others write
            done = children.pop(0)
            answered.append(json.loads(done.communicate(timeout=120)[0]))
            saved = len(answered)
            said = d.run("backup", d.path("copy"), "--json").json()
        answered.append(json.loads(children.pop(0).communicate(timeout=120)[0]))
    answered += [json.loads(c.communicate(timeout=120)[0]) for c in children]
    tap.check(all("seq" in a for a in answered), answered)
    moment = said["entries"]
    before = exported(d, None)
    shutil.rmtree(d.ledger)
    d.run("restore", d.path("copy"))
    d.run("verify")
    tap.check(d.entries() == moment, moment)
    tap.check(all(a["seq"] < moment for a in answered[:saved]), "an answered command is lost")
    told = "".join(d.run("show", code).out for code in codes)
    tap.check(all("催办第%d次" % n in told for n in range(saved)), told)
    tap.check(before and d.run("show", "ZG-0001").out.count("王小明"), "what was sealed opens")
    d.run("act", "chase", codes[0], "--text", "之后")
    d.run("backup", d.path("copy"))  # the same ledger goes on


def a_moment_is_what_it_was():
    d = small()
    for n in range(4):
        d.run("act", "register", "ZG", "--text", "第%d件" % n)
        time.sleep(0.01)  # two entries of one millisecond are one moment
    d.run("act", "amend", "ZG-0002", "--text", "改过的文字")
    d.run("backup", d.path("copy"))
    entries = [json.loads(line) for line in d.run("export", "log").out.splitlines()[:-1]]
    for entry in CHANCE.sample(entries[10:], 3):
        at = entry["at"]
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at // 1000)) + ".%03dZ" % (at % 1000)
        then = d.path("then-%d" % entry["seq"])
        said = d.run("restore", d.path("copy"), then, "--as-of", when, "--json").json()
        tap.check(said["entries"] == 1 + max(e["seq"] for e in entries if e["at"] <= at), said)
        d.run("verify", ledger=then)
        tap.check(exported(d, then) == exported(d, None, "--as-of", when), when)
        # Restored to a number of entries it is the same.
        same = d.path("size-%d" % entry["seq"])
        d.run("restore", d.path("copy"), same, "--size", str(said["entries"]))
        tap.check(d.run("rebuild", "--dump", ledger=then).out ==
                  d.run("rebuild", "--dump", ledger=same).out)
    d.run("restore", d.path("copy"), d.path("none"), "--as-of", "1999-01-01", status=2)
    tap.check(not os.path.exists(d.path("none", "ledger.db")))


# --- writing --------------------------------------------------------------------------------------

def a_second_backup_copies_what_is_new():
    d = small()
    copy = d.path("copy")
    first = d.run("backup", copy, "--json").json()
    tap.check(first["new_files"] == 1 and first["new_entries"] == first["entries"], first)
    stamps = {name: os.stat(os.path.join(copy, name)).st_mtime_ns for name in files(copy)
              if name.startswith(("evidence", "log"))}
    d.run("act", "attach", "ZG-0001", "--file", d.write("two.txt", "另一份"))
    second = d.run("backup", copy, "--json").json()
    tap.check(second["new_entries"] == 1 and second["new_files"] == 1, second)
    tap.check(all(os.stat(os.path.join(copy, name)).st_mtime_ns == was
                  for name, was in stamps.items()), "written again")
    listed = d.lines("backup", "--list", copy)
    tap.check([row["entries"] for row in listed] == [first["entries"], second["entries"]], listed)
    for row in listed:
        d.run("backup", "--verify", os.path.join(copy, row["backup"]))
        there = d.path("from-" + row["backup"])
        d.run("restore", os.path.join(copy, row["backup"]), there)
        tap.check(d.run("verify", "--json", ledger=there).json()["entries"] == row["entries"])
    d.run("verify", ledger=copy)  # a folder of backups is checked where it lies
    for _ in range(3):
        kept = d.run("backup", copy, "--keep", "2", "--json").json()
    tap.check(kept["dropped"] == 1 and len(d.lines("backup", "--list", copy)) == 2, kept)
    d.run("backup", "--verify", copy)
    d.run("backup", copy, "--keep", "0", status=2)
    for name in files(copy):
        tap.check(os.stat(os.path.join(copy, name)).st_mode & 0o77 == 0, name)


def a_killed_backup_harms_nothing():
    d = small()
    copy = d.path("copy")
    for n in range(40):
        d.run("act", "attach", "ZG-0001", "--file", d.write("f%d.bin" % n, "x" * (n + 1)))
    begun = time.time()
    d.run("backup", d.path("measure"))
    took = time.time() - begun
    d.run("backup", copy)
    whole = newest(d, copy)
    for n in range(8):
        d.run("act", "attach", "ZG-0001", "--file", d.write("g%d.bin" % n, "y" * (n + 1)))
        child = d.start("backup", copy)
        time.sleep(CHANCE.random() * took)
        child.kill()
        child.communicate()
        listed = d.lines("backup", "--list", copy)
        tap.check(whole["backup"] in [row["backup"] for row in listed], listed)
        checked = d.run("backup", "--verify", copy, "--json").json()
        tap.check(checked["entries"] == listed[-1]["entries"], checked)
    d.run("backup", copy)
    left = [name for name in files(copy) if ".tmp" in name]
    names = {row["backup"] for row in d.lines("backup", "--list", copy)}
    folders = {name for name in os.listdir(copy) if name.startswith("2")}
    tap.check(not left and folders == names, left, folders ^ names)
    d.run("restore", copy, d.path("back"))
    d.run("verify", ledger=d.path("back"))


def a_killed_restore_is_begun_again():
    d = small()
    for n in range(20):
        d.run("act", "attach", "ZG-0001", "--file", d.write("f%d.bin" % n, "x" * (n + 1)))
    d.run("backup", d.path("copy"))
    begun = time.time()
    d.run("restore", d.path("copy"), d.path("measure"))
    took = time.time() - begun
    for n in range(8):
        there = d.path("there%d" % n)
        child = d.start("restore", d.path("copy"), there)
        time.sleep(CHANCE.random() * took)
        child.kill()
        child.communicate()
        if not os.path.exists(os.path.join(there, "ledger.db")):
            d.run("list", "problems", ledger=there, status=2)  # it is no ledger
            d.run("restore", d.path("copy"), there)
        d.run("verify", ledger=there)
        tap.check(not [name for name in files(there) if ".tmp" in name or "restoring" in name])


def a_folder_is_one_ledgers():
    d, other = small(), small()
    d.run("backup", d.path("copy"))
    said = other.run("backup", d.path("copy"), status=2)
    tap.check("another ledger" in said.err, said)
    os.mkdir(d.path("mine"))
    d.write("mine/letter.txt", "别动")
    said = d.run("backup", d.path("mine"), status=2)
    tap.check(files(d.path("mine")) == ["letter.txt"] and "mine" in said.err, said)
    # A ledger that was set back does not grow into the backups of what came after.
    d.run("restore", d.path("copy"), d.path("old"))
    d.run("act", "chase", "ZG-0001", "--text", "一")
    d.run("backup", d.path("copy"))
    before = files(d.path("copy"))
    said = d.run("backup", d.path("copy"), ledger=d.path("old"), status=1)
    tap.check("old" in said.err and files(d.path("copy")) == before, said)
    d.run("act", "chase", "ZG-0001", "--text", "别的", ledger=d.path("old"))
    d.run("backup", d.path("copy"), ledger=d.path("old"), status=1)
    tap.check("旧" in d.run("backup", d.path("copy"), ledger=d.path("old"), lang=ZH, status=1).err)


# --- secrets --------------------------------------------------------------------------------------

def what_was_erased_stays_erased():
    d = small()
    copy = d.path("copy")
    d.run("backup", copy)
    first = newest(d, copy)
    (commitment,), = ask(d, "SELECT commitment FROM sealed")
    wrapped = ask(d, "SELECT HEX(wrapped) FROM sealed")[0][0].lower().encode()
    tap.check(any(wrapped in data for data in d.tree(copy).values()), "the control is there")
    ask(d, "DELETE FROM sealed WHERE commitment = ?", commitment)
    said = d.run("backup", copy, "--json").json()
    tap.check(said["erased"] == 1, said)
    tap.check(not any(wrapped in data for data in d.tree(copy).values()), "its key is still there")
    for n, name in enumerate((copy, os.path.join(copy, first["backup"]))):
        d.run("restore", name, d.path("again%d" % n))
        d.run("verify", ledger=d.path("again%d" % n))
        tap.check("王小明" not in d.run("show", "ZG-0001", ledger=d.path("again%d" % n)).out)


def keys_are_there_or_are_not():
    d = small()
    copy = d.path("copy")
    said = d.run("backup", copy)
    tap.check("keys" in said.out and files(os.path.join(copy, "keys")) == ["log.key", "seal.key"])
    said = d.run("backup", copy, "--without-keys")
    tap.check("no keys" in said.out and files(os.path.join(copy, "keys")) == [], said)
    said = d.run("restore", copy, d.path("bare"))
    tap.check("no keys" in said.out, said)
    d.run("verify", ledger=d.path("bare"))
    tap.check("王小明" not in d.run("show", "ZG-0001", ledger=d.path("bare")).out)
    tap.check("keys/log.key" in d.run("act", "chase", "ZG-0001", ledger=d.path("bare"), status=3).err)
    d.run("restore", copy, d.path("keyed"), "--keys-from", os.path.join(d.ledger, "keys"))
    tap.check("王小明" in d.run("show", "ZG-0001", ledger=d.path("keyed")).out)
    other = Desk()
    keys = other.path("ledger", "keys")
    said = d.run("restore", copy, d.path("wrong"), "--keys-from", keys, status=2)
    tap.check("log.key" in said.err and not os.path.exists(d.path("wrong", "ledger.db")), said)
    shutil.copy(os.path.join(d.ledger, "keys", "log.key"), keys)
    said = d.run("restore", copy, d.path("wrong"), "--keys-from", keys, status=2)
    tap.check("seal.key" in said.err and not os.path.exists(d.path("wrong", "ledger.db")), said)


def passwords_return_and_sessions_do_not():
    d = small()
    d.run("passwd", desk.CLERK, given="correct horse\n")
    ask(d, "INSERT INTO session VALUES (?, 'chen', 1, 1, '', '')", "0" * 64)
    d.run("person", "token", "add", desk.CLERK, "--label", "表", "--as", desk.CLERK)
    d.run("backup", d.path("copy"))
    d.run("restore", d.path("copy"), d.path("back"))
    d.run("restore", d.ledger, d.path("side"), "--copy")  # from a ledger's folder, too
    for there in (d.path("back"), d.path("side")):
        tap.check(ask(d, "SELECT hash FROM credential") == ask(d, "SELECT hash FROM credential",
                                                               ledger=there) != [])
        for table in ("session", "token"):
            tap.check(ask(d, "SELECT COUNT(*) FROM %s" % table, ledger=there) == [(0,)], table)
    # Before they were known, their codes may become somebody else's.
    d.run("restore", d.path("copy"), d.path("early"), "--size", "3")
    tap.check(ask(d, "SELECT COUNT(*) FROM credential", ledger=d.path("early")) == [(0,)])


# --- identity and rollback ------------------------------------------------------------------------

def an_old_state_is_told():
    d = small()
    d.run("backup", d.path("copy"))
    early = d.run("checkpoint").out
    d.run("act", "chase", "ZG-0001", "--text", "一")
    late = d.write("late.note", d.run("checkpoint").out)
    have, then = d.entries() - 1, d.entries()
    said = d.run("restore", d.path("copy"), d.path("old"), "--checkpoint", late, status=1)
    tap.check(str(have) in said.out and str(then) in said.out and "older" in said.out, said)
    for lang, word in (("C", "older"), (ZH, "早于")):
        said = d.run("verify", "--checkpoint", late, ledger=d.path("old"), lang=lang, status=1)
        tap.check(word in said.err and str(have) in said.err and str(then) in said.err, said)
    d.run("verify", "--checkpoint", d.write("early.note", early), ledger=d.path("old"))
    # Served it says the same; another history is not served at all.
    child = d.start("-L", d.path("old"), "serve", "--listen", "127.0.0.1:0", "--checkpoint", late)
    child.stdout.readline()
    child.terminate()
    out, err = child.communicate(timeout=60)
    tap.check(b"older" in err and child.returncode == 0, err)
    for _ in range(2):
        d.run("act", "chase", "ZG-0001", "--text", "别的", ledger=d.path("old"))
    said = d.run("serve", "--listen", "127.0.0.1:0", "--checkpoint", late, ledger=d.path("old"),
                 status=1)
    tap.check("does not agree" in said.err, said)
    said = d.run("restore", d.path("old"), d.path("no"), "--checkpoint", late, status=1)
    tap.check(not os.path.exists(d.path("no", "ledger.db")), said)


def a_copy_is_another_ledger():
    d = small()
    d.run("backup", d.path("copy"))
    mine = d.write("mine.note", d.run("checkpoint").out)
    there = d.path("beside")
    said = d.run("restore", d.path("copy"), there, "--copy", "--json").json()
    origin = d.run("checkpoint").out.splitlines()[0]
    tap.check(said["copy"] and said["origin"] != origin, said)
    tap.check(d.run("checkpoint", ledger=there).out.splitlines()[0] == said["origin"])
    tap.check("王小明" in d.run("show", "ZG-0001", ledger=there).out)
    d.run("act", "chase", "ZG-0001", "--text", "在副本中", ledger=there)
    d.run("verify", ledger=there)
    d.run("verify", "--log-only", ledger=there)
    d.run("verify", "--checkpoint", mine, ledger=there)  # what both have in common
    yours = d.write("yours.note", d.run("checkpoint", ledger=there).out)
    d.run("verify", "--checkpoint", yours, ledger=there)
    d.run("verify", "--checkpoint", yours, status=1)
    before = d.run("rebuild", "--dump", ledger=there).out
    d.run("rebuild", ledger=there)
    tap.check(d.run("rebuild", "--dump", ledger=there).out == before)
    # Its export is its own, and not the original's.
    d.run("export", "log", "-o", d.path("copy.json"), ledger=there)
    d.run("verify", d.path("copy.json"), ledger=there)
    d.run("verify", d.path("copy.json"), ledger="", cwd=d.tmp)
    d.run("verify", d.path("copy.json"), status=1)
    # Backed up and put back it is what it was.
    d.run("backup", d.path("copy"), ledger=there, status=2)
    d.run("backup", d.path("own"), ledger=there)
    d.run("restore", d.path("own"), d.path("third"))
    tap.check(d.run("checkpoint", ledger=d.path("third")).out ==
              d.run("checkpoint", ledger=there).out)
    # Its key does not sign for the original, nor the original's for it.
    with open(os.path.join(there, "keys", "log.key"), "rb") as a:
        with open(os.path.join(d.ledger, "keys", "log.key"), "rb") as b:
            tap.check(a.read() != b.read())


# --- what is damaged or foreign -------------------------------------------------------------------

def what_is_damaged_is_named():
    d = small()
    good = d.path("good")
    d.run("backup", good)
    name = newest(d, good)["backup"]
    cases = [(glob.glob(os.path.join(good, what))[0], how) for what, how in (
        ("log/*", "flip"), ("log/*", "cut"), ("log/*", "gone"), ("evidence/*/*", "gone"),
        ("evidence/*/*", "flip"), (name + "/manifest.json", "flip"), (name + "/manifest.json", "cut"),
        (name + "/beside.jsonl", "flip"), (name + "/beside.jsonl", "gone"), (name + "/config.json", "flip"))]
    for n, (path, how) in enumerate(cases):
        bad, new = d.path("bad%d" % n), d.path("new%d" % n)
        shutil.copytree(good, bad)
        path = os.path.join(bad, os.path.relpath(path, good))
        with open(path, "rb") as f:
            data = f.read()
        os.remove(path)
        if how != "gone":
            at = CHANCE.randrange(len(data))
            with open(path, "wb") as f:
                f.write(data[:at] if how == "cut" else
                        data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
        for command in (("restore", bad, new), ("backup", "--verify", bad)):
            said = d.run(*command, status=1)
            tap.check(os.path.relpath(path, bad) in said.err and said.out == "", how, said)
            said = d.run(*command, status=1, lang=ZH)
            tap.check("备份中的" in said.err and os.path.relpath(path, bad) in said.err, how, said)
        tap.check(not os.path.exists(os.path.join(new, "ledger.db")), how, path)
        # Mended from another copy it goes on in the same folder.
        shutil.copy(os.path.join(good, os.path.relpath(path, bad)), path)
        d.run("restore", bad, new)
        d.run("verify", ledger=new)


def evidence_that_is_lost_is_listed():
    d = small()
    d.run("backup", d.path("copy"))
    os.remove(glob.glob(d.path("copy", "evidence", "*", "*"))[0])
    said = d.run("restore", d.path("copy"), d.path("back"), "--incomplete", status=1)
    tap.check("one.txt" in said.err and "1 evidence files are missing" in said.out, said)
    tap.check("路灯不亮" in d.run("list", "problems", ledger=d.path("back")).out)
    tap.check("one.txt" in d.run("verify", ledger=d.path("back"), status=1).err)


def a_log_that_was_altered_is_no_backup():
    """Whoever alters the log and mends every sum still has no signature."""
    d = small()
    copy = d.path("copy")
    d.run("backup", copy)
    name = newest(d, copy)["backup"]
    path = glob.glob(os.path.join(copy, "log", "*"))[0]
    manifest = os.path.join(copy, name, "manifest.json")
    with open(path, "rb") as f:
        log = f.read()
    altered = log.replace("路灯不亮".encode(), "路灯全亮".encode())
    with open(path, "wb") as f:
        f.write(altered)
    with open(manifest, "rb") as f:
        line = f.read().splitlines(True)[0]
    line = line.replace(hashlib.sha256(log).hexdigest().encode(),
                        hashlib.sha256(altered).hexdigest().encode())
    with open(manifest, "wb") as f:
        f.write(line + hashlib.sha256(line).hexdigest().encode() + b"\n")
    tap.check(altered != log)
    d.run("restore", copy, d.path("back"), status=1)
    d.run("backup", "--verify", copy, status=1)
    tap.check(not os.path.exists(d.path("back", "ledger.db")))


def a_full_place_is_left_alone():
    d = small()
    d.run("backup", d.path("copy"))
    os.mkdir(d.path("full"))
    d.write("full/letter.txt", "别动")
    said = d.run("restore", d.path("copy"), d.path("full"), status=2)
    tap.check("letter.txt" in said.err and files(d.path("full")) == ["letter.txt"], said)
    d.run("restore", d.path("copy"), d.ledger, status=2)
    for place in (d.path("nowhere"), d.path("full")):
        said = d.run("restore", place, d.path("new"), status=2)
        tap.check(place in said.err and not os.path.exists(d.path("new")), said)


def a_ledger_of_an_older_version_is_put_back():
    d = older()
    before = d.tree(d.ledger)
    d.run("restore", d.ledger, d.path("now"))
    tap.check({n: b for n, b in d.tree(d.ledger).items() if "-shm" not in n and "-wal" not in n} ==
              {n: b for n, b in before.items()}, "the older one was changed")
    d.run("verify", ledger=d.path("now"))
    tap.check("王小明" in d.run("show", "ZG-0041", ledger=d.path("now")).out)
    d.run("export", "log", "-o", "now.json", ledger=d.path("now"))
    with open(d.path("now.json"), "rb") as now:
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                               "../fixtures/ledger-v1.json"), "rb") as then:
            tap.check(now.read() == then.read())


if __name__ == "__main__":
    desk.run_all(
        a_ledger_in_use_is_lost_and_put_back, a_moment_is_what_it_was,
        a_second_backup_copies_what_is_new, a_killed_backup_harms_nothing,
        a_killed_restore_is_begun_again, a_folder_is_one_ledgers, what_was_erased_stays_erased,
        keys_are_there_or_are_not, passwords_return_and_sessions_do_not, an_old_state_is_told,
        a_copy_is_another_ledger, what_is_damaged_is_named, evidence_that_is_lost_is_listed,
        a_log_that_was_altered_is_no_backup, a_full_place_is_left_alone,
        a_ledger_of_an_older_version_is_put_back)
