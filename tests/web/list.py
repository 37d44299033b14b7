#!/usr/bin/env python3
"""The list of items as its readers meet it: list.py XIAOHAO

Filters in the address, pages, columns, many at once, choosing units and people, files, new items."""
import csv
import datetime
import hashlib
import html
import io
import os
import re
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import served  # noqa: E402
from served import desk, tap  # noqa: E402

check = tap.check
TODAY = datetime.date.today()
LATE, SOON, FAR = ("2020-05-01", str(TODAY + datetime.timedelta(days=3)), "2199-12-31")
ROWS = 130


def book():
    """Mostly 城关镇's; every 10th late, every 10th due soon, some without a deadline."""
    due = {0: LATE, 1: SOON, 2: ""}
    return desk.table("序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况", *[
        "%d,第%d处需要整改的情形%s,措施%d,%s,%s,%s,未完成" % (
            n, n, "甲乙丙丁戊己庚辛壬癸"[n % 10], n, "北山镇" if n % 5 == 4 else "城关镇",
            "赵六" if n % 5 == 4 else "王五", due.get(n % 10, FAR)) for n in range(1, ROWS + 1)])


OFFICE = desk.Desk()
OFFICE.people()
OFFICE.run("person", "change", "xia", "--unit", "城关镇")
OFFICE.imports("findings", OFFICE.write("book.csv", book()), "--campaign", "ZG")
OFFICE.run("campaign", "add", "MM", "--name", "机密专项", "--kind", "finding", "--confidential")
OFFICE.run("unit", "add", "城南社区")
OFFICE.run("person", "add", "gone", "--name", "王离任", "--role", "liaison", "--unit", "城关镇")
OFFICE.run("person", "change", "gone", "--inactive")
SERVED = served.Served(OFFICE)
CHEN, XIA = SERVED.sign_in("chen"), SERVED.sign_in("xia")


def codes(page):
    return re.findall(r'<tr data-code="([^"]+)"', page.text)


def link(page, rel):
    found = re.search(r'<a class="button" rel="%s" href="([^"]+)"' % rel, page.text)
    return html.unescape(found[1]) if found else ""


def all_of(visitor, path):
    rows = []
    while path:
        page = visitor.json(path)
        rows += page["items"]
        path = page.get("next", "")
    return rows


# --- the list -------------------------------------------------------------------------------------

def paging_gives_each_row_once_and_in_order():
    seen, path, pages = [], "/items", 0
    while path:
        page = CHEN.get(path)
        check(('href="/items">First page' in page.text) == (pages > 0), path, page)
        seen += codes(page)
        path, pages = link(page, "next"), pages + 1
    check(pages == 3 and len(seen) == len(set(seen)) == ROWS, pages, len(seen))
    rows = all_of(CHEN, "/items")
    check([r["code"] for r in rows] == seen)
    dues = [r["deadline"] or "9999" for r in rows]
    check(dues == sorted(dues), dues)
    listed = {r["code"]: r for r in OFFICE.problems()}
    for row in rows:
        check(row == listed[row["code"]], row, listed[row["code"]])


def filters_are_those_of_the_command_line():
    for address, given in (
            ("overdue=1", ["--overdue"]), ("soon=1", ["--soon"]),
            ("unit=北山镇", ["--unit", "北山镇"]), ("state=planned", ["--state", "planned"]),
            ("state=struck_off&state=standing", ["--state", "struck_off", "--state", "standing"]),
            ("state=all&campaign=ZG", ["--campaign", "ZG"])):
        got = {r["code"] for r in all_of(CHEN, "/items?" + address)}
        wanted = {r["code"] for r in OFFICE.problems(*given, "--as", "chen")}
        check(got == wanted, address, len(got), len(wanted))


def filters_by_deadline_person_and_kind():
    rows = all_of(CHEN, "/items")
    fits = {
        "none=1": lambda r: not r["deadline"], "dated=1": lambda r: r["deadline"],
        "from=%s" % SOON: lambda r: r["deadline"] >= SOON,
        "until=%s&from=2020-01-01" % SOON: lambda r: "2020" <= r["deadline"] <= SOON,
        "person=赵六": lambda r: r["responsible_person"] == "赵六",
        "kind=hazard": lambda r: False, "kind=finding&overdue=1": lambda r: r["overdue"],
        "overdue=1&soon=1": lambda r: False, "none=1&overdue=1": lambda r: False}
    for address, fit in fits.items():
        got = [r["code"] for r in all_of(CHEN, "/items?" + address)]
        check(got == [r["code"] for r in rows if fit(r)], address, len(got))


