#!/usr/bin/env python3
"""stopping.py XIAOHAO: after a cluster was stopped nothing of it is left, however its start ended, and
nobody else's process was ended."""
import os
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import tap  # noqa: E402
from cluster import Cluster, processes, wait  # noqa: E402

XIAOHAO = os.path.abspath(sys.argv[1])
PLACE = os.path.join(tempfile.mkdtemp(prefix="xiaohao-stopping-"), "cluster")
os.chmod(os.path.dirname(PLACE), 0o755)  # who runs it has to come there


def command(*words, **how):
    return subprocess.Popen([sys.executable, os.path.join(HERE, "cluster.py"), XIAOHAO, PLACE, *words],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)


def ask(*words, status=0):
    process = command(*words)
    out, err = process.communicate(timeout=100)
    tap.check(process.returncode == status, words, "ended with", process.returncode, out, err)
    return out + err


def segments():
    with open("/proc/sysvipc/shm", encoding="ascii") as f:
        return {line.split()[1] for line in f.read().splitlines()[1:]}


def nothing_left():
    tap.check(not processes(PLACE), "processes are left", processes(PLACE))
    tap.check(not os.path.exists(PLACE), "the folder is left")
    tap.check(segments() <= before, "shared memory is left")


def start_and_interrupt(sign, sooner):
    """Interrupts a start when that program has begun to work."""
    process = command("start")
    wait(60, sooner, lambda: processes(os.path.join(PLACE, sooner)))
    process.send_signal(sign)
    process.communicate(timeout=60)
    tap.check(process.returncode != 0)


def interrupted():
    for sign in (signal.SIGINT, signal.SIGTERM):
        start_and_interrupt(sign, "pg1")
        nothing_left()


def killed_while_it_started():
    start_and_interrupt(signal.SIGKILL, "pg2")
    tap.check(processes(PLACE), "nothing was left to stop")
    ask("stop")
    nothing_left()


def a_whole_life():
    """Start, status, kill, again, pause, resume, stop; a bystander in the folder lives on."""
    out = ask("start")
    tap.check("leader, running" in out and "http://127.0.0.1:" in out, out)
    tap.check("is not empty" in ask("start", status=1))
    cluster = Cluster(PLACE)
    tap.check(cluster.sql("SELECT current_user") == "xiaohao")
    tap.check("There is no node9" in ask("kill", "node9", status=1))
    ask("kill", "node1")
    tap.check("node1      not running" in ask("status"))
    ask("again", "node1")
    ask("pause", "node1")
    tap.check("node1      paused" in ask("status"))
    ask("resume", "node1")
    tap.check("node1      running" in ask("status"))
    bystander = subprocess.Popen(["sleep", "100"], cwd=os.path.dirname(PLACE))
    ask("stop")
    tap.check(bystander.poll() is None, "a bystander was ended")
    bystander.kill()
    bystander.wait()
    nothing_left()
    tap.check("There is no cluster" in ask("stop", status=1))


before = segments()
try:
    tap.run([("a start that is interrupted leaves nothing", interrupted),
             ("after one that was killed stop leaves nothing", killed_while_it_started),
             ("start, kill, pause, stop", a_whole_life)])
finally:
    Cluster(PLACE).stop()
    if os.path.exists(os.path.dirname(PLACE)):
        os.rmdir(os.path.dirname(PLACE))
