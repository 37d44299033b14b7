#!/usr/bin/env python3
"""The board, the brief and the list as of a past day: board.py XIAOHAO DAYS

A number is right when the list that it opens has so many rows, whoever looks and on whatever day."""
import datetime
import html
import json
import os
import re
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import served  # noqa: E402
from served import desk, tap  # noqa: E402

check = tap.check
TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()
LAST = TODAY - datetime.timedelta(days=2)
FIRST = LAST - datetime.timedelta(days=20)
MIDDLE = str(FIRST + datetime.timedelta(days=9))
PEOPLE = ("leader", "clerk", "liaison-a", "liaison-b", "two-scopes", "clerk-secret")

OFFICE = desk.Desk(init=False)
subprocess.run([os.path.abspath(sys.argv[2]), OFFICE.ledger, str(FIRST), str(LAST)], check=True)
SERVED = served.Served(OFFICE)
VISITORS = {person: SERVED.sign_in(person) for person in PEOPLE}
LEADER, LIAISON = VISITORS["leader"], VISITORS["liaison-a"]


def path(base, **given):
    return base + ("?" + urllib.parse.urlencode(given) if given else "")


def numbers(page):
    """(what it says, where it leads) of every number of tables and figures, and of every bar."""
    body = page.text.split("<main", 1)[1]
    out = [(int(n), html.unescape(href)) for href, n in
           re.findall(r'<a[^>]* href="(/items[^"]*)">(\d+)</a>', body)]
    out += [(int(n), html.unescape(href)) for href, n in
            re.findall(r'<a href="(/items[^"]*)"><title>[^<]*?(\d+)</title>', body)]
    return out


def rows(visitor, address, seen={}):  # pylint: disable=dangerous-default-value
    """How many rows the list has, page by page; no row comes twice."""
    key = (id(visitor), address)
    if key not in seen:
        codes, at = [], address
        while at:
            page = visitor.json(at)
            codes += [row["code"] for row in page["items"]]
            at = page.get("next", "")
        check(len(codes) == len(set(codes)), address, codes)
        seen[key] = len(codes)
    return seen[key]


def numbers_open_their_rows(visitor, address, at_least=40):
    page = visitor.get(address)
    told = numbers(page)
    check(len(told) >= at_least, address, len(told), page)
    wrong = ["%d at %s: %d rows" % (n, href, rows(visitor, href)) for n, href in told
             if rows(visitor, href) != n]
    check(not wrong, address, "\n".join(wrong))
    return told


# --- numbers and rows -----------------------------------------------------------------------------

def numbers_of_now_are_their_rows():
    told = numbers_open_their_rows(LEADER, "/board")
    kinds = ["overdue=1", "soon=1", "none=1", "state=all", "state=struck_off_here",
             "state=struck_off_taken_over", "state=withdrawn", "led=none", "led=1", "campaign=HZ"]
    for kind in kinds:  # the ledger holds something of each kind
        check(any(kind in href and n for n, href in told), kind, told)


def numbers_of_past_days_are_their_rows():
    for day in (str(FIRST), MIDDLE):
        told = numbers_open_their_rows(LEADER, path("/board", day=day))
        check(any("day=" + day in href and n for n, href in told), told)


def numbers_of_a_unit_and_a_campaign_are_their_rows():
    for given in ({"unit": "A"}, {"unit": "CITY", "campaign": "HZ", "day": MIDDLE}):
        told = numbers_open_their_rows(LEADER, path("/board", **given), 20)
        check(all("unit=" in href for _, href in told), told)
    told = numbers(LEADER.get(path("/board", unit="CITY")))
    check(any("led=itself" in href and n for n, href in told), told)


def numbers_are_everybodys_own():
    totals = set()
    for person, visitor in VISITORS.items():
        for given in ({}, {"day": MIDDLE}):
            told = numbers_open_their_rows(visitor, path("/board", **given), 15)
            totals.add((person, max(n for n, _ in told)))
    check(len({n for _, n in totals}) > 4, totals)


