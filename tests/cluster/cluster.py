#!/usr/bin/env python3
"""cluster.py: a cluster on one machine, in one folder: etcd, PostgreSQL as a primary with two
standbys under Patroni, nodes that serve a ledger in it (or in a folder), and a proxy before them. script/cluster says what a
person can do with it.

Every program has a folder of its own in the cluster's, of its name: there lie its settings and its
log, and there it works. Its processes are those whose working folder that is, or one within, and
that have no terminal. So none is missed, whatever it started and however the start ended, and no
list of process ids can be out of date.

A standby's and the primary's whole traffic goes through a cable of theirs, if wanted: a proxy for
three ports, which a drill stops in order to cut that one off from all others."""
import contextlib
import glob
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from processes import AS, USER, folder, free_ports, listens, own, write  # noqa: E402

DATABASES = ("pg1", "pg2", "pg3")
NODES = 3
TTL = 15  # seconds
PROGRAMS = "/usr/lib/postgresql/*/bin"
PYTHON, PATRONI = "/usr/bin/python3", "/usr/bin/patroni"
ETCD, HAPROXY = "/usr/bin/etcd", "/usr/sbin/haproxy"


class Broken(Exception):
    """The cluster is not as it should be, with a sentence for a person."""


def wait(seconds, what, holds):
    """Waits until holds() is true, and returns what it said; a Broken after that many seconds."""
    until = time.monotonic() + seconds
    while True:
        said = holds()
        if said:
            return said
        if time.monotonic() > until:
            raise Broken("After %d seconds there is still no %s." % (seconds, what))
        time.sleep(0.1)


def processes(place):
    """The ids of the processes that work in that folder and have no terminal; not ourselves."""
    found = []
    for entry in glob.glob("/proc/[0-9]*"):
        with contextlib.suppress(OSError):
            at = os.readlink(entry + "/cwd").removesuffix(" (deleted)")
            if at != place and not at.startswith(place + "/"):
                continue
            with open(entry + "/stat", encoding="utf-8", errors="replace") as f:
                state, _, _, _, terminal = f.read().rsplit(")", 1)[1].split()[:5]
            pid = int(entry.split("/")[2])
            if terminal == "0" and state != "Z" and pid != os.getpid():
                found.append(pid)
    return found


