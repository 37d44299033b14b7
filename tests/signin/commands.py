#!/usr/bin/env python3
"""How people sign in, on the command line: commands.py XIAOHAO

Tokens, sessions, second factors and links through `xiaohao person …`: who may, what is shown, and
that a token is in no file."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import desk  # noqa: E402
import tap  # noqa: E402

DESK = desk.Desk()
for code, name in (("chen", "陈雅文"), ("xia", "夏长青")):
    DESK.run("person", "add", code, "--name", name, "--role", "clerk")


def files():
    for folder, _, names in os.walk(DESK.ledger):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                yield f.read()


def token_is_made_shown_once_listed_and_revoked():
    made = DESK.run("person", "token", "add", "chen", "--label", "日报", "--allow", "read,write",
                    "--as", "chen", "--json").json()
    tap.check(made["person"] == "chen" and made["allow"] == "read,write", made)
    secret = made["token"].encode()
    tap.check(any("日报".encode() in data for data in files()))
    tap.check(not any(secret in data or secret[12:] in data for data in files()))
    listed = DESK.run("person", "token", "list", "陈雅文", "--json").lines()
    tap.check(len(listed) == 1 and listed[0]["label"] == "日报" and listed[0]["used"] == "-", listed)
    tap.check(listed[0]["id"] in made["token"] and "token" not in listed[0])
    DESK.run("person", "token", "revoke", "xia", "--id", listed[0]["id"], status=1)
    DESK.run("person", "token", "revoke", "chen", "--id", listed[0]["id"])
    DESK.run("person", "token", "revoke", "chen", "--id", listed[0]["id"], status=1)
    tap.check(DESK.run("person", "token", "list", "chen", "--json").out == "")


def token_wants_a_label_and_right_words():
    DESK.run("person", "token", "add", "chen", status=2)
    DESK.run("person", "token", "add", "chen", "--label", "x", "--allow", "all", status=2)
    DESK.run("person", "token", "add", "chen", "--label", "x", "--until", "2020-01-01", status=2)
    DESK.run("person", "token", "add", "chen", "--label", "x", "--until", "2199-01-01", status=2)
    DESK.run("person", "token", "revoke", "chen", status=2)
    DESK.run("person", "token", "burn", "chen", status=2)
    DESK.run("person", "token", status=2)
    DESK.run("person", "token", "add", status=2)


def others_credentials_are_an_administrators():
    for what in (("token", "list"), ("token", "add"), ("session", "list"), ("session", "end"),
                 ("totp", "reset"), ("link", "list")):
        DESK.run("person", *what, "xia", "--label", "x", "--as", "chen", status=1)
    # One's own, but for links: who could link themselves could become anybody.
    DESK.run("person", "session", "list", "xia", "--as", "xia")
    DESK.run("person", "link", "add", "xia", "--issuer", "ldap", "--subject", "x", "--as", "xia",
             status=1)


def links_are_added_once():
    link = ("--issuer", "https://id.example", "--subject", "7f3")
    DESK.run("person", "link", "add", "chen", *link)
    DESK.run("person", "link", "add", "xia", *link, status=1)
    tap.check(DESK.run("person", "link", "list", "chen", "--json").lines() ==
              [{"issuer": "https://id.example", "subject": "7f3"}])
    DESK.run("person", "link", "remove", "chen", *link)
    DESK.run("person", "link", "remove", "chen", *link, status=1)
    DESK.run("person", "link", "add", "chen", "--issuer", "ldap", status=2)


def a_reset_and_an_end_of_nothing_are_no_failure():
    DESK.run("person", "totp", "reset", "chen")
    DESK.run("person", "session", "end", "chen")
    DESK.run("person", "session", "end", "chen", "--id", "0123456789abcdef")
    said = DESK.run("person", "totp", "reset", "chen", lang="zh_CN.UTF-8")
    tap.check("已完成" in said.out, said)


def nothing_of_it_is_in_the_log():
    before = DESK.run("export", "log", "-o", DESK.path("a.json")).code
    DESK.run("person", "token", "add", "chen", "--label", "x")
    DESK.run("person", "totp", "reset", "chen")
    DESK.run("export", "log", "-o", DESK.path("b.json"))
    with open(DESK.path("a.json"), "rb") as a, open(DESK.path("b.json"), "rb") as b:
        tap.check(before == 0 and a.read() == b.read())
    DESK.run("verify")
    DESK.run("rebuild")
    tap.check(len(DESK.run("person", "token", "list", "chen", "--json").lines()) == 1)


def nobody_is_signed_in_after_a_restore():
    """Some were signed out and some tokens revoked since the backup; they do not come back."""
    def kept(ledger):
        db = sqlite3.connect(os.path.join(ledger, "ledger.db"))
        with db:
            counts = db.execute("SELECT (SELECT COUNT(*) FROM session), "
                                "(SELECT COUNT(*) FROM token)").fetchone()
        db.close()
        return counts
    db = sqlite3.connect(os.path.join(DESK.ledger, "ledger.db"))
    with db:
        db.execute("INSERT INTO session VALUES (?, 'chen', 1, 1, '', '')", ("0" * 64,))
    db.close()
    copy, restored = DESK.path("copy"), DESK.path("restored")
    DESK.run("person", "token", "add", "chen", "--label", "a cron job")
    DESK.run("backup", copy)
    tap.check(min(kept(DESK.ledger)) >= 1, kept(DESK.ledger))
    DESK.run("restore", copy, ledger=restored)
    tap.check(kept(restored) == (0, 0), kept(restored))


tap.run([(f.__name__, f) for f in (
    token_is_made_shown_once_listed_and_revoked, token_wants_a_label_and_right_words,
    others_credentials_are_an_administrators, links_are_added_once,
    a_reset_and_an_end_of_nothing_are_no_failure, nothing_of_it_is_in_the_log,
    nobody_is_signed_in_after_a_restore)])