def parts_sum_up_to_the_whole():
    for given in ({}, {"day": MIDDLE}, {"unit": "CITY"}):
        board = LEADER.json(path("/board", **given))
        for key in ("total", "open", "overdue", "due_within_7_days", "struck_off"):
            for parts in ("units", "campaigns"):
                check(sum(part[key] for part in board[parts]) == board[key], given, key, parts)


# --- what a program is told -----------------------------------------------------------------------

def a_program_is_told_what_the_command_line_says():
    for web, line in (({}, []), ({"unit": "A"}, ["--unit", "A"]),
                      ({"campaign": "HZ", "day": MIDDLE}, ["--campaign", "HZ", "--as-of", MIDDLE])):
        got = LEADER.json(path("/board", **web))
        said = OFFICE.run("board", "--json", *line, "--as", "leader").json()
        if "day" not in web:
            got.pop("as_of"), said.pop("as_of")
        check(got == said, web, json.dumps(got)[:600], json.dumps(said)[:600])
    trend = LEADER.json("/board?step=weeks")["trend"]
    check(trend == OFFICE.run("board", "--json", "--trend", "12", "--as", "leader").json()["trend"])
    check(len(LEADER.json("/board?step=months")["trend"]) == 12)


def a_past_days_list_is_the_command_lines():
    for given, line in (({"state": "all"}, []), ({"overdue": 1}, ["--overdue"]),
                        ({"state": "struck_off_here"}, ["--state", "struck_off_here"]),
                        ({"state": "all", "unit": "A"}, ["--unit", "A"])):
        got, at = [], path("/items", day=MIDDLE, **given)
        while at:
            page = LEADER.json(at)
            got += page["items"]
            at = page.get("next", "")
        said = OFFICE.problems("--as-of", MIDDLE, *line, "--as", "leader")
        check(got == said and got, given, len(got), len(said))


# --- pages ----------------------------------------------------------------------------------------

def a_liaisons_board_is_their_units():
    page = LIAISON.get("/board")
    check("Board: 城关" in page.text and "/instructions/new" not in page.text, page)
    check(LIAISON.json("/board")["unit"] == "A")
    # What others lead is counted only as far as it may be seen.
    there = LIAISON.json("/board?unit=B")
    check(there["total"] == rows(LIAISON, "/items?state=all&unit=B&led=1"), there)
    check(there["total"] < LEADER.json("/board?unit=B")["total"], there)


def what_is_not_there_is_said_in_the_form():
    for given, status in (({"unit": "nowhere"}, 404), ({"campaign": "NONE"}, 404),
                          ({"day": "2026-02-30"}, 400), ({"step": "years"}, 400),
                          ({"day": str(TODAY + datetime.timedelta(days=1))}, 400)):
        page = LEADER.get(path("/board", **given), status=status)
        name, value = list(given.items())[0]
        check('role="alert"' in page.text and (name != "unit" or 'value="%s"' % value in page.text),
              page)
        LEADER.get(path("/board", **given), status=status, Accept="application/json")
        LEADER.get(path("/brief", **given), status=status)
    # A campaign that may not be seen answers as one that is not there.
    hidden, absent = (LIAISON.get("/board?campaign=" + c, status=404).text.replace(c, "X")
                      for c in ("SECRET", "NOTHERE"))
    check(hidden == absent)


def an_empty_board_has_no_rate_and_no_nonsense():
    page = LEADER.get(path("/board", day=str(FIRST - datetime.timedelta(days=1))))
    text = html.unescape(page.text).lower()
    check(not re.search(r"\bnan\b|\binf\b|%0a|-\d+%", text) and "–" in text, page)
    check(LEADER.json("/board?campaign=CLOSED")["strike_off_rate"]["percent"] == "")


def rates_show_their_definition():
    board = LEADER.json("/board")
    rate = board["strike_off_rate"]
    wanted = "%.2f" % (100 * rate["numerator"] / rate["denominator"])
    for address in ("/board", "/brief"):
        page = LEADER.get(address)
        check(wanted + " %" in page.text and board["strike_off_rate_definition"] in page.text, page)
        check("As of " in page.text and "Lights: red" in page.text, page)
    told = numbers(LEADER.get("/board"))
    for n, terms in ((rate["numerator"], "/items?state=struck_off_here"),
                     (rate["denominator"], "/items?state=open&state=standing&state=struck_off_here")):
        check((n, terms) in told, n, terms, told)