def chips_take_one_filter_away():
    page = CHEN.get("/items?overdue=1&unit=北山镇&state=in_progress")
    hrefs = [html.unescape(h) for h in re.findall(r'<a class="chip" href="([^"]+)"', page.text)]
    check([urllib.parse.unquote(h) for h in hrefs] == [
        "/items?unit=北山镇&state=in_progress", "/items?overdue=1&state=in_progress",
        "/items?overdue=1&unit=北山镇"], hrefs)


def figures_are_those_of_the_rows():
    page = CHEN.get("/items?campaign=ZG")
    tabs = dict(re.findall(r'<a href="([^"]+)"[^>]*>[^<]*<span class="quiet">(\d+)</span>', page.text))
    check(len(tabs) == 5, tabs)
    for href, figure in tabs.items():
        check(len(all_of(CHEN, html.unescape(href))) == int(figure), href, figure)
    # Who sees a part counts nothing that costs more the more there is.
    check('<span class="quiet">' not in re.search(r'<nav class="tabs".*?</nav>',
                                                  XIA.get("/items").text, re.S)[0])


def wrong_filters_say_so_and_keep_the_form():
    for address, status, kept in (
            ("unit=没有这个&from=2026-01-02", 404, 'value="没有这个"'),
            ("campaign=NONE&person=王五", 404, 'value="王五"'),
            ("from=yesterday&unit=城关镇", 400, 'value="城关镇"'), ("state=odd", 400, ""),
            ("after=x", 400, ""), ("after=1.-4", 400, "")):
        page = CHEN.get("/items?" + address, status=status)
        check('role="alert"' in page.text and kept in page.text, address, page)
        check("error" in CHEN.json("/items?" + address, status=status))
    # What is not for somebody is to them as if it were not.
    one = XIA.get("/items?campaign=MM", status=404).text
    none = XIA.get("/items?campaign=MX", status=404).text
    check(re.sub("MM|MX|As of [^<]*", "", one) == re.sub("MM|MX|As of [^<]*", "", none))
    check("机密专项" not in XIA.get("/items").text)


def liaison_sees_only_their_own():
    rows = all_of(XIA, "/items?state=all")
    check(rows and all(r["lead_unit"] == "城关镇" for r in rows), len(rows))
    check(all_of(XIA, "/items?unit=北山镇") == [])


def ones_own_work_is_the_same_document():
    """What is mine to do gives programs what the list of items gives them, and nothing foreign."""
    mine, items = XIA.json("/mine")["items"], XIA.json("/items?state=open")["items"]
    check(mine and {r["code"] for r in mine} <= {r["code"] for r in items}, mine)
    check(all(r["state"] in ("assigned", "accepted", "planned", "in_progress") for r in mine), mine)


def columns_are_chosen_and_kept():
    visitor = SERVED.sign_in("tan")
    said = visitor.post("/items/columns", [("column", "tasks"), ("column", "campaign"),
                                           ("column", "<b>"), ("next", "/items?overdue=1")])
    check(said.status == 303 and said.headers["Location"] == "/items?overdue=1", said)
    page = visitor.get("/items")
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page.text)
    # A leader's list ends with the way to an instruction.
    check(heads[-4:] == ["Number", "Tasks open/all", "Campaign", "Instructions"], heads)
    check('data-label="Campaign">ZG</td>' in page.text, page)
    visitor.cookies["columns"] = '"><script>.deadline'
    check("<script>." not in visitor.get("/items").text)
    check(visitor.post("/items/columns", {"next": "//else.where/"}).headers["Location"] == "/items")


def statements_do_not_grow_with_rows():
    def asked(path):
        def total():
            return int(re.search(r"xiaohao_statements_total (\d+)", SERVED.get("/metrics").text)[1])
        before = total()
        CHEN.get(path)
        return total() - before
    asked("/items")
    check(asked("/items?unit=城关镇") == asked("/items?unit=城南社区"))


# --- many at once ---------------------------------------------------------------------------------

def preview(verb, fields):
    """The fields of the form that a preview shows, as a browser would send them."""
    page = CHEN.post("/items/bulk", fields + [("choose", verb)], status=200)
    return page, ([("item", v) for v in re.findall(r'name="item" value="([^"]+)"', page.text)] +
                  [("verb", verb), ("go", "1"),
                   ("id", re.search(r'name="id" value="([^"]+)"', page.text)[1])])