class Cluster:
    """settings: what start() chose, kept in cluster.json: ports, password, options."""

    def __init__(self, place):
        self.place = os.path.realpath(place)
        self.settings = {}
        with contextlib.suppress(FileNotFoundError), open(self.path("cluster.json"),
                                                          encoding="utf-8") as f:
            self.settings = json.load(f)

    def path(self, *names):
        return os.path.join(self.place, *names)

    def port(self, name):
        return self.settings["ports"][name]

    # --- what there is ---------------------------------------------------------------------------

    @property
    def names(self):
        """In the order in which they are started."""
        cables = ["cable-" + name for name in DATABASES] if self.settings["cables"] else []
        return ([*(["etcd", *cables, *DATABASES] if self.settings["database"] else []),
                 *(["proxy", *self.nodes] if self.nodes else [])])

    @property
    def nodes(self):
        return ["node%d" % (n + 1) for n in range(self.settings["nodes"])]

    @property
    def url(self):
        """Where clients find the primary, whoever that is; PGPASSWORD is settings["password"]."""
        return ("postgresql://xiaohao@%s/xiaohao?target_session_attrs=read-write&connect_timeout=2"
                % ",".join("127.0.0.1:%d" % self.reached(name) for name in DATABASES))

    @property
    def ledger(self):
        """The options that name the ledger that the nodes serve: the database, where there is one, and
        a folder for the rest, which all nodes share."""
        return (["-L", self.url, "--keys", self.path("ledger")] if self.settings["database"] else
                ["-L", self.path("ledger")])

    @property
    def standbys(self):
        """Where nodes find a standby to read from, or the primary when there is none."""
        return self.url.replace("=read-write", "=prefer-standby")

    @property
    def address(self):
        """Where people find it."""
        return "http://127.0.0.1:%d" % self.port("proxy")

    @property
    def environment(self):
        return {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8",
                "PGPASSWORD": self.settings["password"],
                **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS")
                   if name in os.environ}}

    def reached(self, name, what=""):
        """The port at which others reach it; what: "" for PostgreSQL, "-api" for Patroni."""
        return self.port(("cable-" if self.settings["cables"] else "") + name + what)

    def members(self):
        """{name: {"role": …, "state": …}}, as Patroni says; empty while nobody answers."""
        for name in DATABASES:
            with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(
                    "http://127.0.0.1:%d/cluster" % self.port(name + "-api"), timeout=1) as answer:
                return {m["name"]: m for m in json.load(answer)["members"]}
        return {}

    def primary(self):
        """Its name, or none."""
        return next((name for name, m in self.members().items()
                     if m["role"] == "leader" and m["state"] == "running"), None)

    def synchronous(self):
        """The names of the standbys that hold whatever was acknowledged."""
        return [name for name, m in self.members().items()
                if m["role"] == "sync_standby" and m["state"] == "running"]

    def healthy(self):
        """All three run, one of the two standbys synchronously; the primary's name."""
        return (self.primary() if len(self.synchronous()) == 1 and
                all(m["state"] == "running" for m in self.members().values()) and
                len(self.members()) == len(DATABASES) else None)

    def status(self):
        """[(name, state)] of each program."""
        members, rows = self.members(), []
        for name in self.names:
            pids = processes(self.path(name))
            state = "running" if pids else "not running"
            if pids and all(self.stopped(pid) for pid in pids):
                state = "paused"
            member = members.get(name)
            if pids and member:
                state += ", %s, %s" % (member["role"], member["state"])
            rows.append((name, state))
        return rows

    @staticmethod
    def stopped(pid):
        with contextlib.suppress(OSError), open("/proc/%d/stat" % pid, encoding="utf-8",
                                                errors="replace") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "T"
        return False

    def sql(self, text, database="xiaohao", user="xiaohao"):
        """What psql says on the primary."""
        url = self.url.replace("xiaohao@", user + "@").replace("/xiaohao?", "/%s?" % database)
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text, url],
                              capture_output=True, text=True, env=self.environment, check=False)
        if done.returncode:
            raise Broken(done.stderr.strip())
        return done.stdout.strip()

    def run(self, *words, ok=(0,)):
        """What a command on the ledger says."""
        done = subprocess.run([self.path("xiaohao"), *self.ledger, *words], capture_output=True,
                              text=True, env=self.environment, cwd=self.place, check=False, **AS)
        if done.returncode not in ok:
            raise Broken("%s ended with %d\n%s%s" % (" ".join(words), done.returncode, done.stdout,
                                                     done.stderr))
        return done.stdout

    # --- start and stop ----------------------------------------------------------------------------

    def start(self, database=True, cables=False, disk=0, ttl=TTL, nodes=0, xiaohao=None):
        """Starts all in the folder, which is empty or does not exist, and returns when all work. ttl:
        after so many seconds of silence a primary is replaced. disk: so many MiB for each database,
        instead of the whole disk; for root. nodes: so many serve a new ledger; xiaohao: the program.
        If anything fails, nothing is left."""
        if os.path.isdir(self.place) and os.listdir(self.place):
            raise Broken("%s is not empty." % self.place)
        os.makedirs(self.place, exist_ok=True)
        try:
            self.prepare(database, cables, disk, ttl, nodes)
            if database:
                self.start_database()
            if nodes:
                self.start_nodes(xiaohao)
        except BaseException as why:
            logs = self.logs() if isinstance(why, Broken) else ""
            self.stop()
            if logs:
                raise Broken("%s\n%s" % (why, logs)) from why
            raise

    def start_database(self):
        for name in self.names:
            if name not in ("proxy", *self.nodes):
                self.spawn(name)
            if name == "etcd":
                wait(30, "etcd", lambda: listens(self.port("etcd")))
            if name == DATABASES[0]:  # whoever comes first is the primary
                wait(60, "primary", self.primary)
        wait(90, "pair of standbys", self.healthy)
        self.sql("CREATE ROLE xiaohao LOGIN PASSWORD '%s'" % self.settings["password"], "postgres",
                 "postgres")
        self.sql("CREATE DATABASE xiaohao OWNER xiaohao", "postgres", "postgres")

    def start_nodes(self, xiaohao):
        shutil.copy(xiaohao, self.path("xiaohao"))  # it may lie where only its owner can read
        own(self.path("xiaohao"))
        self.run("init")
        for name in ("proxy", *self.nodes):
            self.spawn(name)
        wait(30, "node that answers", self.serving)

    def serving(self):
        with contextlib.suppress(OSError), urllib.request.urlopen(self.address + "/health",
                                                                  timeout=1) as answer:
            return answer.status == 200
        return False

    def stop(self):
        """Ends every process of the cluster, whatever state it is in, and removes its folder."""
        for name in self.names if self.settings else ():
            self.kill(name)
        for name in DATABASES:
            self.forget_memory(name)
            if os.path.ismount(self.path(name)):
                subprocess.run(["umount", self.path(name)], check=True)
        if self.settings:
            shutil.rmtree(self.place, ignore_errors=True)

    def forget_memory(self, name):
        """A PostgreSQL that was killed leaves a segment of shared memory, which its data folder names."""
        with contextlib.suppress(FileNotFoundError, IndexError), open(
                self.path(name, "data/postmaster.pid"), encoding="utf-8") as f:
            segment = f.read().splitlines()[6].split()[1]
            subprocess.run(["ipcrm", "-m", segment], capture_output=True, check=False)

    def logs(self):
        """The last lines of each program's log."""
        out = ""
        for path in sorted(glob.glob(self.path("*", "log"))):
            with open(path, encoding="utf-8", errors="replace") as f:
                out += "--- %s\n%s\n" % (os.path.relpath(path, self.place), f.read()[-1500:])
        return out

    def prepare(self, database, cables, disk, ttl, nodes):
        """Chooses ports and writes every program's settings."""
        kinds = ["etcd", "etcd-peer", "proxy", *("node%d" % (n + 1) for n in range(nodes))]
        for name in DATABASES:
            kinds += [name, name + "-api"] + ["cable-" + name + w for w in ("", "-api", "-etcd")]
        self.settings = {"ports": dict(zip(kinds, free_ports(len(kinds)))), "database": database,
                         "cables": cables, "ttl": ttl, "nodes": nodes,
                         "password": secrets.token_hex(16)}
        own(self.place)
        if subprocess.run(["/usr/bin/test", "-w", self.place], check=False, **AS).returncode:
            raise Broken("%s lies where %s, as whom all runs, cannot come; choose another folder."
                         % (self.place, USER))
        write(self.path("cluster.json"), json.dumps(self.settings, indent=1))
        for name in self.names:
            folder(self.path(name))
        if nodes:
            write(self.path("proxy", "haproxy.cfg"), self.proxy())
        for name in DATABASES if database else ():
            if disk:
                subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm" % disk, "tmpfs",
                                self.path(name)], check=True)
                own(self.path(name))
            write(self.path(name, "patroni.yml"), json.dumps(self.patroni(name), indent=1))  # JSON is YAML
            if cables:
                write(self.path("cable-" + name, "haproxy.cfg"), self.cable(name))

    def patroni(self, name):
        ttl, password = self.settings["ttl"], self.settings["password"]
        return {
            "scope": "xiaohao", "name": name,
            "restapi": {"listen": "127.0.0.1:%d" % self.port(name + "-api"),
                        "connect_address": "127.0.0.1:%d" % self.reached(name, "-api")},
            # The older protocol: in Debian 12 (Patroni 3.0.2) a primary that was paused and wakes up
            # takes the lock back from its successor with etcd3, whoever holds it, and what was
            # acknowledged meanwhile is lost. As a proxy: it is not to look for another way to etcd
            # than the cable.
            "etcd": {"hosts": ["127.0.0.1:%d" % (self.port("cable-%s-etcd" % name)
                                                  if self.settings["cables"] else self.port("etcd"))],
                      "use_proxies": True},
            "bootstrap": {
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
                "dcs": {
                    "ttl": ttl, "loop_wait": max(1, ttl // 10), "retry_timeout": max(3, ttl // 4),
                    # What was acknowledged is on two machines, always: without a standby nothing is.
                    "synchronous_mode": True, "synchronous_mode_strict": True,
                    # A primary that crashed is replaced at once; none is waited for.
                    "primary_start_timeout": 0, "master_start_timeout": 0,
                    "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": {
                        # A standby that is silent holds commits up for so long, and is replaced.
                        "wal_sender_timeout": "5s", "wal_receiver_timeout": "5s",
                        "wal_retrieve_retry_interval": "1s",
                        # A node that hangs or is gone gives back the locks that it holds.
                        "idle_in_transaction_session_timeout": "10s",
                        "tcp_keepalives_idle": 5, "tcp_keepalives_interval": 2,
                        "tcp_keepalives_count": 3, "tcp_user_timeout": "10s",
                        "max_connections": 200}}}},
            "postgresql": {
                "listen": "127.0.0.1:%d" % self.port(name),
                "connect_address": "127.0.0.1:%d" % self.reached(name),
                "data_dir": self.path(name, "data"), "bin_dir": sorted(glob.glob(PROGRAMS))[-1],
                "pgpass": self.path(name, "pgpass"),
                "authentication": {
                    "superuser": {"username": "postgres", "password": password},
                    "replication": {"username": "replicator", "password": password}},
                "pg_hba": ["host all all 127.0.0.1/32 scram-sha-256",
                           "host replication replicator 127.0.0.1/32 scram-sha-256"],
                "remove_data_directory_on_rewind_failure": True,
                "remove_data_directory_on_diverged_timelines": True,
                "parameters": {"unix_socket_directories": "", "shared_buffers": "32MB",
                               # Files in the data folder: nothing stays behind in /dev/shm.
                               "dynamic_shared_memory_type": "mmap"}}}

    def cable(self, name):
        ways = ((self.port("cable-" + name), self.port(name)),
                (self.port("cable-%s-api" % name), self.port(name + "-api")),
                (self.port("cable-%s-etcd" % name), self.port("etcd")))
        return ("defaults\n mode tcp\n timeout connect 2s\n timeout client 1h\n timeout server 1h\n" +
                "".join("listen from-%d\n bind 127.0.0.1:%d\n server to 127.0.0.1:%d\n" % (a, a, b)
                        for a, b in ways))

    def proxy(self):
        """A node that does not answer is left out. A request that came to none is given to another;
        one that may have come to a node never is: whoever sent it knows whether it can be repeated."""
        return ("defaults\n mode http\n timeout connect 2s\n timeout client 60s\n timeout server 60s\n"
                " option forwardfor\n option redispatch\n retries 3\n retry-on conn-failure\n"
                "frontend web\n bind 127.0.0.1:%d\n default_backend nodes\n"
                "backend nodes\n option httpchk GET /health\n" % self.port("proxy") +
                "".join(" server %s 127.0.0.1:%d check inter 500ms fall 2 rise 1\n"
                        % (name, self.port(name)) for name in self.nodes))

    def command(self, name):
        if name == "etcd":
            own_url, peer = ("http://127.0.0.1:%d" % self.port(p) for p in ("etcd", "etcd-peer"))
            return [ETCD, "--name", "etcd", "--enable-v2", "--data-dir", "data", "--listen-client-urls", own_url,
                    "--advertise-client-urls", own_url, "--listen-peer-urls", peer,
                    "--initial-advertise-peer-urls", peer, "--initial-cluster", "etcd=" + peer]
        if name in DATABASES:
            return [PYTHON, PATRONI, "patroni.yml"]
        if name in self.nodes:
            return [self.path("xiaohao"), *self.ledger, "serve", "--proxied", "--listen",
                    "127.0.0.1:%d" % self.port(name),
                    *(["--read", self.standbys] if self.settings["database"] else [])]
        return [HAPROXY, "-db", "-f", "haproxy.cfg"]

    # --- one program -------------------------------------------------------------------------------

    def spawn(self, name):
        """Starts it, for the first time or again."""
        with open(self.path(name, "log"), "ab") as log:
            subprocess.Popen(self.command(name), cwd=self.path(name), stdin=subprocess.DEVNULL,
                             stdout=log, stderr=log, start_new_session=True,
                             env=self.environment | {"HOME": self.path(name)}, **AS)

    def signal(self, name, sign):
        """Sends all its processes the signal; how many there were."""
        pids = processes(self.path(name))
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        return len(pids)

    def kill(self, name):
        """Ends it at once, as a power cut does: it and all that it started."""
        wait(20, "end of " + name, lambda: not self.signal(name, signal.SIGKILL))

    def pause(self, name):
        self.signal(name, signal.SIGSTOP)

    def resume(self, name):
        self.signal(name, signal.SIGCONT)


