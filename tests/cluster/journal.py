"""journal.py: programs that send commands to a ledger while it is hurt, and the reckoning afterwards.

Each program keeps a journal of what it sent and what it knows of it: acknowledged (the answer says
so), refused (by a rule), or unknown (no answer, or a failure). Half of what is unknown it sends
again with the same id until it knows; the rest stays unknown, as when a program is never started
again. reckon() holds the journals against the log: acknowledged once, refused never, unknown once or
never."""
import base64
import collections
import contextlib
import hashlib
import http.client
import json
import os
import random
import sys
import threading
import time
import urllib.parse
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

ACKNOWLEDGED, REFUSED, UNKNOWN = "acknowledged", "refused", "unknown"
STRUCK = "item.strike_off"


class Command:
    """What one program knows of one command."""

    def __init__(self, path, fields, token):
        self.id = str(uuid.UUID(bytes=uuid7()))
        self.path, self.fields, self.token = path, fields, token
        self.knows, self.seq, self.sent, self.answered = UNKNOWN, None, time.monotonic(), None

    @property
    def code(self):
        return self.path.split("/")[2]

    def __str__(self):
        return "%s %s %s (entry %s)" % (self.knows, self.path, self.id, self.seq)


def uuid7():
    raw = bytearray(int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10))
    raw[6], raw[8] = 0x70 | raw[6] & 0x0f, 0x80 | raw[8] & 0x3f
    return bytes(raw)


class Programs:
    """So many programs at once, from `with` to its end. What they send, and how, is the matter of
    who derives from this: command(chance, number) and send(command)."""

    def __init__(self, count=32):
        self.commands, self.wrong = [], []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(random.Random(n),), daemon=True)
                        for n in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *why):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def work(self, chance):
        number = 0
        while not self.over.is_set():
            number += 1
            command = self.command(chance, number)
            self.commands.append(command)
            self.send(command)
            while command.knows == UNKNOWN and number % 2 and not self.over.is_set():
                self.over.wait(0.2)  # who hammers at a house that is down only keeps it down
                self.send(command)

    def back_since(self, moment):
        """Seconds from that moment (time.monotonic()) to the first acknowledgement of what was sent
        later; None until there is one."""
        later = [c.answered for c in list(self.commands) if c.answered and c.sent >= moment]
        return min(later) - moment if later else None

    def counts(self):
        return dict(collections.Counter(c.knows for c in list(self.commands)))


class Reporters(Programs):
    """Over HTTP: report on `items` with the token `reporter`, and all together try again and again to
    strike off `contested` with the token `striker`. They keep checkpoints."""

    def __init__(self, port, reporter, items, striker, contested):
        super().__init__()
        self.port, self.reporter, self.items = port, reporter, items
        self.striker, self.contested, self.checkpoints = striker, contested, set()

    def command(self, chance, number):
        if number % 20 == 0:
            self.keep_checkpoint()
        if chance.random() < 0.05:
            return Command("/items/%s/strike-off" % chance.choice(self.contested), {}, self.striker)
        text = "第%d次，%s" % (number, threading.current_thread().name)
        return Command("/items/%s/report" % chance.choice(self.items), {"text": text}, self.reporter)

    def ask(self, method, path, token, fields=None):
        """(status, body); 0 when there was no answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            body = None if fields is None else urllib.parse.urlencode(fields)
            link.request(method, path, body, {
                "Authorization": "Bearer " + token, "Accept": "application/json",
                **({"Content-Type": "application/x-www-form-urlencoded"} if body else {})})
            answer = link.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            link.close()

    def send(self, command):
        status, body = self.ask("POST", command.path, command.token,
                                command.fields | {"id": command.id})
        if status == 200:
            with contextlib.suppress(ValueError, KeyError):
                command.seq = json.loads(body)["seq"]
                command.answered, command.knows = time.monotonic(), ACKNOWLEDGED
        elif status == 409:
            command.knows = REFUSED
        elif status not in (0, 429) and status < 500:
            self.wrong.append("%s: %d %s" % (command, status, body[:300].decode()))
            self.over.set()

    def keep_checkpoint(self):
        status, body = self.ask("GET", "/audit/checkpoint", self.reporter)
        if status == 200:
            self.checkpoints.add(body.decode())


def roots(leaves, sizes):
    """{size: root of the Merkle tree (RFC 6962) over so many of the leaves' bytes}."""
    found, stack = {}, []  # of whole subtrees (height, hash), the largest first
    for count, leaf in enumerate(leaves, 1):
        height, node = 0, hashlib.sha256(b"\0" + leaf).digest()
        while stack and stack[-1][0] == height:
            node, height = hashlib.sha256(b"\1" + stack.pop()[1] + node).digest(), height + 1
        stack.append((height, node))
        if count in sizes:
            root = stack[-1][1]
            for _, left in reversed(stack[:-1]):
                root = hashlib.sha256(b"\1" + left + root).digest()
            found[count] = root
    return found


def reckon(programs, log):
    """Holds the journals against the bytes of an exported log."""
    tap.check(not programs.wrong, *programs.wrong)
    leaves = log.splitlines()[:-1]  # the last line is a checkpoint
    entries = [json.loads(line) for line in leaves]
    tap.check([e["seq"] for e in entries] == list(range(len(entries))), "the log has gaps")
    by_id = collections.defaultdict(list)
    for entry in entries:
        by_id[entry["id"]].append(entry)
    for command in programs.commands:
        found = by_id[command.id]
        if command.knows == ACKNOWLEDGED:
            tap.check(len(found) == 1, "is there", len(found), "times:", command)
            tap.check(found[0]["seq"] == command.seq and found[0]["on"] == command.code,
                      "is another entry:", command, found[0])
        elif command.knows == REFUSED:
            tap.check(not found, "is in the log:", command)
        else:
            tap.check(len(found) <= 1, "is there", len(found), "times:", command)
    struck = collections.Counter(e["on"] for e in entries if e["kind"] == STRUCK)
    tap.check(set(struck.values()) <= {1}, "struck off twice:", struck)
    for command in programs.commands:
        tap.check(command.knows != ACKNOWLEDGED or not command.path.endswith("/strike-off") or
                  struck[command.code] == 1, "is not in the log:", command)
    kept = {}
    for text in programs.checkpoints:
        _, size, root = text.split("\n")[:3]
        tap.check(kept.setdefault(int(size), root) == root, "two roots of", size, "entries")
    made = roots(leaves, kept)
    for size, root in kept.items():
        tap.check(size in made and base64.b64decode(root) == made[size], "the checkpoint of", size,
                  "entries is not covered")
