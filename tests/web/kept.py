#!/usr/bin/env python3
"""What was typed before a session ended goes around the sign-in, and what two people amend at once:
kept.py XIAOHAO"""
import html
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import served  # noqa: E402
from served import desk, tap  # noqa: E402

check = tap.check
OFFICE = desk.Desk()
OFFICE.people()
OFFICE.imports("findings", OFFICE.write("book.csv", desk.table(
    "序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况",
    "1,第一处,清淤,城关镇,夏长青,2199-12-31,未完成",
    "2,第二处,修补,城关镇,夏长青,2199-12-31,未完成")), "--campaign", "ZG")
SERVED = served.Served(OFFICE)
ID = "01a21401-8a3a-7fad-ad2d-d8cbba68e38c"
TYPED = "已清<b>淤</b> & \"两\"处"


def lapsed(person="xia"):
    """Somebody whose session has just ended."""
    visitor = SERVED.sign_in(person)
    OFFICE.run("person", "session", "end", person)
    return visitor


def hidden(page):
    return [(n, html.unescape(v)) for n, v in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text.split("<main")[1])]


def a_form_goes_around_the_sign_in():
    visitor, before = lapsed(), OFFICE.entries()
    page = visitor.post("/items/ZG-0001/report",
                        [("id", ID), ("text", TYPED), ("percent", "40")], status=401)
    fields = hidden(page)
    check(("to", "/items/ZG-0001/report") in fields and ("kept-text", TYPED) in fields, fields)
    check("<b>淤" not in page.text and not any(n in ("csrf", "kept-csrf") for n, _ in fields), page)
    wrong = visitor.post("/sign-in", fields + [("name", "xia"), ("password", "no")], status=403)
    check(hidden(wrong) == fields, hidden(wrong))
    page = visitor.post("/sign-in", fields + [("name", "xia"), ("password", served.PASSWORD)],
                        status=200)
    check(OFFICE.entries() == before, "sent before anybody said so")
    check(html.escape(TYPED) in page.text.replace("&#34;", "&quot;"), page)
    fields = hidden(page)
    visitor.csrf = dict(fields)["csrf"]
    visitor.post("/items/ZG-0001/report", [f for f in fields if f[0] != "csrf"], status=303)
    row = OFFICE.numbered(lang="C")["1"]
    check(row["progress"] == TYPED, row)


def go_on(visitor, fields, person):
    """Signs in with what the page holds, and sends on what stands there afterwards."""
    page = visitor.post("/sign-in", fields + [("name", person), ("password", served.PASSWORD)],
                        status=200)
    to = re.search(r'<form method="post" action="([^"]+)"', page.text.split("<main")[1])[1]
    fields = hidden(page)
    visitor.csrf = dict(fields)["csrf"]
    return page, visitor.post(to, [f for f in fields if f[0] != "csrf"], status=200)


def a_choice_of_many_goes_around_the_sign_in():
    visitor, before = lapsed("chen"), OFFICE.entries()
    page = visitor.post("/items/bulk", [("filter", ""), ("code", "ZG-0001"), ("code", "ZG-0002")],
                        status=401)
    said, page = go_on(visitor, hidden(page), "chen")
    check("ZG-0001, ZG-0002" in said.text and 'href="/items">Begin anew' in said.text, said)
    check("2 items chosen" in page.text, page)
    check(OFFICE.entries() == before)


def a_command_about_many_goes_around_the_sign_in():
    visitor, before = SERVED.sign_in("chen"), OFFICE.entries()
    page = visitor.post("/items/bulk", [("code", "ZG-0001"), ("code", "ZG-0002"), ("choose", "chase")],
                        status=200)
    items = re.findall(r'name="item" value="([^"]+)"', page.text)
    OFFICE.run("person", "session", "end", "chen")
    page = visitor.post("/items/bulk", [("id", ID[:-2] + "aa"), ("verb", "chase"), ("go", "1"),
                                        ("text", TYPED)] + [("item", i) for i in items], status=401)
    said, page = go_on(visitor, hidden(page), "chen")
    check("ZG-0001, ZG-0002" in said.text and ">Chase<" in said.text and
          html.escape(TYPED) in said.text.replace("&#34;", "&quot;"), said)
    check("2 done, 0 refused" in page.text, page)
    check(OFFICE.entries() == before + 2)


def who_signed_in_elsewhere_goes_on_here():
    """A sign-in service's page opens in another tab of the same browser."""
    visitor, before = lapsed(), OFFICE.entries()
    page = visitor.post("/items/ZG-0001/report", [("id", ID[:-2] + "ab"), ("text", TYPED)], status=401)
    fields = hidden(page)
    again = visitor.post("/sign-in", fields + [("back", "1")], status=403)
    check(hidden(again) == fields and "not signed in yet" in again.text, again)
    other = SERVED.sign_in("xia")
    check("Signed in as 夏长青" in other.get("/sign-in/back").text)
    visitor.cookies["session"] = other.cookies["session"]
    page = visitor.post("/sign-in", fields + [("back", "1")], status=200)
    check(OFFICE.entries() == before and html.escape(TYPED) in page.text.replace("&#34;", "&quot;"), page)
    fields = hidden(page)
    visitor.csrf = dict(fields)["csrf"]
    visitor.post("/items/ZG-0001/report", [f for f in fields if f[0] != "csrf"], status=303)
    check(OFFICE.entries() == before + 1)
    said = visitor.post("/sign-in", {"back": "1", "next": "//else.where"}, status=303)
    check(said.headers["Location"] == "/", said)


