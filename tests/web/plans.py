#!/usr/bin/env python3
"""Plans as their readers and deciders meet them: plans.py XIAOHAO

The versions of an item's plan and of a campaign's, one and two of them, and what can be done about
the last."""
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
OFFICE.run("campaign", "add", "MM", "--name", "机密专项", "--kind", "finding", "--confidential")


def registered(text):
    code = OFFICE.run("act", "register", "ZG", "--text", text, "--unit", "城关镇", "--due",
                      "2199-12-31", "--as", desk.CLERK, "--json").json()["code"]
    OFFICE.run("act", "accept", code, "--as", desk.LIAISON)
    return code


OFFICE.run("person", "change", "xia", "--unit", "城关镇")
ITEM, OTHER = registered("<b>堤防</b>无人巡查"), registered("公示牌缺失")
OFFICE.run("act", "task", ITEM, "--text", "设公示牌", "--due", "2199-10-01", "--as", desk.LIAISON)
OFFICE.run("act", "task", ITEM, "--text", "补<i>记录</i>", "--as", desk.LIAISON)
OFFICE.run("act", "task", ITEM, "--text", "办演练", "--as", desk.LIAISON)
SERVED = served.Served(OFFICE)
CHEN, XIA, LU = (SERVED.sign_in(p) for p in (desk.CLERK, desk.LIAISON, desk.APPROVER))


def main_of(page):
    return page.text.split("<main")[1]


