#!/usr/bin/env python3
"""Who is answered what: matrix.py XIAOHAO

The rows of matrix.txt, asked as everybody: see there. Whatever is asked, no answer holds a word of an
item that the asking person may not see."""
import datetime
import hashlib
import os
import re
import time
import urllib.parse

import served_guard as served
from routes_table import NAMED, ROWS, ROUTES, read, routes

desk, tap = served.desk, served.tap
OWN_UNIT, OTHER_UNIT = "城关镇", "北山镇"
YESTERDAY = (datetime.date.today() - datetime.timedelta(1)).isoformat()
BOOK = "序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况\n1,%s,清理,%s,,2199-12-31,未完成\n"

# Items by what hides them from somebody whose scope is OWN_UNIT in campaign ZG.
KINDS = ("own", "unit", "campaign", "confidential", "marking")
HIDDEN = KINDS[1:]
ITEMS = {"own": ("ZG", OWN_UNIT), "unit": ("ZG", OTHER_UNIT), "campaign": ("QT", OWN_UNIT),
         "confidential": ("BAOMI", OWN_UNIT), "marking": ("ZG", OWN_UNIT, "--marking", "secret")}
ABSENT = dict(zip(NAMED, ("ZG-9999", "XX", "0" * 64, "PS9999", "PS9999",
                          "0198a000-0000-7000-8000-000000000000")))
# Not everything can be hidden in every way: a campaign has neither unit nor marking, an instruction to
# a unit has no item, and a workbook is hidden from everybody but who handed it in.
KINDS_OF = {"campaign": ("own", "confidential"), "order": ("own", "unit"),
            "import": ("own", "confidential")}

SCOPED = ("clerk", "approver", "liaison", "responsible-leader", "verifier", "leader", "auditor")
# Who asks: what they see of the items, and their roles.
VIEWERS = {**{role: (("own",), (role,)) for role in SCOPED},
           "deputy": (("own",), ("liaison",)), "administrator": ((), ("administrator",)),
           "inactive": ((), None), "nobody": ((), None)}


def planted(kind, number=""):
    return "PLANT%s%s" % (kind.upper(), number)


# --- two ledgers ----------------------------------------------------------------------------------

