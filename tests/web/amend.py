#!/usr/bin/env python3
"""The form of an amendment: amend.py XIAOHAO

It shows what the item says, folds what is rarely said, and changes what its author changed alone."""
import html
import os
import re
import sys
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import served  # noqa: E402
from served import desk, tap  # noqa: E402

check = tap.check
OFFICE = desk.Desk()
OFFICE.people()
for unit, parent in (("S1", "城关镇"), ("S2", "北山镇")):
    OFFICE.run("unit", "add", unit, "--name", "水利站", "--parent", parent)
OFFICE.run("act", "register", "ZG", "--text", "第一处", "--title", "标题", "--unit", "城关镇", "--assist",
           "北山镇", "--assist", "S1", "--person", "夏长青", "--leader", "谭伯予:分管", "--leader",
           "陈雅文", "--due", "2199-12-31", "--place", "河东", "--part", "其一", "--part", "其二",
           "--originator-name", "某某", "--as", desk.CLERK)
SERVED = served.Served(OFFICE)
CHEN = SERVED.sign_in(desk.CLERK)
CODE = "ZG-0001"


class Form:
    """The fields of the form as a browser sends them, in their order."""

    def __init__(self, page):
        main = page.text.split("<main")[1]
        self.fields = []
        for tag, attributes, text in re.findall(
                r"<(input|textarea|select)([^>]*)>((?:(?!<input|<textarea|<select).)*)", main, re.S):
            name = re.search(r'name="([^"]+)"', attributes)
            if not name or name[1] in ("csrf", "next") or 'type="file"' in attributes:
                continue
            if 'type="checkbox"' in attributes and " checked" not in attributes:
                continue
            if tag == "input":
                value = re.search(r'value="([^"]*)"', attributes)[1]
            elif tag == "textarea":
                value = text.split("</textarea>")[0].lstrip("\n").replace("\n", "\r\n")
            else:
                value = (re.search(r'<option value="([^"]*)" selected', text) or ("", ""))[1]
            self.fields.append((name[1], html.unescape(value)))

    def all(self, name):
        return [v for n, v in self.fields if n == name and v]

    def put(self, name, *values):
        at = next(i for i, (n, _) in enumerate(self.fields) if n == name)
        self.fields = [f for f in self.fields if f[0] != name]
        self.fields[at:at] = [(name, v) for v in values]
        return self

    def renewed(self):
        return [(n, str(uuid.uuid4()) if n == "id" else v) for n, v in self.fields]


def form(visitor=None):
    return Form((visitor or CHEN).get("/items/%s/amend" % CODE))


def send(f, status=303):
    return CHEN.post("/items/%s/amend" % CODE, f.renewed(), status=status)


def item():
    return OFFICE.run("show", CODE, "--json").json()


def last():
    return item()["history"][-1]["data"]


def it_shows_what_the_item_says():
    f = form()
    check(f.all("unit") == ["城关镇"] and f.all("person") == ["夏长青"], f.fields)
    check(f.all("leader") == ["谭伯予:分管", "陈雅文"], f.fields)
    check(f.all("part") == ["其一\r\n其二"] and f.all("place") == ["河东"], f.fields)
    check(f.all("originator-name") == [] and "某某" not in str(f.fields), f.fields)


def a_name_that_two_bear_is_shown_as_code():
    check(form().all("assist") == ["北山镇", "S1"], form().all("assist"))


def what_is_rarely_said_is_folded():
    page = CHEN.get("/items/%s/amend" % CODE).text
    folds = re.findall(r'<details class="fold"( open)?><summary>(.*?)</summary>(.*?)</details>', page,
                       re.S)
    check(len(folds) == 3 and not any(o for o, _, _ in folds), folds)
    check("河东" in folds[0][1] and 'name="place"' in folds[0][2], folds[0])
    check(all('name="%s"' % n not in "".join(f[2] for f in folds)
              for n in ("text", "unit", "due", "reason")))
    check('<details class="fold"' in CHEN.get("/campaigns/ZG/register").text)


def what_was_left_alone_stays():
    before = item()
    said = send(form(), status=409)
    check('role="alert"' in said.text, said)
    send(form().put("place", "河西").put("reason", "勘误"))
    check({k: v for k, v in last().items()} == {"place": "河西", "reason": "勘误"}, last())
    after = item()
    for key in ("lead_unit", "assisting_units", "responsible_leaders", "responsible_person", "parts"):
        check(after[key] == before[key], key, before[key], after[key])


def several_are_changed_and_emptied():
    f = form()
    send(f.put("assist", "北山镇", "", "城关镇"))
    check(item()["assisting_units"] == ["北山镇", "城关镇"], item()["assisting_units"])
    check(set(last()) == {"assist"}, last())
    send(form().put("leader", "陈雅文:主管", ""))
    check([(r["name"], r["duty"]) for r in item()["responsible_leaders"]] == [("陈雅文", "主管")],
          item()["responsible_leaders"])
    send(form().put("leader", "", "").put("part", ""))
    check(item()["responsible_leaders"] == [] and item()["parts"] in ("", []), item())
    check(sorted(last()["clear"]) == ["leaders", "parts"], last())


def what_cannot_be_taken_away_is_asked_for():
    for name in ("unit", "text"):
        page = send(form().put(name, "").put("place", "别处"), status=422)
        check('role="alert"' in page.text and 'value="别处"' in page.text, page)
        fold = re.search(r'<details class="fold" open>', page.text)
        check(fold, "what was typed is not folded away")
    check(item()["place"] == "河西")


def two_who_amend_persons_undo_nothing():
    one, two = form(), form()
    send(one.put("assist", "北山镇"))
    page = CHEN.post("/items/%s/amend" % CODE, two.put("person", "陈雅文").renewed(), status=409)
    again = Form(page)
    check(again.all("assist") == ["北山镇"] and again.all("person") == ["陈雅文"], again.fields)
    send(again)
    check(item()["assisting_units"] == ["北山镇"] and item()["responsible_person"] == "陈雅文", item())


def a_program_says_several():
    CHEN.json("/items/%s/amend" % CODE, [("assist", "城关镇"), ("assist", "北山镇")])
    check(item()["assisting_units"] == ["城关镇", "北山镇"], item()["assisting_units"])


tap.run([(f.__name__, f) for f in (
    it_shows_what_the_item_says, a_name_that_two_bear_is_shown_as_code, what_is_rarely_said_is_folded,
    what_was_left_alone_stays, several_are_changed_and_emptied,
    what_cannot_be_taken_away_is_asked_for, two_who_amend_persons_undo_nothing,
    a_program_says_several)])
