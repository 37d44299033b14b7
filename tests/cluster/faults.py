"""faults.py: what a drill does to a cluster. Each is a function of the cluster and the name of its
primary; it does its harm and returns what mends it. Whether anything was lost is for the journals."""
import contextlib
import os
import subprocess
import threading

from cluster import DATABASES, Broken, wait


def primary_killed(cluster, primary):
    cluster.kill(primary)
    return lambda: cluster.spawn(primary)


def primary_paused(cluster, primary):
    """As a machine that hangs for a while and wakes up believing that it is the primary."""
    cluster.pause(primary)
    return lambda: cluster.resume(primary)


def primary_cut_off(cluster, primary):
    """It runs, and nobody reaches it, nor it anybody: what it says and hears gets lost."""
    cluster.pause("cable-" + primary)
    return lambda: cluster.resume("cable-" + primary)


def standby_paused(cluster, primary):
    """The one that every commit waits for."""
    standby = cluster.synchronous()[0]
    cluster.pause(standby)
    return lambda: cluster.resume(standby)


def standby_behind(cluster, primary):
    """The other one is far behind when the primary is lost: it must not be the next one."""
    behind = (set(DATABASES) - {primary, *cluster.synchronous()}).pop()
    cluster.pause(behind)
    wait(20, "commit without it", lambda: cluster.sql("CREATE TABLE IF NOT EXISTS behind (n int)") == "")
    cluster.kill(primary)
    cluster.resume(behind)
    return lambda: cluster.spawn(primary)


def disk_full(cluster, primary):
    """So full that no new segment of the log fits; what is left of the old ones is used up."""
    filler = cluster.path(primary, "filler")
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as f:
        while f.write(bytes(1 << 20)):
            pass
    with contextlib.suppress(Broken):
        for _ in range(20):
            cluster.sql("SELECT pg_switch_wal()", "postgres", "postgres")

    def mend():
        os.unlink(filler)
        if cluster.primary() != primary:  # it may have given up in the middle of anything
            cluster.kill(primary)
            cluster.spawn(primary)
    return mend


def connections_dropped(cluster, primary):
    """Again and again for some seconds, whatever they are doing."""
    over = threading.Event()

    def drop():
        while not over.wait(0.1):
            with contextlib.suppress(Broken):
                cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = "
                            "'xiaohao'", "postgres", "postgres")
    thread = threading.Thread(target=drop)
    thread.start()
    over.wait(4)
    over.set()
    thread.join()
    return lambda: None


def node_killed(cluster, primary):
    cluster.kill(cluster.nodes[0])
    return lambda: cluster.spawn(cluster.nodes[0])


def all_nodes_killed(cluster, primary):
    """And started again at once, as systemd does."""
    for node in cluster.nodes:
        cluster.kill(node)
    for node in cluster.nodes:
        cluster.spawn(node)
    return lambda: None


def node_paused(cluster, primary):
    cluster.pause(cluster.nodes[0])
    return lambda: cluster.resume(cluster.nodes[0])


def can_mount():
    """Whether this process may give a database a small disk of its own."""
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True,
        check=False).returncode == 0