class Office:
    """A ledger with everybody; the twin lacks what is hidden."""

    def __init__(self, twin):
        self.desk = there = desk.Desk(init=False)
        there.run("init", "--name", "清源市整改台账", "--marking", "secret")
        for unit in (OWN_UNIT, OTHER_UNIT):
            there.run("unit", "add", unit)
        there.run("body", "add", "TEAM")
        for campaign in ("ZG", "QT"):
            there.run("campaign", "add", campaign, "--name", campaign, "--kind", "finding")
        for role in SCOPED:
            there.run("person", "add", role, "--name", "君" + role, "--role", role, "--unit", OWN_UNIT,
                      "--scope", OWN_UNIT + ":ZG")
        there.run("person", "add", "deputy", "--name", "君deputy", "--role", "liaison", "--scope",
                  OTHER_UNIT + ":XX", status=None)
        there.run("person", "add", "administrator", "--name", "君administrator", "--role",
                  "administrator")
        there.run("person", "add", "inactive", "--name", "君inactive", "--role", "clerk")
        there.run("person", "deputy", "liaison", "--to", "deputy", "--until", "2199-01-01")
        there.run("person", "add", "boss", "--name", "boss", "--role", "leader")
        self.named = {kind: {} for kind in (KINDS[:1] if twin else KINDS)}
        for kind in self.named:
            self.item(kind)
        self.site = served.Served(there)
        self.visitors = {name: self.site.visitor(None if name == "nobody" else name)
                         for name in VIEWERS}
        self.books(twin)
        there.run("person", "change", "inactive", "--inactive")
        # A session that was there when its person was made inactive is ended; this one came after.
        self.visitors["inactive"] = self.site.visitor("inactive")

    def item(self, kind):
        """With its words in every place that an item has, and a file."""
        there, (campaign, unit, *more) = self.desk, ITEMS[kind]
        if campaign == "BAOMI":
            there.run("campaign", "add", "BAOMI", "--name", planted(kind, 0), "--kind", "finding",
                      "--confidential")
            for person in ("owner", "boss"):
                there.run("person", "change", person, "--scope", ":,:BAOMI")
        if kind == "marking":
            there.run("source", "add", there.write("notice.txt", "x"), "--title", "绝密通报",
                      "--marking", "secret")
            for person in ("owner", "boss"):
                there.run("person", "change", person, "--clearance", "secret")
        words = [w for i, field in enumerate(
            ("text", "title", "place", "object", "category", "remarks", "number", "originator",
             "originator-name", "cite"), 1) for w in ("--" + field, planted(kind, i) + " 隐患")]
        code = there.run("act", "register", campaign, *words, "--unit", unit, "--due", "2020-01-01",
                         *more, "--json").json()["code"]
        there.run("act", "accept", code)
        there.run("act", "task", code, "--text", planted(kind, 11), "--due", "2019-12-01")
        data = planted(kind, 12).encode()
        file = there.write(planted(kind, 13) + ".txt", data)
        there.run("act", "attach", code, "--file", file, "--note", planted(kind, 14))
        self.named[kind] = {"code": code, "campaign": campaign,
                            "hash": hashlib.sha256(data).hexdigest(),
                            "instruction": self.instruct(kind, 15, code)}
        if kind in KINDS_OF["order"]:
            self.named[kind]["order"] = self.instruct(kind, 17, "--to", unit)
        there.run("act", "chase", code, "--text", planted(kind, 16))
        os.remove(file)

    def instruct(self, kind, number, *to):
        return self.desk.run("instruction", "give", *to, "--text", planted(kind, number), "--due",
                             "2199-01-01", "--as", "boss", "--json").json()["code"]

    def books(self, twin):
        """The clerk has handed one in; another was taken into the campaign that only its circle
        knows."""
        self.named["own"]["import"] = self.book("clerk", "own")
        if not twin:
            name = self.named["confidential"]["import"] = self.book("owner", "confidential")
            owner = self.site.visitor("owner")
            page = owner.get("/import/" + name).text()
            owner.post("/import/%s/apply" % name,
                       {"changes": re.search(r'name="changes" value="(\d+)"', page)[1]})
            done(owner, "/import/%s/report" % name)

    def book(self, person, kind):
        visitor, data = self.site.visitor(person), BOOK % (planted(kind, 18), ITEMS[kind][1])
        answer = visitor.upload("/import", [("kind", "findings"), ("campaign", ITEMS[kind][0])],
                                [("file", planted(kind, 19) + ".csv", data.encode())])
        tap.check(answer.status == 303, answer)
        done(visitor, answer.one("location"))
        return answer.one("location").rsplit("/", 1)[1]


def done(visitor, address):
    """Waits for the end of what the server does behind a page."""
    until = time.monotonic() + served.PATIENCE
    while True:
        page = visitor.get(address)
        if page.status == 200 and b'hx-trigger="every' not in page.body:
            return
        tap.check(time.monotonic() < until, address, "does not end:", page)
        time.sleep(0.05)


# --- the table ------------------------------------------------------------------------------------

def kinds_of(row):
    """The kinds of object that there are for it."""
    return KINDS_OF.get(row.names[0], KINDS) if row.names else ()


def admits(row, viewer):
    roles = VIEWERS[viewer][1]
    return row.who == "anybody" or roles is not None and (
        row.who == "signed in" or bool(set(roles) & {w.strip() for w in row.who.split(",")}))


def every_route_has_a_row():
    known = routes()
    count = read(ROUTES).count("\nROUTE(")
    tap.check(len(known) == count, "routes.def has %d routes, %d were understood" % (count, len(known)))
    rows = {row.route for row in ROWS}
    missing = ["%-32s | = | %s | 200 | %s" % (route, ", ".join(known[route]),
                                             "404" if "{code}" in route else "-")
               for route in known if route not in rows]
    tap.check(not missing, "routes of src/web/routes.def have no row in tests/web/matrix.txt. Add who "
              "may ask, and what they get for their own, and for what they may not see; for example:\n"
              + "\n".join(missing))
    for row in ROWS:
        tap.check(row.route in known, "matrix.txt:", row.route, "is no route of src/web/routes.def")
        tap.check(sorted(w.strip() for w in row.who.split(",")) == known[row.route], row,
                  "is for", row.who, "in matrix.txt and for", known[row.route], "in routes.def")