def outcomes(page):
    return {code: (how, html.unescape(re.sub("<[^>]*>", "", what)).strip()) for how, what, code in
            re.findall(r'<tr class="(did|refused)"><td class="outcome">(.*?)</td>.*?'
                       r'href="/items/([^"]+)"', page.text, re.S)}


def chosen_items_are_shown_with_their_state():
    page = CHEN.post("/items/bulk", [("code", c) for c in ("ZG-0001", "ZG-0004", "NO-1")], status=200)
    check("2 items chosen" in page.text and "planned" in page.text and "北山镇" in page.text, page)
    check('value="assign"' in page.text and 'value="resume"' not in page.text, page)
    # Not the clerk's: a strike-off is signed by others.
    check('value="strike-off"' not in page.text, page)
    check("No item is chosen" in CHEN.post("/items/bulk", [], status=200).text)
    check(CHEN.post("/items/bulk", {"code": "ZG-0001", "verb": "merge"}).status == 400)


def one_is_done_one_is_stale_one_is_refused():
    OFFICE.run("act", "suspend", "ZG-0013", "--reason", "停工")
    _, form = preview("assign", [("code", "ZG-00%d" % n) for n in (11, 12, 13)])
    OFFICE.run("act", "amend", "ZG-0012", "--place", "河边")  # meanwhile
    form += [("unit", "北山镇"), ("note", "统一调整")]
    page = CHEN.post("/items/bulk", form, status=200)
    said = outcomes(page)
    check("1 done, 2 refused" in page.text, page)
    check(said["ZG-0011"][0] == "did" and "entry" in said["ZG-0011"][1], said)
    check(said["ZG-0012"][0] == "refused" and "has changed" in said["ZG-0012"][1], said)
    check(said["ZG-0013"][0] == "refused" and "suspended" in said["ZG-0013"][1], said)
    check([r["lead_unit"] for r in OFFICE.problems() if r["code"] in said] ==
          ["北山镇", "城关镇", "城关镇"])
    # The same form again is the same command.
    before = OFFICE.entries()
    check("before, entry" in outcomes(CHEN.post("/items/bulk", form, status=200))["ZG-0011"][1])
    check(OFFICE.entries() == before)
    # The refused ones can be looked at again.
    check(re.findall(r'name="code" value="([^"]+)"', page.text) == ["ZG-0012", "ZG-0013"])


def wrong_values_bring_the_form_back():
    _, form = preview("assign", [("code", "ZG-0021"), ("code", "ZG-0022")])
    before = OFFICE.entries()
    page = CHEN.post("/items/bulk", form + [("unit", "没有这个单位"), ("note", "抄送")], status=422)
    check('value="没有这个单位"' in page.text and "抄送" in page.text and 'role="alert"' in page.text,
          page.text.split("<main")[1])
    check(page.text.count('name="item"') == 2, page)
    check(OFFICE.entries() == before)


def files_are_stored_once_and_named_by_each():
    page, form = preview("attach", [("code", "ZG-0041"), ("code", "ZG-0042")])
    check('type="file"' in page.text and 'enctype="multipart/form-data"' in page.text, page)
    data = b"one picture for both\n"
    said = outcomes(CHEN.send("/items/bulk", form + [("note", "同一张照片")],
                              {"file": [("现场.txt", data)]}, status=200))
    check(len(said) == 2 and all(how == "did" for how, _ in said.values()), said)
    kept = [OFFICE.run("show", code, "--json").json()["evidence"] for code in sorted(said)]
    check([e["hash"] for files in kept for e in files] == [hashlib.sha256(data).hexdigest()] * 2, kept)
    check(all(e["name"] == "现场.txt" for files in kept for e in files), kept)


def all_that_the_filter_shows_in_one_go():
    page, form = preview("chase", [("all", "1"), ("filter", "overdue=1&unit=%s" % "城关镇")])
    wanted = {r["code"] for r in OFFICE.problems("--overdue", "--unit", "城关镇")}
    check({v.split(":")[0] for name, v in form if name == "item"} == wanted and len(wanted) > 5)
    said = outcomes(CHEN.post("/items/bulk", form + [("text", "请抓紧")], status=200))
    check(set(said) == wanted and all(how == "did" for how, _ in said.values()), said)


