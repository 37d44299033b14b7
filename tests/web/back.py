#!/usr/bin/env python3
"""Lists from their other end, and the board of a ledger with one root: back.py XIAOHAO

Whoever goes on through a list and back again sees the same pages, without scripts."""
import html
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import served  # noqa: E402
from served import desk, tap  # noqa: E402

check = tap.check
ROWS, MANY = 230, 130
OFFICE = desk.Desk()
OFFICE.people()
OFFICE.run("unit", "add", "R", "--name", "青禾县")
for unit in ("城关镇", "北山镇"):
    OFFICE.run("unit", "move", unit, "--parent", "R")
OFFICE.run("person", "change", "xia", "--unit", "城关镇")
OFFICE.imports("findings", OFFICE.write("book.csv", desk.table(
    "序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况", *[
        "%d,第%d处需要整改的情形%s,措施%d,%s,夏长青,%s,整改中" % (
            n, n, "甲乙丙丁戊己庚辛壬癸"[n % 10], n, "北山镇" if n % 3 else "城关镇",
            ("2199-12-31", "", "2199-10-0%d" % (n % 7 + 1))[n % 3]) for n in range(1, ROWS + 1)])),
    "--campaign", "ZG")
for n in range(MANY):
    OFFICE.run("unit", "add", "V%03d" % n, "--name", "第%d村" % n, "--parent", "城关镇")
    OFFICE.run("person", "add", "p%03d" % n, "--name", "干部%d" % n, "--role", "liaison", "--unit",
               "V%03d" % n)
    OFFICE.run("campaign", "add", "C%03d" % n, "--name", "专项%d" % n, "--kind", "finding")
    OFFICE.run("instruction", "give", "--to", "城关镇", "--text", "批示%d" % n, "--as", "tan")
SERVED = served.Served(OFFICE)
CHEN, XIA, SHEN, GUAN, TAN = (SERVED.sign_in(p) for p in (desk.CLERK, desk.LIAISON, "shen", "guan",
                                                           "tan"))


def link(page, rel):
    found = re.search(r'<a class="button" rel="%s" href="([^"]+)"' % rel, page.text)
    return html.unescape(found[1]) if found else ""


def keys(page):
    """What the rows of a page are known by, in their order."""
    body = page.text.split("<main")[1].split('<p class="pages">')[0]
    if page.path.startswith("/mine"):
        return list(dict.fromkeys(re.findall(r'href="/items/([^"?/]+)"', body)))
    return re.findall(r'<(?:td[^>]*|li[^>]*)><a (?:class="code" )?href="/[^"]*?([^"/=]+)"', body)


def there_and_back(visitor, path, pages):
    """Goes on to the end and back to the beginning; the same rows page by page."""
    there, at = [], path
    while at:
        page = visitor.get(at)
        there.append(keys(page))
        at = link(page, "next")
    check(len(there) >= pages and all(there), path, [len(p) for p in there])
    back, at = [there[-1]], link(page, "prev")
    while at:
        page = visitor.get(at)
        back.insert(0, keys(page))
        at = link(page, "prev")
    check(back == there, path, [len(p) for p in there], [len(p) for p in back])
    rows = [k for p in there for k in p]
    check(len(rows) == len(set(rows)), path, "a row came twice")
    check(link(visitor.get(path), "prev") == "", path, "the first page has none before it")


def items_go_back():
    there_and_back(CHEN, "/items", 5)
    there_and_back(CHEN, "/items?unit=%E5%8C%97%E5%B1%B1%E9%95%87&state=in_progress", 3)
    there_and_back(CHEN, "/items?none=1", 2)
    there_and_back(XIA, "/items", 2)


def ones_work_goes_back():
    there_and_back(XIA, "/mine", 2)
    there_and_back(XIA, "/mine?person=me", 2)


def people_units_campaigns_and_instructions_go_back():
    there_and_back(GUAN, "/people", 2)
    there_and_back(GUAN, "/people?name=%E5%B9%B2%E9%83%A8&role=liaison", 2)
    there_and_back(GUAN, "/units?below=%E5%9F%8E%E5%85%B3%E9%95%87", 2)
    there_and_back(GUAN, "/units?name=%E6%9D%91", 2)
    there_and_back(CHEN, "/campaigns", 2)
    there_and_back(TAN, "/instructions", 2)