def charts_say_what_they_are():
    page = LEADER.get("/board?unit=CITY")
    charts = re.findall(r'<svg class="chart.*?</svg>', page.text, re.S)
    check(len(charts) == 2, page)
    for chart in charts:
        ids = re.search(r'aria-labelledby="(\S+) (\S+)"', chart)
        check('<title id="%s">' % ids[1] in chart and '<desc id="%s">' % ids[2] in chart, chart)
        bars = re.findall(r"<a [^>]*>(?:(?!</a>).)*<rect.*?</a>", chart, re.S)
        check(bars, chart)
        for bar in bars:
            check(re.match(r'<a href="/items[^"]*"><title>[^<]+: \d+</title>', bar), bar)
    check("style=" not in page.text and page.text.count('<details class="data">') == 2, page)


def lights_follow_their_thresholds():
    page = LEADER.get("/board?unit=CITY")
    for part in LEADER.json("/board?unit=CITY")["units"]:
        word = ("Red: %d overdue" % part["overdue"] if part["overdue"] else
                "Amber: %d due soon" % part["due_within_7_days"] if part["due_within_7_days"] else
                "Green")
        name = re.escape(part["name"] or "(the unit itself)")
        row = re.findall(r'<tr><th scope="row">(?:<a[^>]*>)?%s.*?</tr>' % name, page.text, re.S)
        check(len(row) == 2 and word in row[1], part, word, row)


def the_list_says_that_it_is_of_a_past_day():
    page = LEADER.get(path("/items", day=MIDDLE, state="all"))
    check("As of the end of " + MIDDLE in page.text and 'href="/items?state=all"' in page.text, page)
    check('name="code"' not in page.text and 'rel="next"' in page.text, page)
    check(len(re.findall(r"<tr data-code", page.text)) == 50, page)
    # Today is now, and there is no list of tomorrow; nor one of persons.
    check("As of the end" not in LEADER.get(path("/items", day=str(TODAY))).text)
    LEADER.get(path("/items", day=str(TODAY + datetime.timedelta(days=1))), status=400)
    said = LEADER.get(path("/items", day=MIDDLE, person="liaison-b"), status=422)
    check("cannot be narrowed to a person" in said.text, said)
    # Nothing is done about what was.
    VISITORS["clerk"].post("/items/bulk", {"filter": "day=" + MIDDLE, "all": 1}, status=400)


def a_past_day_is_exported_as_it_is_listed():
    count = rows(LEADER, path("/items", day=MIDDLE, overdue=1, unit="CITY", led=1))
    got = LEADER.get(path("/export/problems", day=MIDDLE, overdue=1, unit="CITY", led=1,
                          format="json"))
    check(len(got.text.splitlines()) == count or got.text.count('"code"') == count, count, got)


def leaders_instruct_on_numbers_and_rows():
    page = LEADER.get("/board?unit=CITY&campaign=HZ")
    hrefs = [html.unescape(h) for h in re.findall(r'href="(/instructions/new[^"]*)"', page.text)]
    asked = [dict(urllib.parse.parse_qsl(h.split("?")[1])) for h in hrefs]
    check({"all", "open", "overdue", "undated"} <= {a["what"] for a in asked}, asked)
    check(all(a["campaign"] == "HZ" and a["of"] for a in asked), asked)
    for href in hrefs[:12]:  # the form knows the number, and finds it unchanged
        check("The board showed" not in LEADER.get(href).text, href)
    past = LEADER.get(path("/board", unit="CITY", day=MIDDLE))
    for href in re.findall(r'href="(/instructions/new[^"]*what=overdue[^"]*)"', past.text)[:3]:
        form = LEADER.get(html.unescape(href))
        check("as_of=" + MIDDLE in href and "The board showed" not in form.text, href, form)
    check('href="/items/%s/instruct"' % "HZ-0001" in LEADER.get("/items?state=all&campaign=HZ&unit=CITY").text
          or "/instruct\"" in LEADER.get("/items").text)
    check("/instruct\"" not in VISITORS["clerk"].get("/items").text)