def programs_are_told_of_each():
    said = CHEN.json("/items/bulk", [("verb", "chase"), ("code", "ZG-0031"), ("code", "NO-1"),
                                     ("text", "请抓紧")])["outcomes"]
    check(said[0]["code"] == "ZG-0031" and said[0]["seq"] and said[0]["state"] == "planned", said)
    check(said[1]["code"] == "NO-1" and said[1]["error"] == "UNSEEN", said)
    check(CHEN.json("/items/bulk", [("verb", "chase")], status=400)["error"] == "BAD_VALUE")


def others_items_are_refused_as_if_absent():
    foreign = next(r["code"] for r in OFFICE.problems() if r["lead_unit"] == "北山镇")
    page = XIA.post("/items/bulk", [("code", foreign), ("choose", "accept")], status=200)
    check(foreign not in page.text.split("<main")[1], page)
    said = XIA.json("/items/bulk", [("verb", "accept"), ("code", foreign), ("code", "NO-1")])
    check([o["error"] for o in said["outcomes"]] == ["UNSEEN", "UNSEEN"], said)


def forged_forms_do_nothing():
    before, csrf = OFFICE.entries(), CHEN.csrf
    CHEN.csrf = "x"
    try:
        check(CHEN.post("/items/bulk", [("verb", "chase"), ("code", "ZG-0031"), ("go", "1")]).status
              == 403)
    finally:
        CHEN.csrf = csrf
    check(OFFICE.entries() == before)


# --- choosing units and people --------------------------------------------------------------------

def indexed():
    """The pickers' index follows the log beside the server's work."""
    until = time.monotonic() + 60
    while not CHEN.json("/pick/units?q=城南") and time.monotonic() < until:
        time.sleep(0.05)


def pickers_offer_by_beginning():
    indexed()
    check([u["name"] for u in CHEN.json("/pick/units?q=城")] == ["城关镇", "城南社区"] or
          {u["name"] for u in CHEN.json("/pick/units?q=城")} == {"城关镇", "城南社区"})
    options = CHEN.get("/pick/units?q=城关", HX_Request="true").text
    check('<option value="城关镇">' in options and "<html" not in options, options)
    check([p["name"] for p in CHEN.json("/pick/people?q=夏")] == ["夏长青"])
    check(CHEN.json("/pick/people?q=xia")[0]["code"] == "xia")
    check(CHEN.json("/pick/units?q=") == [] and CHEN.json("/pick/people?q=%22*") == [])
    check(len(CHEN.json("/pick/people?q=王")) <= 20)


def pickers_show_nothing_foreign():
    check("王离任" not in CHEN.get("/pick/people?q=王").text)  # no longer there
    check(CHEN.json("/pick/people?q=陈雅文") and XIA.json("/pick/people?q=陈雅文") == [])
    check(CHEN.json("/pick/people?q=赵六") and XIA.json("/pick/people?q=赵六") == [])
    check(SERVED.get("/pick/people?q=夏", status=None).status in (303, 401))


# --- files ----------------------------------------------------------------------------------------

def without_time(text):
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "", text)


def exports_equal_the_command_lines():
    for name in ("problems", "tasks", "responsibilities"):
        for address, given in (("", []), ("&overdue=1", ["--overdue"]),
                               ("&unit=北山镇&campaign=ZG", ["--unit", "北山镇", "--campaign", "ZG"])):
            got = CHEN.get("/export/%s?format=csv%s" % (name, address)).text
            wanted = OFFICE.run("export", name, *given, "--as", "chen").out
            check(without_time(got) == without_time(wanted), name, address, got[:600], wanted[:600])
        answer = CHEN.get("/export/%s?format=xlsx" % name)
        path = OFFICE.write("got.xlsx", answer.body)
        OFFICE.run("export", name, "-o", OFFICE.path("wanted.xlsx"), "--as", "chen")
        got, wanted = (desk.read_workbook(OFFICE.path(f)) for f in ("got.xlsx", "wanted.xlsx"))
        check(path and got[2:] == wanted[2:] and len(got) > ROWS, name, got[:4], wanted[:4])
    rows = CHEN.json("/export/problems?state=planned")
    check(len(rows) == len(OFFICE.problems("--state", "planned", "--as", "chen")) > 0, rows[:2])


