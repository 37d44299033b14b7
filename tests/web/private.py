#!/usr/bin/env python3
"""Private persons in the web workplace: private.py XIAOHAO

Nothing is keyed by whoever complained, and what is sealed stands on the item's page alone, for those
who may read it. The routes are those of matrix.txt, so a new one is asked too."""
import glob
import hashlib
import os
import re
import urllib.parse

import served_guard as served
from routes_table import HERE, ROUTES, ROWS, read

desk, tap = served.desk, served.tap
DESK = desk.Desk()
SEALED = {"originator-name": "欧阳锦瑟", "originator-phone": "13987650421",
          "originator-address": "梧桐巷九十七号", "originator-id": "510107198811230657"}
AMENDED = "慕容听雨轩"
SECRETS = [*SEALED.values(), AMENDED]
CONTROL = "路灯不亮十余盏"
READS = ("owner", desk.CLERK, desk.APPROVER, desk.VERIFIER)  # show.c: OPENS_SEALED
KEYS = re.compile("originator|complain|phone|telephone|identity|petition|reporter-")


def prepare():
    DESK.people()
    words = [w for name, value in SEALED.items() for w in ("--" + name, value)]
    DESK.code = DESK.run("act", "register", "ZG", "--text", CONTROL, "--unit", "城关镇", "--due",
                         "2020-01-01", "--as", desk.CLERK, *words, "--json").json()["code"]
    DESK.run("act", "amend", DESK.code, "--originator-name", AMENDED, "--as", desk.CLERK)
    DESK.run("act", "accept", DESK.code, "--as", desk.LIAISON)
    file = DESK.write("a.txt", "x")
    DESK.run("act", "attach", DESK.code, "--file", file)
    DESK.names = {"code": DESK.code, "campaign": "ZG", "hash": hashlib.sha256(b"x").hexdigest()}
    DESK.site = served.Served(DESK)
    DESK.visitors = {p: DESK.site.visitor(p) for p in ["owner"] + [p[0] for p in desk.PEOPLE]}


def filled(text):
    for name, value in DESK.names.items():
        text = text.replace("{%s}" % name, value)
    return text


def holds(answer):
    text = answer.body.decode("utf-8", "replace") + str(answer.headers)
    return [s for s in SECRETS if s in text or urllib.parse.quote(s) in text]


def only_the_items_page_says_what_is_sealed():
    page = ("/items/{code}",)
    for row in ROWS:
        if row.method != "GET":
            continue
        for person, visitor in DESK.visitors.items():
            for json_too in (False, True):
                found = holds(visitor.get(filled(row.target), json_too))
                tap.check(not found or row.target in page and person in READS, row, "as", person,
                          "says", found)


def those_who_may_are_shown_it():
    for person, visitor in DESK.visitors.items():
        for json_too in (False, True):
            answer = visitor.get("/items/" + DESK.code, json_too)
            wanted = set(SECRETS) - {SEALED["originator-name"]} if person in READS else set()
            tap.check(set(holds(answer)) == wanted, person, holds(answer), answer)
            tap.check(person == "guan" or CONTROL in answer.text(), person)


def no_question_finds_them():
    """To ask for a complainant is to ask for nothing: the answer is that for any other word."""
    clerk = DESK.visitors[desk.CLERK]
    for target in ("/search?q=%s", "/items?q=%s", "/pick/people?q=%s", "/pick/units?q=%s",
                   "/export/problems?format=json&q=%s"):
        for secret in SECRETS:
            other = "Q" * len(secret) if secret.isascii() else "龘" * len(secret)
            got, wanted = [re.sub(rb'\d{4}-\d\d-\d\d \d\d:\d\d', b"", clerk.get(
                target % urllib.parse.quote(word)).body.replace(word.encode(), b"").replace(
                    urllib.parse.quote(word).encode(), b"")) for word in (secret, other)]
            tap.check(got == wanted, target, "tells", secret, "from another word:", got[-900:])
    found = clerk.get("/search?q=" + urllib.parse.quote(CONTROL[:4]))
    tap.check(DESK.code in found.text() + str(found.headers), "the control is found", found)


def no_address_has_a_key_for_them():
    tap.check(not KEYS.search(read(ROUTES).lower()), "routes.def")
    asked = set()
    for path in glob.glob(os.path.join(HERE, "../../src/web/**/*.c"), recursive=True):
        with open(path, encoding="utf-8") as f:
            asked |= set(re.findall(r'query_(?:text|int)\(q, "([^"]+)"', f.read()))
    tap.check("after" in asked and not any(KEYS.search(name) for name in asked), asked)
    # What is not known as a key changes nothing.
    clerk = DESK.visitors[desk.CLERK]
    plain = clerk.get("/items", True).body
    for name, value in SEALED.items():
        for key in (name, name.replace("-", "_"), "complainant"):
            got = clerk.get("/items?%s=%s" % (key, urllib.parse.quote(value)), True).body
            tap.check(got == plain, key, "narrows the list")


def what_is_typed_sealed_comes_back_to_nobody_else():
    """A refused form comes back filled, to the one who typed it, and is kept nowhere."""
    typed = "诸葛青鸾一四七"
    clerk = DESK.visitors[desk.CLERK]
    fields = clerk.hidden("/items/%s/amend" % DESK.code)
    answer = clerk.post("/items/%s/amend" % DESK.code,
                        {**fields, "originator-name": typed, "due": "no day"}, csrf=False)
    tap.check(answer.status in (409, 422) and typed in answer.text(), answer)
    DESK.site.settled()
    for name, data in DESK.tree(DESK.ledger).items():
        for secret in SECRETS + [typed]:
            tap.check(secret.encode() not in data, name, "holds", secret)
    said = DESK.site.said()
    tap.check(not any(s in said or urllib.parse.quote(s) in said for s in SECRETS + [typed]),
              "the access log")


def it_ends_well():
    DESK.site.stop()


prepare()
desk.run_all(only_the_items_page_says_what_is_sealed, those_who_may_are_shown_it,
             no_question_finds_them, no_address_has_a_key_for_them,
             what_is_typed_sealed_comes_back_to_nobody_else, it_ends_well)