def an_instruction_on_a_past_number_opens_that_days_rows():
    board = LEADER.json(path("/board", unit="CITY", day=MIDDLE))
    said = OFFICE.run("instruction", "give", "--number", "overdue", "--unit", "CITY", "--as-of", MIDDLE,
                      "--text", "说明原因", "--to", "B", "--as", "leader", "--json").json()
    code = said.get("code") or said["on"]
    told = OFFICE.run("instruction", "show", code, "--json", "--as", "leader").json()
    check(told["number"]["value"] == board["overdue"] > 0, told, board["overdue"])
    page = LEADER.get("/instructions/" + code)
    href = html.unescape(re.search(r'href="(/items\?[^"]*overdue=1[^"]*)"', page.text)[1])
    check(rows(LEADER, href) == board["overdue"], href)


def statements_do_not_grow_with_units_or_rows():
    def asked(address):
        def total():
            return int(re.search(r"xiaohao_statements_total (\d+)", SERVED.get("/metrics").text)[1])
        before = total()
        LEADER.get(address)
        return total() - before
    for page in ("/board?unit=", "/brief?unit=", "/board?day=%s&unit=" % MIDDLE):
        asked(page + "A")
        small, large = asked(page + "A"), asked(page + "CITY")
        # Where units stand below, two questions are about them, however many there are.
        check(large - small in (0, 2), page, small, large)


# --- the brief ------------------------------------------------------------------------------------

def the_brief_names_the_most_overdue():
    for given in ({}, {"unit": "CITY", "day": MIDDLE}):
        page = LEADER.get(path("/brief", **given))
        table = re.search(r'<table class="cards overdue">.*?</table>', page.text, re.S)[0]
        got = re.findall(r'href="/items/([^"]+)"', table)
        late, at = [], path("/items", overdue=1, **given, **({"led": 1} if given else {}))
        while at:
            answer = LEADER.json(at)
            late += answer["items"]
            at = answer.get("next", "")
        dues = {row["code"]: row["deadline"] for row in late}
        check(len(got) == min(10, len(late)) and set(got) <= set(dues), got, len(late))
        check([dues[c] for c in got] == sorted(dues.values())[:10], [dues[c] for c in got])
        check("往日台账" in page.text and "<script>" not in page.text, page)


def both_languages():
    visitor = SERVED.sign_in("leader", lang="zh")
    for address in ("/board?unit=CITY", path("/brief", day=MIDDLE), path("/items", day=MIDDLE)):
        main = visitor.get(address).text.split("<main", 1)[1].split("</main>")[0]
        words = re.sub(r"<(script|svg class=.patterns).*?</\1", "", re.sub(r"<[^>]*>", " ", main))
        words = html.unescape(words)
        for word in ("Board", "Open", "Overdue", "Unit", "Rate", "Struck", "Lights", "As of", "Show"):
            check(word not in words, address, word, words[:2000])
    check("销号率" in visitor.get("/board").text and "红灯" in visitor.get("/board").text)


desk.run_all(
    numbers_of_now_are_their_rows, numbers_of_past_days_are_their_rows,
    numbers_of_a_unit_and_a_campaign_are_their_rows, numbers_are_everybodys_own,
    parts_sum_up_to_the_whole, a_program_is_told_what_the_command_line_says,
    a_past_days_list_is_the_command_lines, a_liaisons_board_is_their_units,
    what_is_not_there_is_said_in_the_form, an_empty_board_has_no_rate_and_no_nonsense,
    rates_show_their_definition, charts_say_what_they_are, lights_follow_their_thresholds,
    the_list_says_that_it_is_of_a_past_day, a_past_day_is_exported_as_it_is_listed,
    leaders_instruct_on_numbers_and_rows, an_instruction_on_a_past_number_opens_that_days_rows,
    statements_do_not_grow_with_units_or_rows,
    the_brief_names_the_most_overdue, both_languages)
