"""processes.py: what tests and the benchmark share about programs that they start: free ports, and
the user that they run as, since PostgreSQL refuses root."""
import contextlib
import os
import random
import shutil
import socket

USER = "www-data"
# For subprocess: who is root runs servers as that user.
AS = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}


def own(path):
    """Gives a file or folder to the user that servers run as."""
    if AS:
        shutil.chown(path, USER, USER)


def folder(path):
    os.makedirs(path)
    own(path)
    return path


def write(path, text, mode=0o600):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w",
              encoding="utf-8") as f:
        f.write(text)
    own(path)


def free_ports(count):
    """Different ports that nobody uses, and that no connection will be given as its own end: who
    listens there can be ended and started again."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
        first = int(f.read().split()[0])
    found = []
    for port in random.sample(range(max(1024, first - 20000), first), min(first - 1024, 20000)):
        with contextlib.suppress(OSError), contextlib.closing(socket.socket()) as s:
            s.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError("There are no %d free ports below %d." % (count, first))


def free_port():
    return free_ports(1)[0]


def listens(port):
    with contextlib.suppress(OSError), contextlib.closing(
            socket.create_connection(("127.0.0.1", port), 1)):
        return True
    return False
