"""served_guard.py: `xiaohao serve` on a desk's ledger, and ways to ask it: as a browser would, as a
program would, and byte by byte as an attacker would."""
import atexit
import base64
import contextlib
import hashlib
import html
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cli"))
import desk  # noqa: E402
import tap  # noqa: E402

PATIENCE = 60  # seconds that a test waits for what should come at once


class Answer:
    """One answer: status, headers (names in small letters, all values), body."""

    def __init__(self, status, headers, body, raw=b""):
        self.status, self.headers, self.body, self.raw = status, headers, body, raw

    def __str__(self):
        told = [h for h in self.headers if h[0] in ("content-type", "location", "set-cookie")]
        body = self.body.decode("utf-8", "replace")
        return "%d %r %s" % (self.status, told, body.split("<main", 1)[-1][:600])

    def one(self, name):
        """The header's only value; None when there is none."""
        values = [v for n, v in self.headers if n == name]
        tap.check(len(values) < 2, name, "comes twice:", values)
        return values[0] if values else None

    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)


class Broken(Exception):
    """The connection ended before an answer was whole."""


class Wire:
    """A connection on which any bytes can be sent; answers are read one by one."""

    def __init__(self, port, source="127.0.0.1", wrap=None):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if wrap:
            self.socket = wrap.wrap_socket(self.socket, server_hostname="localhost")
        self.left = b""

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, *pieces):
        """What the other side no longer takes is lost, as it is to an attacker."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                self.socket.sendall(piece if isinstance(piece, bytes) else piece.encode())

    def more(self):
        try:
            got = self.socket.recv(1 << 16)
        except ConnectionResetError:
            got = b""
        self.left += got
        return bool(got)

    def until(self, mark):
        while mark not in self.left:
            if not self.more():
                raise Broken(self.left)
        got, self.left = self.left.split(mark, 1)
        return got

    def take(self, size):
        while len(self.left) < size:
            if not self.more():
                raise Broken(self.left)
        got, self.left = self.left[:size], self.left[size:]
        return got

    def answer(self, head=False):
        """The next answer, whole; raises Broken when there comes none."""
        first, *lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(first.split()[1])
        if status == 100:
            return self.answer(head)
        headers = [(n.lower(), v.strip()) for n, v in (line.split(":", 1) for line in lines)]
        told = dict(headers)
        body = b""
        if head or status in (204, 304):
            pass
        elif told.get("transfer-encoding") == "chunked":
            while size := int(self.until(b"\r\n"), 16):
                body += self.take(size)
                self.take(2)
            self.until(b"\r\n")
        elif "content-length" in told:
            body = self.take(int(told["content-length"]))
        else:
            while self.more():
                pass
            body, self.left = self.left, b""
        return Answer(status, headers, body)

    def ended(self):
        """Whether the other side closes now without a byte more."""
        while not self.left:
            if not self.more():
                return True
        return False


def request(method, target, headers=(), body=b"", host="127.0.0.1", version="HTTP/1.1"):
    """A well-formed request's bytes; headers as pairs."""
    lines = ["%s %s %s" % (method, target, version)]
    if host is not None:
        lines.append("Host: " + host)
    lines += ["%s: %s" % pair for pair in headers]
    if body and not any(n.lower() in ("content-length", "transfer-encoding") for n, _ in headers):
        lines.append("Content-Length: %d" % len(body))
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def urlencoded(fields):
    from urllib.parse import urlencode
    return urlencode(fields).encode()


def multipart(fields, files=(), boundary="xhxhxhxh"):
    """(content type, body); files: (field, name, bytes)."""
    out = b""
    for name, value in fields:
        out += ('--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
                % (boundary, name, value)).encode()
    for field, name, data in files:
        out += ('--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
                'Content-Type: application/octet-stream\r\n\r\n' % (boundary, field, name)).encode()
        out += data + b"\r\n"
    return "multipart/form-data; boundary=" + boundary, out + b"--%s--\r\n" % boundary.encode()


def csrf_of(token):
    """What forms of the session carry: see session.h."""
    made = hashlib.sha256(b"xiaohao csrf v1\n" + token.encode()).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


