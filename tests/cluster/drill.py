#!/usr/bin/env python3
"""drill.py XIAOHAO nodes|primary: programs send commands to a cluster that is hurt meanwhile
(faults.py), and then the journals are reckoned up (journal.py).

nodes: 32 programs over HTTP, to nodes that serve a ledger in a folder. primary: the same to nodes that
serve a ledger in PostgreSQL with its standbys, of which the primary is killed. `script/bench ha` does
everything else that faults.py has, and measures."""
import base64
import contextlib
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import faults  # noqa: E402
import journal  # noqa: E402
import tap  # noqa: E402
from cluster import Cluster, wait  # noqa: E402

ITEMS, CONTESTED = 32, 12
# Seconds within which a cluster serves again after its primary was lost. A machine that is busy with
# other things as well gets three times as long here; script/bench insists.
BACK = 30


def say(what):
    print("# " + what, flush=True)


@contextlib.contextmanager
def clustered(**how):
    """A cluster in a temporary folder, gone at the end."""
    place = tempfile.mkdtemp(prefix="xiaohao-drill-")
    cluster = Cluster(place)
    try:
        cluster.start(**how)
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(place, ignore_errors=True)


def office(cluster):
    """A campaign with items to report on and items to strike off, and the programs that will."""
    run = cluster.run
    for unit in "AB":
        run("unit", "add", unit)
    run("campaign", "add", "HZ")
    run("person", "add", "xia", "--unit", "A", "--role", "liaison")
    run("person", "add", "he", "--unit", "B", "--role", "verifier")
    run("person", "add", "lu", "--role", "approver")
    run("act", "register", *["HZ"] * (ITEMS + CONTESTED), "--text", "安全出口上锁", "--unit", "A",
        "--class", "immediate")
    codes = ["HZ-%04d" % (n + 1) for n in range(ITEMS + CONTESTED)]
    run("act", "accept", *codes, "--as", "xia")
    ready = codes[ITEMS:]
    run("act", "report", *ready, "--text", "已打开", "--as", "xia")
    run("act", "apply", *ready, "--as", "xia")
    run("act", "verify", *ready, "--pass", "--as", "he")

    def token(person):
        return run("person", "token", "add", person, "--label", "drill", "--allow",
                   "read,write").split()[0]
    return journal.Reporters(cluster.port("proxy"), token("xia"), codes[:ITEMS], token("lu"), ready)


def reckon(cluster, programs):
    """All that must hold of a ledger at the end."""
    log = cluster.path("log.json")
    cluster.run("export", "log", "-o", log)
    with open(log, "rb") as f:
        journal.reckon(programs, f.read())
    cluster.run("verify")
    checkpoint = cluster.path("checkpoint")
    for text in sorted(programs.checkpoints, key=lambda t: int(t.split("\n")[1]))[::10]:
        with open(checkpoint, "w", encoding="utf-8") as f:
            f.write(text)
        cluster.run("verify", "--log-only", "--checkpoint", checkpoint)
    say("%s, %d checkpoints" % (programs.counts(), len(programs.checkpoints)))


def hurt(cluster, programs, *chosen):
    """Does each fault and mends it, when the cluster is whole; [(fault, seconds from then until
    something that was sent later was acknowledged)]."""
    said = []
    for fault in chosen:
        primary = wait(90, "whole cluster", cluster.healthy) if cluster.settings["database"] else None
        mend = fault(cluster, primary)
        moment = time.monotonic()
        seconds = wait(3 * BACK, "acknowledgement", lambda: programs.back_since(moment))
        name = fault.__name__.replace("_", " ")
        say("%s: served again after %.1f s; %s" % (name, seconds, programs.counts()))
        said.append((name, seconds))
        mend()
        time.sleep(1)  # so long all work again, and whoever woke up does harm if they can
    if cluster.settings["database"]:
        wait(90, "whole cluster", cluster.healthy)
    return said


# --- the drills ------------------------------------------------------------------------------------

def the_reckoning_finds_what_is_wrong():
    def entry(n, **more):
        return {"seq": n, "id": "id%d" % n, "on": "HZ-1", "kind": "item.report"} | more

    def log(*entries):
        lines = [json.dumps(e).encode() for e in entries]
        root = journal.roots(lines, {len(lines)})[len(lines)]
        return b"\n".join(lines + [b"{}", b""]), "o\n%d\n%s\n" % (
            len(lines), base64.b64encode(root).decode())

    def programs(knows, seq, checkpoint):
        told = journal.Reporters(0, "", [], "", ["HZ-1"])
        command = journal.Command("/items/HZ-1/report", {}, "")
        command.id, command.knows, command.seq = "id1", knows, seq
        told.commands, told.checkpoints = [command], {checkpoint}
        return told
    good, checkpoint = log(entry(0), entry(1), entry(2))
    journal.reckon(programs(journal.ACKNOWLEDGED, 1, checkpoint), good)
    journal.reckon(programs(journal.UNKNOWN, None, checkpoint), good)
    none = hashlib.sha256(b"").digest()
    struck = {"kind": journal.STRUCK}
    for what, knows, text, kept in (
            ("lost", journal.ACKNOWLEDGED, log(entry(0), entry(1, id="x"))[0], None),
            ("twice", journal.ACKNOWLEDGED, log(entry(0), entry(1), entry(2, id="id1"))[0], None),
            ("unknown twice", journal.UNKNOWN, log(entry(0), entry(1), entry(2, id="id1"))[0], None),
            ("refused", journal.REFUSED, good, checkpoint),
            ("elsewhere", journal.ACKNOWLEDGED, log(entry(0), entry(1, on="HZ-2"))[0], None),
            ("gap", journal.UNKNOWN, log(entry(0), entry(2))[0], None),
            ("struck off twice", journal.UNKNOWN, log(entry(0, **struck), entry(1, **struck))[0], None),
            ("longer", journal.UNKNOWN, log(entry(0), entry(1))[0], checkpoint),
            ("another root", journal.UNKNOWN, good, "o\n2\n%s\n" % base64.b64encode(none).decode())):
        told = programs(knows, 1, kept)
        told.checkpoints -= {None}
        try:
            journal.reckon(told, text)
        except tap.Failure:
            continue
        raise tap.Failure("not found: " + what)


def nodes_on_a_folder_are_killed(xiaohao):
    with clustered(database=False, nodes=2, xiaohao=xiaohao) as cluster:
        with office(cluster) as programs:
            time.sleep(1)
            hurt(cluster, programs, faults.node_killed, faults.all_nodes_killed, faults.node_killed,
                 faults.all_nodes_killed)
        reckon(cluster, programs)


def primary_lost(xiaohao, *chosen, **how):
    """Does these faults to PostgreSQL, and to the nodes on it, while programs work; returns what hurt()
    said."""
    with clustered(cables=True, nodes=2, xiaohao=xiaohao, **how) as cluster:
        with office(cluster) as programs:
            time.sleep(1)
            said = hurt(cluster, programs, *chosen)
        reckon(cluster, programs)
        return said


def main():
    xiaohao = os.path.abspath(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the cluster is stopped then, too
    tap.run({
        "nodes": [
            ("the reckoning finds what is wrong", the_reckoning_finds_what_is_wrong),
            ("nodes that serve a folder are killed", lambda: nodes_on_a_folder_are_killed(xiaohao))],
        "primary": [
            ("connections are dropped, and the primary is killed", lambda: primary_lost(
                xiaohao, faults.connections_dropped, faults.primary_killed, ttl=10))]}[sys.argv[2]])


if __name__ == "__main__":
    main()