def files_of_a_stranger_are_not_stored():
    visitor, border = lapsed(), "xhxhxh"
    parts = [('name="csrf"', visitor.csrf), ('name="id"', ID), ('name="text"', TYPED),
             ('name="file"; filename="a.txt"', "x" * 100000), ('name="reason"', "behind")]
    body = "".join("--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (border, head, value)
                   for head, value in parts) + "--%s--\r\n" % border
    page = visitor.ask("POST", "/items/ZG-0001/report", body.encode(), 401,
                       Content_Type="multipart/form-data; boundary=" + border)
    fields = dict(hidden(page))
    check(fields["files"] == "1" and fields["kept-text"] == TYPED and
          fields["kept-reason"] == "behind" and "kept-file" not in fields, fields)
    uploads = os.path.join(OFFICE.ledger, "uploads")
    check(not os.path.exists(uploads) or os.listdir(uploads) == [], "a file was stored")


def nothing_is_shown_that_was_not_typed_here():
    for change in (lambda v: setattr(v, "csrf", "x" * 43), lambda v: v.cookies.pop("session"),
                   lambda v: v.cookies.update(session="short")):
        visitor = lapsed()
        change(visitor)
        page = visitor.post("/items/ZG-0001/report", {"id": ID, "text": "planted"}, status=401)
        check("planted" not in page.text, page)
    visitor = lapsed()
    page = visitor.post("/items/ZG-0001/report", {"id": ID, "text": "planted"}, status=401,
                        Origin="http://else.where")
    check("planted" not in page.text, page)
    check(visitor.json("/items/ZG-0001/report", {"text": "x"}, status=401)["error"] == "SIGN_IN")


def no_password_is_carried():
    for path, field in (("/account/password", "new"), ("/people/bao/password", "again")):
        page = lapsed().post(path, {"id": ID, "again": "old words", field: "hidden words"},
                             status=401)
        check(not re.search("old words|hidden words|kept-", page.text), page)


def too_much_is_refused():
    visitor, border = lapsed(), "xhxhxh"
    body = "".join("--%s\r\nContent-Disposition: form-data; name=\"t%d\"\r\n\r\n%s\r\n" %
                   (border, n, "x" * (1 << 20)) for n in range(3)) + "--%s--\r\n" % border
    visitor.ask("POST", "/items/ZG-0001/report", body.encode(), 413,
                Content_Type="multipart/form-data; boundary=" + border)


def after_signing_in_one_is_sent_within_this_site_only():
    for to in ("//else.where/", "http://else.where/", "/\\else.where"):
        page = SERVED.post("/sign-in", {"name": "xia", "password": served.PASSWORD, "to": to,
                                        "kept-text": "x"}, status=200)
        check('action="/"' in page.text and "else.where" not in page.text, page)


def two_who_amend_at_once_undo_nothing():
    OFFICE.run("act", "amend", "ZG-0002", "--remarks", "第一行\n第二行", "--place", "河东")
    one = two = SERVED.sign_in("chen")  # in two windows
    form = hidden(one.get("/items/ZG-0002/amend"))

    def sent(page_fields, **typed):
        """All fields of the form as a browser sends them, line ends as HTML has them."""
        shown = {"text": "第二处", "remarks": "第一行\r\n第二行", "place": "河东", **typed}
        return [f for f in page_fields if f[0] not in ("csrf", "next")] + list(shown.items())
    one.post("/items/ZG-0002/amend", sent(form, place="河西"), status=303)
    row = OFFICE.numbered()["2"]
    check(row["place"] == "河西" and row["remarks"] == "第一行\n第二行", row)
    form[:] = [(n, "01a21401-8a3a-7fad-ad2d-d8cbba68e38b" if n == "id" else v) for n, v in form]
    page = two.post("/items/ZG-0002/amend", sent(form, remarks="第三行"), status=409)
    check('name="place" value="河西"' in page.text and "第三行" in page.text, page)
    two.post("/items/ZG-0002/amend", sent(hidden(page), remarks="第三行", place="河西"), status=303)
    row = OFFICE.numbered()["2"]
    check(row["place"] == "河西" and row["remarks"] == "第三行", row)


tap.run([(f.__name__, f) for f in (
    a_form_goes_around_the_sign_in, a_choice_of_many_goes_around_the_sign_in,
    a_command_about_many_goes_around_the_sign_in, who_signed_in_elsewhere_goes_on_here,
    files_of_a_stranger_are_not_stored,
    nothing_is_shown_that_was_not_typed_here, no_password_is_carried, too_much_is_refused,
    after_signing_in_one_is_sent_within_this_site_only, two_who_amend_at_once_undo_nothing)])