def exports_hold_what_the_list_shows():
    for address in ("overdue=1", "person=赵六", "none=1&unit=北山镇", "from=%s" % SOON, "soon=1",
                    "kind=finding&until=%s" % SOON, "overdue=1&soon=1", "unit=城关镇"):
        page = CHEN.get("/items?" + address)
        href = html.unescape(re.search(r'href="(/export/problems[^"]*format=csv)"', page.text)[1])
        rows = list(csv.reader(io.StringIO(CHEN.get(href).text.lstrip("\ufeff"))))
        at = next(i for i, row in enumerate(rows) if "Ledger code" in row)
        column = rows[at].index("Ledger code")
        check({row[column] for row in rows[at + 1:]} ==
              {r["code"] for r in all_of(CHEN, "/items?" + address)}, address, rows[:4])


def exports_are_named_and_only_ones_own():
    answer = CHEN.get("/export/problems?format=csv")
    name = answer.headers["Content-Disposition"]
    check(name.startswith('attachment; filename="problems-') and "filename*=UTF-8''" in name, name)
    check("清源市整改台账" in urllib.parse.unquote(name.split("UTF-8''")[1]), name)
    check("北山镇" not in XIA.get("/export/problems?format=csv").text)
    for path, status in (("/export/log", 404), ("/export/people", 404),
                         ("/export/problems?format=pdf", 400), ("/export/problems?campaign=MX", 404),
                         ("/export/tasks?person=王五", 400), ("/export/tasks?state=odd", 400)):
        check(CHEN.get(path, status=None).status == status, path)
    check(not os.listdir(os.path.join(OFFICE.ledger, "uploads")))


def many_exports_at_once_are_whole_or_put_off():
    got = []

    def ask():
        got.append(CHEN.get("/export/problems?format=xlsx", status=None))
    threads = [threading.Thread(target=ask) for _ in range(12)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(len(got) == 12 and {a.status for a in got} <= {200, 503}, [a.status for a in got])
    check(all(a.body[:2] == b"PK" for a in got if a.status == 200))
    check(all("exported" in a.text for a in got if a.status == 503))
    check(CHEN.get("/export/problems").status == 200)  # places are given back


# --- new items ------------------------------------------------------------------------------------

def clerk_registers_an_item():
    check('href="/campaigns/ZG/register"' in CHEN.get("/items").text)
    check("/register" not in XIA.get("/items").text)
    page = CHEN.get("/campaigns/ZG/register")
    key = re.search(r'name="id" value="([^"]+)"', page.text)[1]
    form = {"id": key, "text": "新发现的问题", "due": FAR, "unit": "没有这个"}
    again = CHEN.post("/campaigns/ZG/register", form, status=422)
    check("新发现的问题" in again.text and 'role="alert"' in again.text, again)
    form["unit"] = "城关镇"
    done = CHEN.post("/campaigns/ZG/register", form, status=303)
    check("新发现的问题" in CHEN.get(done.headers["Location"]).text)
    check(CHEN.post("/campaigns/ZG/register", form).headers["Location"] == done.headers["Location"])
    check(CHEN.post("/campaigns/ZG/register", {"due": FAR}).status == 409)
    check(CHEN.get("/campaigns/NONE/register", status=None).status == 404)
    check(XIA.get("/campaigns/ZG/register", status=None).status == 403)
    check(CHEN.json("/campaigns/ZG/register", {"text": "由程序登记", "unit": "城关镇"})["code"])


def server_ends_well():
    SERVED.stop()


desk.run_all(
    paging_gives_each_row_once_and_in_order, filters_are_those_of_the_command_line,
    filters_by_deadline_person_and_kind, chips_take_one_filter_away, figures_are_those_of_the_rows,
    wrong_filters_say_so_and_keep_the_form, liaison_sees_only_their_own,
    ones_own_work_is_the_same_document, columns_are_chosen_and_kept,
    statements_do_not_grow_with_rows, chosen_items_are_shown_with_their_state,
    one_is_done_one_is_stale_one_is_refused, files_are_stored_once_and_named_by_each, wrong_values_bring_the_form_back,
    all_that_the_filter_shows_in_one_go, programs_are_told_of_each,
    others_items_are_refused_as_if_absent, forged_forms_do_nothing, pickers_offer_by_beginning,
    pickers_show_nothing_foreign, exports_equal_the_command_lines, exports_hold_what_the_list_shows,
    exports_are_named_and_only_ones_own, many_exports_at_once_are_whole_or_put_off,
    clerk_registers_an_item, server_ends_well)