def the_description_has_every_route_for_programs():
    told = OFFICE.site.visitor().get("/openapi.json").json()["paths"]
    for m, p, token in re.findall(r'^ROUTE\((\w+), "([^"]+)", \w+, .+?, (TOKEN_\w+)',
                                  read(ROUTES), re.M):
        tap.check(token == "TOKEN_NONE" or m.lower() in told[p], m, p, "is not described")


# --- asking ---------------------------------------------------------------------------------------

def filled(office, text, kind):
    """With the names of an object of that kind; "absent" is one that is not there."""
    names = ABSENT if kind == "absent" else office.named[kind] if kind else {}
    for name, value in {**names, "yesterday": YESTERDAY}.items():
        text = text.replace("{%s}" % name, value)
    return text


def ask(office, row, viewer, kind, json_too):
    visitor = office.visitors[viewer]
    target, form = filled(office, row.target, kind), filled(office, row.form, kind)
    if row.method == "GET":
        return visitor.get(target, json_too)
    fields = urllib.parse.parse_qsl(form, keep_blank_values=True)
    return visitor.post(target, fields, json_too, csrf="csrf" not in dict(fields))


SAME = (rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d\.\d{3}\+\d\d:\d\d)?",
        rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f-]{17}", rb"[0-9a-f]{12}-[0-9a-f]{32}",
        rb'(?<=name="session" value=")[^"]+',
        rb'(?<=name="csrf" value=")[^"]+')


def plain(office, row, answer, kind):
    """Status, headers and body without the name that was asked for and what differs each time."""
    body, headers = answer.body, [h for h in answer.headers if h[0] not in ("date", "content-length")]
    for name in row.names:
        name = filled(office, "{%s}" % name, kind)
        body = re.sub(rb"\b%s\b" % re.escape(name.encode()), b"NAME", body)
        headers = [(n, v.replace(name, "NAME")) for n, v in headers]
    for pattern in SAME:
        body = re.sub(pattern, b"", body)
    return answer.status, headers, body


def quiet(row, viewer, kind, answer):
    """No word of what the viewer may not see."""
    text = answer.body.decode("utf-8", "replace") + str(answer.headers)
    for hidden in KINDS:
        if hidden not in VIEWERS[viewer][0]:
            found = re.search(planted(hidden) + r"\d*", text)
            tap.check(not found, row, "as", viewer, "about", kind, "holds", found and found[0], "of an "
                      "item hidden by its", hidden)


def each(function):
    """Every row as every viewer, as a page and as JSON; all that is wrong is told at once."""
    wrong = []
    for row in ROWS:
        for viewer in VIEWERS:
            for json_too in (False, True):
                try:
                    function(row, viewer, json_too)
                except tap.Failure as why:
                    wrong.append("%s%s" % (str(why)[:600], " (JSON)" if json_too else ""))
    tap.check(not wrong, "%d are wrong:\n" % len(wrong) + "\n".join(wrong[:15]))


def who_may_not_ask_is_told_so():
    def check(row, viewer, json_too):
        if admits(row, viewer):
            return
        answers = [plain(OFFICE, row, ask(OFFICE, row, viewer, kind, json_too), kind)
                   for kind in (kinds_of(row) + ("absent",) if row.names else (None,))]
        signed_in = VIEWERS[viewer][1] is not None
        wanted = 403 if signed_in else 303 if row.method == "GET" and not json_too else 401
        tap.check({a[0] for a in answers} == {wanted}, row, "as", viewer, {a[0] for a in answers},
                  "instead of", wanted)
        for other in answers[1:]:
            where = [[(n, urllib.parse.unquote(v)) for n, v in a[1]] for a in (answers[0], other)]
            tap.check(where[0] == where[1] and answers[0][2] == other[2], row, "as", viewer,
                      "differs", answers[0], other)
    each(check)


def own_is_shown():
    def check(row, viewer, json_too):
        sees = VIEWERS[viewer][0]
        if not admits(row, viewer) or row.names and "own" not in sees:
            return
        kind = "own" if row.names else None
        answer = ask(OFFICE, row, viewer, kind, json_too)
        tap.check(answer.status in row.own, row, "as", viewer, "got", answer, "instead of", row.own)
        quiet(row, viewer, kind, answer)
    each(check)


