#!/usr/bin/env python3
"""A page is a fixed number of statements: costs.py XIAOHAO

Every page is asked on a ledger of 10 items and on one of 10,000, and on an item with few entries and
on one with many; the server counts what it asks of its database (/metrics)."""
import served_guard as served

desk, tap = served.desk, served.tap
FEW, MANY = 10, 10_000
UNITS = 20
MEASURED = 3  # the least of so many counts: now and then a session is noted as used

# Pages whose rows are items or entries; {code} is an item. Add a line for each new one.
PAGES = (
    (desk.CLERK, "/items"), (desk.CLERK, "/items?after={code}"), (desk.CLERK, "/items/{code}"),
    (desk.CLERK, "/items/{code}/report"), (desk.CLERK, "/items/{code}/amend"),
    (desk.LIAISON, "/mine"), (desk.LIAISON, "/mine?person=me"), (desk.LIAISON, "/items"),
    (desk.LIAISON, "/items/{code}"), (desk.VERIFIER, "/checks"), (desk.VERIFIER, "/items"),
    ("shen", "/audit"), ("shen", "/audit?before=9"), ("shen", "/items/{code}"),
    ("guan", "/items"), ("tan", "/items"), (desk.CLERK, "/nowhere"), (desk.CLERK, "/items/XX-1"),
    (None, "/items"), (None, "/sign-in"), (None, "/openapi.json"), (None, "/health"),
)
# What a proof reads of the tree grows with the tree's height, and it says every entry of its item.
PROOFS = (("shen", "/audit/entries/3"), ("shen", "/items/{code}/proof"))
HEIGHT = 2 * 10  # twice the levels that 10,000 entries have more than 10


def book(there, rows):
    lines = ["序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况"]
    for i in range(1, rows + 1):
        unit = "城关镇" if i % UNITS == 1 else "第%d乡镇" % (i % UNITS)
        lines.append("%d,第%d处路面破损致行人绊倒,修补,%s,干部%d,2199-12-31,%s" % (
            i, i, unit, i % 50, ("整改中", "已整改", "已销号")[i % 3]))
    there.run("import", "findings", there.write("book.csv", desk.table(*lines)), "--campaign", "ZG")


def opened(rows):
    there = desk.Desk()
    there.people()
    book(there, rows)
    there.code = "ZG-0001"
    return served.Served(there)


def prepare():
    small, large = opened(FEW), opened(MANY)
    return small, large


def asked(site, visitor, target, json_too=False):
    """How many statements the page takes, and its answer."""
    counts = []
    for _ in range(MEASURED):
        before = site.metric("xiaohao_statements_total")
        answer = visitor.get(target, json_too)
        counts.append(site.metric("xiaohao_statements_total") - before)
    return min(counts), answer


def each_page_asks_as_often_of_many_as_of_few():
    for person, target in PAGES:
        for json_too in (False, True):
            got = []
            for site in (SMALL, LARGE):
                count, answer = asked(site, site.visitor(person), target.format(code="ZG-0001"), json_too)
                got.append((count, answer.status, len(answer.body)))
            tap.check(got[0][:2] == got[1][:2], "GET %s as %s%s: of %d rows and of %d: (statements, "
                      "status, bytes)" % (target, person, ", JSON" if json_too else "", FEW, MANY), got)


def a_proof_asks_as_often_as_the_tree_is_high():
    for person, target in PROOFS:
        counts = [asked(site, site.visitor(person), target.format(code="ZG-0001"))[0]
                  for site in (SMALL, LARGE)]
        tap.check(counts[1] <= counts[0] + HEIGHT, target, counts)


def lived(there, entries, names):
    """An item with that many rounds of entries, in which so many persons and units take turns."""
    code = there.run("act", "register", "ZG", "--text", "栏杆松动%d处" % (entries * 100 + names), "--unit",
                     "城关镇", "--originator-name", "某某", "--json").json()["code"]
    there.run("act", "accept", code, "--as", desk.LIAISON)
    for i in range(entries):
        there.run("act", "amend", code, "--person", "干部%d" % (i % names + 1), "--assist",
                  "第%d乡镇" % (i % names + 2), "--originator-name", "某%d" % i, "--as", desk.CLERK)
        there.run("act", "chase", code, "--text", "第%d次" % i, "--as", (desk.CLERK, "tan")[i % 2],
                  status=None)
    return code


def a_long_life_asks_as_often_as_a_short_one():
    few, many = [lived(SMALL.desk, entries, 2) for entries in (2, 20)]
    for person in (desk.CLERK, desk.LIAISON, "shen"):
        for target in ("/items/%s", "/items/%s/report", "/items/%s/amend"):
            for json_too in (False, True):
                counts = [asked(SMALL, SMALL.visitor(person), target % code, json_too)[0]
                          for code in (few, many)]
                tap.check(counts[0] == counts[1], target, "as", person, counts)


def many_names_ask_as_often_as_few():
    """But for what the item's page offers: it asks of each unit that answered whose members they
    were, since none of them may check it."""
    few, many = [lived(SMALL.desk, 8, names) for names in (1, 8)]
    for person in (desk.CLERK, desk.LIAISON, "shen"):
        for target, json_too in (("/items/%s", True), ("/items/%s/report", False),
                                 ("/items/%s/amend", False)):
            counts = [asked(SMALL, SMALL.visitor(person), target % code, json_too)[0]
                      for code in (few, many)]
            tap.check(counts[0] == counts[1], target, "as", person, counts)
    shown = SMALL.visitor(desk.CLERK).get("/items/" + many).text()
    tap.check("干部8" in shown and "第9乡镇" in shown, "the names stand there")


def they_end_well():
    SMALL.stop()
    LARGE.stop()


SMALL, LARGE = prepare()
desk.run_all(each_page_asks_as_often_of_many_as_of_few, a_proof_asks_as_often_as_the_tree_is_high,
             a_long_life_asks_as_often_as_a_short_one, many_names_ask_as_often_as_few,
             they_end_well)
