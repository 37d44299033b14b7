#!/usr/bin/env python3
"""A server that is lost while it commits: lost.py XIAOHAO

Between the command and the server stands a door that sees what goes through. It is shut before a
COMMIT, or behind one, when the server has done it and nobody has heard so. In both cases the command
is done once, and says so."""
import os
import select
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import postgres  # noqa: E402

SERVER = postgres.Server()
os.environ[postgres.ADDRESS] = SERVER.address()
import desk  # noqa: E402
import tap  # noqa: E402

DESK = desk.Desk()
FINDING = ("act", "register", "ZG", "--unit", "城关镇", "--as", desk.CLERK, "--json", "--text")


class Door:
    """A socket in a folder of its own, through which the server is reached."""

    def __init__(self, shut):
        self.shut, self.left = shut, 1  # how often it is still to be shut
        self.folder = os.path.join(SERVER.folder, shut)
        os.mkdir(self.folder)
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(os.path.join(self.folder, ".s.PGSQL.5432"))
        self.listening.listen(20)
        self.through = 0
        threading.Thread(target=self.open, daemon=True).start()

    def open(self):
        while True:
            here, _ = self.listening.accept()
            self.through += 1
            threading.Thread(target=self.stand, args=(here,), daemon=True).start()

    def stand(self, here):
        there = socket.socket(socket.AF_UNIX)
        there.connect(os.path.join(SERVER.folder, ".s.PGSQL.5432"))
        with here, there:
            while True:
                for ready in select.select([here, there], [], [])[0]:
                    said = ready.recv(1 << 20)
                    if not said:
                        return
                    if ready is here and b"COMMIT\0" in said and self.left:
                        self.left -= 1
                        if self.shut == "behind":
                            there.sendall(said)
                            there.recv(1 << 20)
                        return
                    (there if ready is here else here).sendall(said)

    def place(self):
        return DESK.place().replace("host=" + SERVER.folder, "host=" + self.folder)


def entries():
    return DESK.run("verify", "--log-only", "--json").json()["entries"]


def lost(shut):
    door, before = Door(shut), entries()
    said = DESK.run(*FINDING, "路灯不亮 " + shut, ledger=door.place())
    tap.check(door.left == 0 and door.through > 1, door.left, door.through)
    code = said.json()["code"]
    tap.check(entries() == before + 1, before, entries())
    tap.check(code in [row["code"] for row in DESK.problems()], said)


def lost_before_the_commit_it_is_done_once():
    lost("before")


def lost_behind_the_commit_it_is_done_once():
    lost("behind")


def a_server_that_starts_again_is_found_again():
    before = entries()
    SERVER.stop()
    said = DESK.run("list", "problems", status=3)
    tap.check("postgresql://" in said.err, said)
    SERVER.start()
    tap.check(entries() == before)


def a_password_is_never_said():
    place = "postgresql://xiaohao:geheim@/postgres?host=" + SERVER.folder
    for args in (["init"], ["list", "problems"], ["init", "--json"], ["help"], ["verify"]):
        said = DESK.run(*args, ledger=place + "&options=-csearch_path%3Dsecret#" + DESK.path("secret"),
                        status=None)
        tap.check("geheim" not in said.out + said.err, said)
    # The keys' folder may be named apart, and leads to the database by itself.
    place += "&options=-csearch_path%3Dapart"
    DESK.run("--keys", DESK.path("apart"), "init", ledger=place)
    tap.check(DESK.run("verify", ledger=DESK.path("apart"), env={}).code == 0)
    DESK.run("--keys", DESK.path("apart"), "init", ledger=place, status=2)
    said = [DESK.run("backup", DESK.path("copy"), ledger=DESK.path("apart"))]
    # Nor by a ledger that is moved there, and by the places that it leaves behind.
    DESK.run("init", ledger=DESK.path("folder"))
    there = place.replace("apart", "moved") + "#" + DESK.path("moved")
    said.append(DESK.run("migrate", DESK.path("folder"), there))
    said.append(DESK.run("migrate", there, DESK.path("again"), "--json"))
    said.append(DESK.run("board", ledger=there, status=2))
    tap.check(not any("geheim" in one.out + one.err for one in said), *said)
    tap.check(not [name for name, kept in DESK.tree().items() if b"geheim" in kept])


def main():
    try:
        DESK.people()
        desk.run_all(lost_before_the_commit_it_is_done_once, lost_behind_the_commit_it_is_done_once,
                     a_password_is_never_said, a_server_that_starts_again_is_found_again)
    finally:
        SERVER.close()


main()