def hidden_is_as_absent():
    def check(row, viewer, json_too):
        if not row.names or not admits(row, viewer):
            return
        sees = VIEWERS[viewer][0]
        absent = ask(OFFICE, row, viewer, "absent", json_too)
        if row.hidden == "twin":
            tap.check(absent.status in row.own, row, "as", viewer, "got for what is absent", absent)
        else:
            tap.check(absent.status in {int(s) for s in row.hidden.split()}, row, "as", viewer,
                      "got for what is absent",
                      absent, "instead of", row.hidden)
        quiet(row, viewer, "absent", absent)
        for kind in kinds_of(row):
            # Whoever sees no item sees the campaigns that are not confidential all the same.
            if kind in sees or row.names == ["campaign"] and kind == "own":
                continue
            answer = ask(OFFICE, row, viewer, kind, json_too)
            quiet(row, viewer, kind, answer)
            got, wanted = plain(OFFICE, row, answer, kind), plain(OFFICE, row, absent, "absent")
            tap.check(got == wanted, row, "as", viewer, "tells an item hidden by its", kind,
                      "from one that is not there:", differs(got, wanted))
    each(check)


def differs(one, other):
    if one[:2] != other[:2]:
        return one[:2], other[:2]
    at = next((i for i, (a, b) in enumerate(zip(one[2], other[2])) if a != b),
              min(len(one[2]), len(other[2])))
    return [b[2][max(0, at - 60):at + 100].decode("utf-8", "replace") for b in (one, other)]


def without_what_is_hidden_all_is_the_same():
    """Lists, counts, pickers, searches and exports do not know of what they may not show."""
    def check(row, viewer, json_too):
        if row.names or row.hidden == "apart" or not admits(row, viewer):
            return
        got, wanted = [plain(o, row, ask(o, row, viewer, None, json_too), None) for o in (OFFICE, TWIN)]
        tap.check(got == wanted, row, "as", viewer, "would differ if there were nothing hidden:",
                  differs(got, wanted))
    each(check)


def whoever_may_see_all_of_it_does():
    """The words are really there, so that not to find them means something."""
    owner = OFFICE.site.visitor("owner")
    for kind in KINDS:
        page = owner.get("/items/" + OFFICE.named[kind]["code"])
        tap.check(page.status == 200 and len(set(re.findall(planted(kind) + r"\d+", page.text()))) > 9,
                  kind, page)
    tap.check(all(planted(k) in owner.get("/items").text() for k in KINDS), "the list")
    tap.check(planted("own") in OFFICE.visitors["deputy"].get("/items").text(), "the deputy sees it")


def nothing_hidden_was_changed():
    before = {kind: OFFICE.desk.run("show", OFFICE.named[kind]["code"], "--json").json()["history"]
              for kind in HIDDEN}
    for kind, history in before.items():
        tap.check({e["by"] for e in history} == {"owner", "boss"}, kind, [e["by"] for e in history])


def the_log_does_not_say_who_is_in_a_circle():
    """Scopes name campaigns, and sources have markings: an entry with one that is hidden is told to be
    there, no more."""
    auditor, owner = OFFICE.visitors["auditor"], OFFICE.site.visitor("owner")
    newest = int(re.search(r"/audit/entries/(\d+)", owner.get("/audit").text())[1])
    found = {name: set() for name in ("auditor", "owner")}
    for name, visitor in (("auditor", auditor), ("owner", owner)):
        for target in ["/audit?before=%d" % n for n in range(newest + 1, 0, -50)] + [
                "/audit/entries/%d" % n for n in range(newest + 1)]:
            for json_too in (False, True):
                answer = visitor.get(target, json_too)
                tap.check(answer.status == 200, target, answer)
                found[name] |= {w for w in ("BAOMI", "绝密通报") if w in answer.text()}
    tap.check(found == {"auditor": set(), "owner": {"BAOMI", "绝密通报"}}, found)


def they_end_well():
    OFFICE.site.stop()
    TWIN.site.stop()


TWIN, OFFICE = Office(True), Office(False)
desk.run_all(every_route_has_a_row, the_description_has_every_route_for_programs,
             whoever_may_see_all_of_it_does, without_what_is_hidden_all_is_the_same,
             who_may_not_ask_is_told_so, own_is_shown, hidden_is_as_absent, nothing_hidden_was_changed,
             the_log_does_not_say_who_is_in_a_circle, they_end_well)
