#!/usr/bin/env python3
"""A PostgreSQL server for tests: postgres.py COMMAND …

Starts Debian's server in a temporary folder, as nobody who matters and on a unix socket alone, runs
the command with its address in XIAOHAO_TEST_POSTGRES, and stops it. It syncs nothing, and it sorts
text in another way than by bytes, so that whoever forgets COLLATE "C" is found out."""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ADDRESS = "XIAOHAO_TEST_POSTGRES"
# In memory where that is possible; and a socket has a short path.
HOME = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
SETTINGS = {"listen_addresses": "", "fsync": "off", "full_page_writes": "off",
            "shared_buffers": "32MB", "max_connections": "60", "autovacuum": "off",
            "log_min_messages": "panic", "dynamic_shared_memory_type": "mmap"}


def programs():
    """The folder of the newest server's programs."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"),
                   key=lambda path: float(path.split("/")[4]))
    if not found:
        sys.exit("There is no PostgreSQL server here; script/bootstrap installs it.")
    return os.path.dirname(found[-1])


class Server:
    """of: another one, whose standby this is; home: where its folder is made; settings: others than
    SETTINGS, or more."""

    def __init__(self, of=None, home=HOME, **settings):
        self.settings = {**SETTINGS, **settings}
        self.folder = tempfile.mkdtemp(prefix="xh-pg-", dir=home)
        self.data = os.path.join(self.folder, "data")
        self.bin = programs()
        self.asked = ["setpriv", "--pdeathsig", "INT"]
        if os.getuid() == 0:
            who = pwd.getpwnam("postgres")
            os.chown(self.folder, who.pw_uid, who.pw_gid)
            self.asked += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        os.chmod(self.folder, 0o755)
        self.process = None
        make = ([os.path.join(self.bin, "pg_basebackup"), "-D", self.data, "-h", of.folder, "-U",
                 "xiaohao", "-R", "-c", "fast"] if of else
                [os.path.join(self.bin, "initdb"), "-D", self.data, "-U", "xiaohao",
                 "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8",
                 "--locale-provider=icu", "--icu-locale=en"])
        subprocess.run(self.asked + make, check=True, cwd="/", stdout=subprocess.DEVNULL)
        self.start()

    def start(self):
        settings = {**self.settings, "unix_socket_directories": self.folder}
        log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(
            self.asked + [os.path.join(self.bin, "postgres"), "-D", self.data]
            + [word for name, value in settings.items() for word in ("-c", "%s=%s" % (name, value))],
            cwd="/", stdin=subprocess.DEVNULL, stderr=log)
        log.close()
        for _ in range(600):
            if subprocess.run([os.path.join(self.bin, "pg_isready"), "-q", "-h", self.folder,
                               "-U", "xiaohao", "-d", "postgres"]).returncode == 0:
                return
            if self.process.poll() is not None:
                with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as f:
                    sys.exit("The PostgreSQL server did not start: " + f.read()[-2000:])
            time.sleep(0.1)
        sys.exit("The PostgreSQL server takes no connections.")

    def stop(self, how=signal.SIGQUIT):
        """At once, as if it had crashed; or with SIGINT, orderly."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait()

    def signal(self, sign):
        """To it and all that it started: SIGSTOP is a machine that hangs, SIGCONT wakes it."""
        os.kill(self.process.pid, sign)
        for name in os.listdir("/proc"):
            try:
                with open("/proc/%s/stat" % name, encoding="utf-8", errors="replace") as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
                if parent == self.process.pid:
                    os.kill(int(name), sign)
            except (OSError, ValueError):
                pass  # it has ended, or is no process

    def address(self):
        """Ends so that more parameters may be put behind it with &."""
        return "postgresql://xiaohao@/postgres?host=" + self.folder

    def sql(self, text):
        return subprocess.run([os.path.join(self.bin, "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1",
                               self.address(), "-c", text],
                              check=True, capture_output=True, text=True).stdout

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    server = Server()
    try:
        return subprocess.run(sys.argv[1:], env={**os.environ, ADDRESS: server.address()}).returncode
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
