"""servers.py: real servers on the loopback for the tests of src/net/: certificates, ports, starting
and stopping. What is started is ended by its process, whatever happens."""
import atexit
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "support")]
import desk  # noqa: E402
import tap  # noqa: E402
from processes import free_port, listens  # noqa: E402

ASK = os.path.abspath(sys.argv[2])


def certificates(folder):
    """An authority and a server's certificate for 127.0.0.1 and localhost: ca.pem, server.pem/.key;
    and another authority that signed nothing: other.pem."""
    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)
    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", "/CN=Test authority " + name, "-keyout", name + ".key",
                "-out", name + ".pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    with open(os.path.join(folder, "names"), "w", encoding="ascii") as f:
        f.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.pem")


class Server:
    """A process that listens on a port, from start to stop."""

    def __init__(self, command, port, folder):
        self.command, self.port, self.folder, self.process = command, port, folder, None
        atexit.register(self.stop)

    def start(self, seconds=60):
        self.log = open(os.path.join(self.folder, "server.log"), "ab")
        self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=self.log,
                                        stderr=self.log)
        until = time.monotonic() + seconds
        while True:
            if listens(self.port):
                return
            if self.process.poll() is not None or time.monotonic() > until:
                with open(self.log.name, encoding="utf-8", errors="replace") as f:
                    raise RuntimeError("the server does not come up: " + f.read()[-2000:])
            time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


def environment():
    """Ours, without a proxy in the way."""
    return {k: v for k, v in os.environ.items()
            if not k.lower().endswith("_proxy") and not k.startswith("LDAP")}