class Visitor:
    """Somebody with a session, or nobody; each question on a connection of its own."""

    def __init__(self, served, person=None, token=None):
        self.served, self.person, self.token = served, person, token

    def headers(self, json_too=False, more=()):
        out = [("Cookie", "session=" + self.token)] if self.token else []
        if json_too:
            out.append(("Accept", "application/json"))
        return out + list(more)

    def get(self, target, json_too=False, headers=()):
        return self.served.ask("GET", target, self.headers(json_too, headers))

    def post(self, target, fields=(), json_too=False, headers=(), csrf=True):
        fields = list(dict(fields).items() if isinstance(fields, dict) else fields)
        if csrf and self.token:
            fields.append(("csrf", csrf_of(self.token)))
        kind = [("Content-Type", "application/x-www-form-urlencoded")]
        return self.served.ask("POST", target, self.headers(json_too, kind + list(headers)),
                               urlencoded(fields))

    def upload(self, target, fields, files):
        kind, body = multipart([*fields, ("csrf", csrf_of(self.token))], files)
        return self.served.ask("POST", target, self.headers(more=[("Content-Type", kind)]), body)

    def hidden(self, target):
        """The hidden fields of the form for an act on a page: what a browser sends back."""
        page = self.get(target)
        tap.check(page.status == 200, target, page)
        form = page.text().split('<form class="act"')[1].split("</form>")[0]
        return {n: html.unescape(v) for n, v in
                re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)}


class Served:
    """A server on the desk's ledger, on a port that the system chose."""

    def __init__(self, there, *options):
        self.desk, self.options, self.process = there, options, None
        atexit.register(self.end)
        self.log = tempfile.mkstemp(".log", "serve-", there.home)[1]
        with open(self.log, "ab") as log:
            self.process = desk.subprocess.Popen(
                there.command(["serve", "--listen", "127.0.0.1:0", *options], None),
                env=there.env("C"), cwd=there.home, stdout=desk.subprocess.PIPE, stderr=log)
        said = self.process.stdout.readline().decode()
        port = re.search(r"port (\d+)", said)
        tap.check(port, "it did not start:", said, self.said())
        self.port = int(port[1])

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def wire(self, **how):
        return Wire(self.port, **how)

    def ask(self, method, target, headers=(), body=b"", **how):
        with self.wire() as wire:
            wire.send(request(method, target, [*headers, ("Connection", "close")], body, **how))
            return wire.answer(head=method == "HEAD")

    def raw(self, *pieces):
        """The answer to any bytes, and whether the server closed after it. None: it closed without
        one."""
        with self.wire() as wire:
            wire.send(*pieces)
            try:
                answer = wire.answer()
            except Broken:
                return None, True
            return answer, wire.ended()

    def visitor(self, person=None):
        """Signed in, by what a sign-in leaves in the database (session.sql), without its password."""
        if person is None:
            return Visitor(self)
        token = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        now = int(time.time() * 1000)
        with contextlib.closing(sqlite3.connect(
                os.path.join(self.desk.ledger, "ledger.db"), timeout=PATIENCE)) as db, db:
            db.execute("INSERT INTO session VALUES (?, ?, ?, ?, '', '')",
                       (hashlib.sha256(token.encode()).hexdigest(), person, now, now))
        return Visitor(self, person, token)

    def sign_in(self, person, password, headers=(), **more):
        """The answer to the sign-in form."""
        return Visitor(self).post("/sign-in", {"name": person, "password": password, **more},
                                  headers=headers)

    def settled(self):
        """Waits until the files of what was answered are taken away."""
        folder, until = os.path.join(self.desk.ledger, "uploads"), time.monotonic() + PATIENCE
        while os.path.isdir(folder) and os.listdir(folder):
            tap.check(time.monotonic() < until, "files stay in uploads:", os.listdir(folder))
            time.sleep(0.01)

    def metric(self, name):
        text = self.ask("GET", "/metrics").text()
        return int(re.search(r"^%s (\d+)$" % name, text, re.M)[1])

    def end(self):
        """No test leaves its server behind, however it ended."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, status=0, within=PATIENCE):
        """Ends it as a service manager does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(within)
        except desk.subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = "killed: it did not end within %d s" % within
        self.process.stdout.close()
        tap.check(code == status and not desk.BROKEN.search(self.said()),
                  "it ended with", code, self.said()[-3000:])


def token_of(answer):
    """The session's cookie that an answer sets."""
    return re.match(r"session=([^;]*)", answer.one("set-cookie") or "session=")[1]