def the_log_goes_back():
    def seqs(page):
        return re.findall(r'href="/audit/entries/(\d+)"', page.text)
    first = SHEN.get("/audit")
    second = SHEN.get(link(first, "next"))
    third = SHEN.get(link(second, "next"))
    check(link(first, "prev") == "" and seqs(SHEN.get(link(third, "prev"))) == seqs(second))
    check(seqs(SHEN.get(link(second, "prev"))) == seqs(first))
    check(seqs(SHEN.get("/audit?before=7")) == [str(n) for n in range(6, -1, -1)])
    check(len(seqs(SHEN.get(link(SHEN.get("/audit?before=7"), "prev")))) == 50)


def programs_are_told_where_the_rows_before_are():
    first = CHEN.json("/items")
    second = CHEN.json(first["next"])
    check("previous" not in first and CHEN.json(second["previous"])["items"] == first["items"])
    first = XIA.json("/mine")
    check(XIA.json(XIA.json(first["next"])["previous"])["items"] == first["items"])


def what_came_meanwhile_is_not_left_out():
    """A page before another is a whole page, also when fewer rows stand before it."""
    page = CHEN.json("/items")
    at = page["items"][9]
    dues = re.search(r"after=(-?\d+)\.(\d+)", page["next"])
    check(dues, page["next"])
    early = CHEN.json("/items?before=%s.1" % dues[1])
    check(len(early["items"]) == 50 and "previous" not in early, len(early["items"]))
    check(at in early["items"])


def odd_places_are_refused_or_passed_over():
    for odd in ("x", "1", "1.", "1.x", "1.-1", "."):
        CHEN.get("/items?before=" + odd, status=400)
        XIA.get("/mine?before=" + odd)
    CHEN.get("/items?before=1.1&after=1.1", status=400)
    TAN.get("/instructions?before=NONE", status=404)
    check(keys(GUAN.get("/people?before=%21")))


def a_page_before_costs_one_statement_more():
    def asked(path):
        def total():
            return int(re.search(r"xiaohao_statements_total (\d+)", SERVED.get("/metrics").text)[1])
        counts = []
        for _ in range(3):
            before = total()
            CHEN.get(path)
            counts.append(total() - before)
        return min(counts)
    at = CHEN.json(CHEN.json("/items")["next"])["previous"]
    deep = CHEN.json(CHEN.json(CHEN.json(CHEN.json("/items")["next"])["next"])["next"])["previous"]
    check(asked(at) == asked(deep) == asked("/items") + 1, asked(at), asked(deep), asked("/items"))


# --- the board ------------------------------------------------------------------------------------

def the_board_of_one_root_shows_what_stands_below_it():
    page = TAN.get("/board")
    main = page.text.split("<main")[1]
    check("Board: 青禾县" in main, page)
    rows = re.findall(r'<th scope="row">(?:<a [^>]*>)?([^<]+)<', main)
    check("城关镇" in rows and "北山镇" in rows, rows)
    check(re.search(r'<a[^>]*href="/items[^"]*unit=R[^"]*">%d</a>' % ROWS, main), "the total is said")
    brief = TAN.get("/brief").text
    check("城关镇" in brief and "北山镇" in brief, brief)


def programs_get_the_board_that_they_asked_for():
    said = TAN.json("/board")
    check(said == {**OFFICE.run("board", "--json", "--as", "tan").json(), "as_of": said["as_of"]}, said)
    check([u["code"] for u in said["units"]] == ["R"], said["units"])


tap.run([(f.__name__, f) for f in (
    items_go_back, ones_work_goes_back, people_units_campaigns_and_instructions_go_back,
    the_log_goes_back, programs_are_told_where_the_rows_before_are,
    what_came_meanwhile_is_not_left_out, odd_places_are_refused_or_passed_over,
    a_page_before_costs_one_statement_more, the_board_of_one_root_shows_what_stands_below_it,
    programs_get_the_board_that_they_asked_for)])
