"""served.py: a server to visit: a ledger of its own, `xiaohao serve` on a free port, and visitors who
see what a browser or a program would see.

    served = Served()                 # the people of desk.py; the password is PASSWORD
    chen = served.sign_in("chen")
    page = chen.get("/items")         # .status, .text, .headers
    chen.post("/items/bulk", {...})   # the session's csrf goes with it
    chen.json("/items")               # what a program is told

With XIAOHAO_TEST_NODES=2 (and the ledger on a server) two nodes serve it, and a visitor's requests go
to one and the other in turn.

Suites of this folder share it: served.py stands beside them, desk.py and tap.py are found from it."""
import atexit
import http.client
import itertools
import json
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import desk  # noqa: E402
import tap  # noqa: E402

PASSWORD = "password1"
NODES = int(os.environ.get("XIAOHAO_TEST_NODES", "1"))
TURNS = {}  # by the first node's port: the ports of all of them, endlessly in turn


class Answer:
    def __init__(self, method, path, got):
        self.method, self.path, self.status = method, path, got.status
        self.headers, self.body = got.headers, got.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return "%s %s: %d %s\n%s" % (self.method, self.path, self.status,
                                     self.headers.get("Location", ""), self.text[:3000])


class Visitor:
    """One browser: its cookies, its language, and the csrf of its session."""

    def __init__(self, port, lang="en"):
        self.port, self.cookies, self.csrf = port, {"lang": lang}, ""

    def ask(self, method, path, body=None, status=None, **headers):
        link = http.client.HTTPConnection("127.0.0.1", next(TURNS.get(self.port, iter([self.port]))),
                                          timeout=100)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Cookie"] = "; ".join("%s=%s" % pair for pair in self.cookies.items())
        try:
            link.request(method, urllib.parse.quote(path, safe="/?&=%+.:,-_~"), body, headers)
            answer = Answer(method, path, link.getresponse())
        finally:
            link.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        tap.check(status is None or answer.status == status, "not", status, "but:", answer)
        return answer

    def get(self, path, status=200, **headers):
        return self.ask("GET", path, status=status, **headers)

    def post(self, path, fields=(), status=None, **headers):
        """fields: a dict (a list as a value gives the name several times) or pairs."""
        pairs = [("csrf", self.csrf)] + list(fields.items() if isinstance(fields, dict) else fields)
        return self.ask("POST", path, urllib.parse.urlencode(pairs, doseq=True), status,
                        Content_Type="application/x-www-form-urlencoded", **headers)

    def send(self, path, fields, files, status=None):
        """A form with files: {field: [(name, bytes), …]}."""
        border, body = "xhxhxhxhxh", b""
        for name, value in [("csrf", self.csrf)] + list(fields):
            body += ('--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' %
                     (border, name, value)).encode()
        for field, given in files.items():
            for name, data in given:
                body += ('--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n'
                         % (border, field, name)).encode() + data + b"\r\n"
        return self.ask("POST", path, body + ("--%s--\r\n" % border).encode(), status,
                        Content_Type="multipart/form-data; boundary=" + border)

    def json(self, path, fields=None, status=200):
        """A GET, or with fields a POST, as a program asks."""
        answer = (self.get(path, status=status, Accept="application/json") if fields is None else
                  self.post(path, fields, status=status, Accept="application/json"))
        return answer.json()


class Served(Visitor):
    """The server; itself a visitor whom it does not know. `office` is a desk.Desk whose ledger is
    served; without one, a new one with desk.py's people. listen: a port, 0 for any."""

    def __init__(self, office=None, listen=0, people=True):
        self.office = office or desk.Desk()
        if office is None and people:
            self.office.people()
        self.processes = []
        atexit.register(self.stop)
        ports = [self.start(listen) for _ in range(NODES)]
        super().__init__(ports[0])
        if NODES > 1:
            TURNS[ports[0]] = itertools.cycle(ports)

    def start(self, listen):
        """One node more; its port."""
        process = self.office.start("serve", "--listen", "127.0.0.1:%d" % listen, "--quiet")
        self.processes.append(process)
        said = process.stdout.readline().decode()
        port = re.search(r"port (\d+)", said)
        if port is None:
            raise tap.Failure("serve said %r, %s" % (said, process.stderr.read().decode()))
        return int(port[1])

    def sign_in(self, person, password=PASSWORD, lang="en"):
        """A new visitor, signed in. The person's password is set if it is PASSWORD."""
        if password == PASSWORD:
            self.office.run("passwd", person, given=PASSWORD)
        visitor = Visitor(self.port, lang)
        visitor.post("/sign-in", {"name": person, "password": password}, status=303)
        page = visitor.get("/items")
        visitor.csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
        return visitor

    def stop(self):
        """Ends the server, which must end well and without a sanitizer's complaint."""
        while self.processes:
            process = self.processes.pop()
            process.terminate()
            _, err = process.communicate(timeout=60)
            tap.check(process.returncode == 0 and not desk.BROKEN.search(err.decode()),
                      "serve ended with", process.returncode, err.decode()[-3000:])

    def kill(self):
        """As a power cut does; nothing is said of how it ended."""
        while self.processes:
            process = self.processes.pop()
            process.kill()
            process.communicate()