def groups(page):
    """{task or code: (mark, {field: cells})} of the rows side by side."""
    out = {}
    for body in re.findall(r"<tbody>(.*?)</tbody>", page.text.split('class="compare"')[-1], re.S):
        head = re.search(r'scope="rowgroup"[^>]*>(.*?)</th>', body, re.S)[1]
        words = [w.strip() for w in re.sub(r"<[^>]+>", "\n", head).split("\n") if w.strip()]
        fields = {label: re.findall(r"<td>(.*?)</td>", cells, re.S) for label, cells in
                  re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', body, re.S)}
        out[words[0]] = (words[1] if len(words) > 1 else "", fields)
    return out


def fresh():
    return str(uuid.uuid4())


def the_item_without_a_plan_says_so():
    page = XIA.get("/items/%s/plans" % ITEM)
    check("No version of the plan was submitted yet." in page.text, page)
    check('href="/items/%s/plan?next=' % ITEM in page.text, page)
    check("/approve" not in main_of(page), page)
    XIA.get("/items/%s/plans?to=1" % ITEM, status=404)


def a_plan_is_submitted_and_given_back():
    XIA.post("/items/%s/plan" % ITEM, {"id": fresh(), "note": "第一稿"}, status=303)
    page = LU.get("/items/%s/plans" % ITEM)
    check('/approve?next=' in page.text and '/return?next=' in page.text, page)
    check("设公示牌" in page.text and "补&lt;i&gt;记录&lt;/i&gt;" in page.text, page)
    back = re.search(r'href="(/items/[^"]+/return\?next=[^"]+)"', page.text)[1]
    form = LU.get(html.unescape(back))
    fields = dict(re.findall(r'type="hidden" name="(id|version|head|next)" value="([^"]*)"', form.text))
    said = LU.post("/items/%s/return" % ITEM, {**fields, "reason": "第三项无关"}, status=303)
    check(said.headers["Location"] == "/items/%s/plans" % ITEM, said)
    page = LU.get("/items/%s/plans" % ITEM)
    check("returned" in page.text and "Decision: 第三项无关" in page.text, page)
    check("/approve?" not in page.text, page)


def two_versions_side_by_side():
    OFFICE.run("act", "drop", ITEM + "/3", "--reason", "无关", "--as", desk.CLERK)
    OFFICE.run("act", "task", ITEM, "--n", "1", "--text", "设公示牌和电话", "--unit", "城关镇",
               "--due", "2199-09-01", "--as", desk.LIAISON)
    OFFICE.run("act", "task", ITEM, "--text", "月度抽查", "--as", desk.LIAISON)
    XIA.post("/items/%s/plan" % ITEM, {"id": fresh(), "note": "修改稿"}, status=303)
    for address in ("/items/%s/plans", "/items/%s/plans?from=1&to=2"):
        got = groups(XIA.get(address % ITEM))
        check(set(got) == {"Task 1", "Task 3", "Task 4"}, got)
        check([got["Task %d" % n][0] for n in (1, 3, 4)] == ["altered", "dropped", "added"], got)
        check(got["Task 1"][1]["measure"] == ["设公示牌", "设公示牌和电话"], got)
        check(got["Task 1"][1]["deadline"] == ["2199-10-01", "2199-09-01"], got)
        check(got["Task 3"][1]["measure"][0] == "办演练" and "nothing" in got["Task 3"][1]["measure"][1])
    page = XIA.get("/items/%s/plans?to=1" % ITEM)
    check({t: f["measure"] for t, (_, f) in groups(page).items()} ==
          {"Task 1": ["设公示牌"], "Task 2": ["补&lt;i&gt;记录&lt;/i&gt;"], "Task 3": ["办演练"]},
          groups(page))
    check("They are the same." in XIA.get("/items/%s/plans?from=2&to=2" % ITEM).text)
    for wrong in ("to=3", "to=0", "to=x", "from=3&to=2", "from=-1&to=2"):
        XIA.get("/items/%s/plans?%s" % (ITEM, wrong), status=404)


def programs_read_an_items_plans():
    said = XIA.json("/items/%s/plans" % ITEM)
    check(said["code"] == ITEM and [(p["version"], p["state"]) for p in said["plans"]] ==
          [(1, "returned"), (2, "submitted")], said)
    check(said["plans"][0]["decided_why"] == "第三项无关" and said["plans"][0]["decided_at"] and
          said["plans"][1]["decided_by"] == "", said)
    check(said["plans"] == XIA.json("/items/" + ITEM)["plans"])
    check(XIA.json("/items/%s/plans?to=1" % ITEM) ==
          OFFICE.run("plan", "show", ITEM, "1", "--json").json())
    check(XIA.json("/items/%s/plans?from=1&to=2" % ITEM) ==
          OFFICE.run("plan", "compare", ITEM, "1", "2", "--json").json())


def the_item_leads_to_its_plans():
    page = XIA.get("/items/" + ITEM)
    check('href="/items/%s/plans"' % ITEM in page.text and 'plans?to=1"' in page.text, page)
    check('href="/campaigns/ZG/plans"' in page.text, page)
    LU.post("/items/%s/approve" % ITEM, {"id": fresh(), "note": "同意"}, status=303)
    check("Decision: 同意" in XIA.get("/items/%s/plans" % ITEM).text)


def a_campaigns_plan_goes_round():
    check('href="/campaigns/ZG/plans"' in CHEN.get("/campaigns/ZG").text)
    page = CHEN.get("/campaigns/ZG/plans")
    check("/plans/submit" in page.text and "/plans/approve" not in page.text, page)
    check("/plans/" not in main_of(LU.get("/campaigns/ZG/plans")))
    said = CHEN.post("/campaigns/ZG/plans/submit", {"id": fresh(), "note": "第一版"}, status=303)
    check(said.headers["Location"] == "/campaigns/ZG/plans", said)
    page = LU.get("/campaigns/ZG/plans")
    check("/plans/approve" in page.text and "/plans/return" in page.text and
          "/plans/submit" not in page.text, page)
    form = LU.get("/campaigns/ZG/plans/return")
    check('name="version" value="1"' in form.text and "required" in form.text, form)
    page = LU.post("/campaigns/ZG/plans/return", {"id": fresh(), "version": "1", "reason": ""},
                   status=409)
    check('role="alert"' in page.text and "--reason" not in page.text, page)
    LU.post("/campaigns/ZG/plans/return", {"id": fresh(), "version": "1", "reason": "时限不明"},
            status=303)
    check("Decision: 时限不明" in LU.get("/campaigns/ZG/plans").text)
    OFFICE.run("act", "amend", OTHER, "--due", "2199-11-30", "--as", desk.CLERK)
    OFFICE.run("act", "register", "ZG", "--text", "新增问题", "--unit", "城关镇", "--as", desk.CLERK)
    CHEN.post("/campaigns/ZG/plans/submit", {"id": fresh()}, status=303)


def a_stale_approval_is_refused():
    """Of two windows, the one with the older version."""
    page = LU.post("/campaigns/ZG/plans/approve", {"id": fresh(), "version": "1", "note": "同意"},
                   status=409)
    check('role="alert"' in page.text and "同意" in page.text, page)
    check('name="version" value="2"' in page.text, page)
    LU.post("/campaigns/ZG/plans/approve", {"id": fresh(), "version": "x"}, status=422)


def a_campaigns_versions_side_by_side():
    page = LU.get("/campaigns/ZG/plans?from=1&to=2")
    got = groups(page)
    check(got[OTHER][0] == "altered" and got[OTHER][1]["deadline"] == ["2199-12-31, dated", "2199-11-30, dated"],
          got)
    added = [c for c, (how, _) in got.items() if how == "added"]
    check(len(added) == 1 and ITEM not in got, got)
    one = LU.get("/campaigns/ZG/plans?to=1")
    check("&lt;b&gt;堤防" in one.text and "新增问题" not in one.text, one)
    said = LU.json("/campaigns/ZG/plans?from=1&to=2")
    check((said["before"], said["after"]) == (1, 2) and said["changes"] ==
          OFFICE.run("plan", "compare", "ZG", "1", "2", "--json").lines(), said)
    rows = LU.json("/campaigns/ZG/plans")["plans"]
    check(rows == OFFICE.run("plan", "list", "ZG", "--json").lines(), rows)
    said = LU.json("/campaigns/ZG/plans/approve", {"id": fresh(), "note": "同意"})
    check(said["seq"] and LU.json("/campaigns/ZG/plans")["plans"][1]["state"] == "approved", said)


def others_find_no_button_and_no_campaign():
    page = XIA.get("/campaigns/ZG/plans")
    check("/plans/submit" not in page.text and "/plans/approve" not in page.text, page)
    check(XIA.json("/campaigns/ZG/plans/approve", {"id": fresh()}, status=403)["error"] == "ROLE")

    def unseen(code):
        return re.sub("%s|As of [^<]*" % code, "", XIA.get("/campaigns/%s/plans" % code, status=404).text)
    check(unseen("MM") == unseen("MX"))
    XIA.get("/campaigns/ZG/plans?to=3", status=404)
    CHEN.get("/campaigns/ZG/plans/odd", status=404)
    check(CHEN.json("/campaigns/MX/plans/submit", {"id": fresh()}, status=404)["error"] == "NOT_FOUND")


tap.run([(f.__name__, f) for f in (
    the_item_without_a_plan_says_so, a_plan_is_submitted_and_given_back, two_versions_side_by_side,
    programs_read_an_items_plans, the_item_leads_to_its_plans, a_campaigns_plan_goes_round,
    a_stale_approval_is_refused, a_campaigns_versions_side_by_side,
    others_find_no_button_and_no_campaign)])