# --- the command line ------------------------------------------------------------------------------

ABOUT_ONE = {"kill": Cluster.kill, "pause": Cluster.pause, "resume": Cluster.resume,
             "again": Cluster.spawn}


def show(cluster):
    for name, state in cluster.status():
        print("%-10s %s" % (name, state))
    if cluster.settings["nodes"]:
        print("%-10s %s" % ("address", cluster.address))
    if cluster.settings["database"]:
        print("%-10s %s" % ("database", cluster.url))
        print("%-10s PGPASSWORD=%s" % ("", cluster.settings["password"]))


def main():
    xiaohao, default, verb, *rest = sys.argv[1:]
    name = rest.pop(0) if verb in ABOUT_ONE and rest else None
    cluster = Cluster(rest.pop(0) if rest else default)
    if rest or (verb in ABOUT_ONE) != (name is not None):
        sys.exit("script/cluster start|run|status|stop [DIR], kill|pause|resume|again NAME [DIR]")
    # An interruption is an exception, so that a start that is not finished is undone.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if verb in ("start", "run"):
        cluster.start(nodes=NODES, xiaohao=xiaohao)
        show(cluster)
        if verb == "run":
            try:
                print("Ctrl-C stops it.", flush=True)
                signal.pause()
            finally:
                cluster.stop()
        return
    if not cluster.settings:
        sys.exit("There is no cluster in %s." % cluster.place)
    if verb == "stop":
        cluster.stop()
    elif verb == "status":
        show(cluster)
    elif name in cluster.names:
        ABOUT_ONE[verb](cluster, name)
    else:
        sys.exit("There is no %s here; there are %s." % (name, ", ".join(cluster.names)))


if __name__ == "__main__":
    try:
        main()
    except Broken as broken:
        sys.exit(str(broken))
    except KeyboardInterrupt:
        sys.exit(130)
