#!/usr/bin/env python3
"""The plan of a campaign from outside: plans.py XIAOHAO

Submitted, returned, approved, listed, compared; and the frozen hashes computed again from the
exported log alone, as docs/log-format.md says."""
import hashlib
import json

import desk
import tap

DESK = desk.Desk()


def prepare():
    DESK.people()
    for text, unit in (("路灯不亮", "城关镇"), ("井盖缺失", "北山镇"), ("围墙开裂", "城关镇")):
        DESK.run("act", "register", "ZG", "--text", text, "--unit", unit, "--due", "2199-12-31")
    DESK.run("act", "task", "ZG-0001", "--text", "更换灯具", "--due", "2199-06-30")
    DESK.run("act", "task", "ZG-0002", "--text", "补齐井盖", "--person", desk.LIAISON)
    DESK.run("plan", "submit", "ZG", "--note", "第一稿", "--as", desk.CLERK)
    DESK.run("plan", "return", "ZG", "--reason", "不具体", "--as", desk.APPROVER)
    DESK.run("act", "amend", "ZG-0002", "--place", "东街", "--due", "2199-11-30")
    DESK.run("act", "task", "ZG-0001", "--n", "1", "--text", "更换灯具十盏")
    DESK.run("act", "task", "ZG-0001", "--text", "检修线路", "--due", "2199-06-30")
    DESK.run("act", "drop", "ZG-0002/1", "--reason", "改由物业办理")
    DESK.run("act", "withdraw", "ZG-0003", "--reason", "误报")
    DESK.run("act", "register", "ZG", "--text", "栏杆松动", "--unit", "北山镇", "--assist", "城关镇",
             "--leader", "bao:分管")
    DESK.run("plan", "submit", "ZG", "--as", desk.CLERK)
    DESK.run("plan", "approve", "ZG", "2", "--note", "同意", "--as", desk.APPROVER)


def the_list_tells_what_became_of_each():
    rows = DESK.lines("plan", "list", "ZG")
    tap.check([(r["version"], r["state"], r["note"], r["decision_note"]) for r in rows] ==
              [(1, "returned", "第一稿", "不具体"), (2, "approved", "", "同意")], rows)
    tap.check([(l["list"], l["rows"]) for l in rows[1]["lists"]] ==
              [("problems", 3), ("tasks", 2), ("responsibilities", 6)], rows[1])
    for lang, words in (("C", ("Version 1", "returned", "approved", "同意")),
                        ("zh_CN.UTF-8", ("第 1 版", "退回", "批准", "陆明远", "问题清单", "3 行"))):
        said = DESK.run("plan", "list", "ZG", lang=lang)
        tap.check(all(word in said.out for word in words) and "{" not in said.out, said)
    said = DESK.run("plan", "list", "ZG", "--json", "--as", desk.LIAISON).lines()
    tap.check(len(said) == 2, said)


def two_versions_are_compared():
    rows = {row["code"]: row for row in DESK.lines("plan", "compare", "ZG", "1", "2")}
    tap.check({code: row["change"] for code, row in rows.items()} ==
              {"ZG-0001": "changed", "ZG-0002": "changed", "ZG-0003": "dropped",
               "ZG-0004": "added"}, rows)
    tap.check([(t["n"], t["change"]) for t in rows["ZG-0001"]["tasks"]] ==
              [(1, "changed"), (2, "added")], rows["ZG-0001"])
    tap.check(rows["ZG-0001"]["tasks"][0]["fields"]["measure"] ==
              {"before": "更换灯具", "after": "更换灯具十盏"}, rows["ZG-0001"])
    tap.check(rows["ZG-0001"]["fields"] == {}, rows["ZG-0001"])
    tap.check(rows["ZG-0002"]["fields"]["place"] == {"before": "", "after": "东街"} and
              set(rows["ZG-0002"]["fields"]) == {"place", "deadline"}, rows["ZG-0002"])
    tap.check([t["change"] for t in rows["ZG-0002"]["tasks"]] == ["dropped"], rows["ZG-0002"])
    tap.check(DESK.lines("plan", "compare", "ZG") == list(rows.values()), "the last two")
    tap.check(DESK.lines("plan", "compare", "ZG", "2", "2") == [], "with itself")
    # What may not be seen is not there.
    said = DESK.lines("plan", "compare", "ZG", "--as", desk.LIAISON)
    tap.check([row["code"] for row in said] == ["ZG-0001", "ZG-0003", "ZG-0004"], said)
    for lang, words in (("C", ("ZG-0003 was dropped: 围墙开裂", "ZG-0004 was added: 栏杆松动",
                               "Task 1 was changed", "Place: (nothing) → 东街")),
                        ("zh_CN.UTF-8", ("去掉 ZG-0003：围墙开裂", "新增 ZG-0004", "地点"))):
        said = DESK.run("plan", "compare", "ZG", "1", "2", lang=lang)
        tap.check(all(word in said.out for word in words) and "{" not in said.out, said)
    tap.check("They are the same" in DESK.run("plan", "compare", "ZG", "1", "1").out)


def refusals_say_why():
    entries = DESK.entries()
    for args, status, error in (
            (["submit", "ZG", "--as", desk.LIAISON], 1, "ROLE"),
            (["approve", "ZG", "--as", desk.CLERK], 1, "ROLE"),
            (["approve", "ZG", "--as", desk.APPROVER], 1, "NO_PLAN"),
            (["submit", "NOPE"], 1, "UNKNOWN_CAMPAIGN"), (["list", "NOPE"], 1, "NOT_FOUND"),
            (["compare", "NOPE"], 1, "NOT_FOUND"), (["compare", "ZG", "1", "9"], 1, "NOT_FOUND"),
            (["compare", "ZG", "x"], 2, "USAGE"), (["submit", "ZG", "3"], 2, "USAGE"),
            (["submit", "ZG", "--reason", "x"], 2, "USAGE"), (["submit"], 2, "USAGE"),
            (["return", "ZG", "--note", "x", "--as", desk.APPROVER], 2, "USAGE")):
        tap.check(DESK.run("plan", *args, "--json", status=status).json()["error"] == error, args)
    tap.check(DESK.entries() == entries)
    DESK.run("campaign", "add", "MM", "--confidential", "--as", desk.CLERK)
    for who in (desk.APPROVER, "shen"):
        hidden = DESK.run("plan", "list", "MM", "--as", who, status=1)
        absent = DESK.run("plan", "list", "NN", "--as", who, status=1)
        tap.check(hidden.err.replace("MM", "NN") == absent.err, hidden, absent)


def canonical(row):
    row = {key: value for key, value in row.items() if value not in ("", 0, [], None)}
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def the_hashes_follow_from_the_log():
    """A reader of this log's kinds, in a page: who needs more of them reads docs/log-format.md."""
    items = {}
    seen = 0
    for line in DESK.run("export", "log").out.splitlines()[:-1]:
        entry = json.loads(line)
        kind, on, data = entry["kind"], entry["on"], entry["data"]
        code, _, n = on.partition("/")
        if kind == "item.register":
            items[on] = {**({"class": "dated"} if "due" in data else {}), **{k: data[k] for k in ("text", "lead", "assist", "person", "due", "leaders",
                                                 "class", "number", "place") if k in data},
                         "code": on, "tasks": {}, "gone": False}
        elif kind == "item.amend":
            items[on].update({k: data[k] for k in ("place", "due")})
        elif kind == "item.task":
            for task in data["tasks"]:
                items[on]["tasks"].setdefault(task["n"], {}).update(task)
        elif kind == "task.drop":
            del items[code]["tasks"][int(n)]
        elif kind == "item.withdraw":
            items[on]["gone"] = True
        elif kind == "campaign.plan":
            seen += 1
            lists = frozen(items)
            for said in data["lists"]:
                rows = lists[said["list"]]
                tap.check(said["rows"] == len(rows), said, rows)
                tap.check(said["hash"] == hashlib.sha256("".join(rows).encode()).hexdigest(),
                          said, rows)
    tap.check(seen == 2, seen)


def frozen(items):
    lists = {"problems": [], "tasks": [], "responsibilities": []}
    for code, item in items.items():
        if item["gone"]:
            continue
        lists["problems"].append(canonical(
            {k: v for k, v in item.items() if k not in ("tasks", "gone")}))
        tasks = [{**task, "n": n} for n, task in sorted(item["tasks"].items())]
        for task in tasks:
            own = task.get("lead") in (None, item["lead"])
            task.setdefault("lead", item["lead"])
            for key in ("assist", "leaders", "person"):
                if own and key in item:
                    task.setdefault(key, item[key])
            for key in ("due", "class"):
                if key in item:
                    task.setdefault(key, item[key])
            row = {k: v for k, v in task.items() if v not in ("", 0, [], None)}
            lists["tasks"].append(canonical({"code": code, "task": [row]}))
        for task in tasks or [item]:
            head = {"code": code, "n": task.get("n", 0)}
            duties = [{"role": "lead", "unit": task["lead"], "person": task.get("person", "")}]
            duties += [{"role": "assisting", "unit": unit} for unit in task.get("assist", [])]
            duties += [{"role": "responsible_leader", **leader}
                       for leader in task.get("leaders", [])]
            lists["responsibilities"] += [canonical({**head, **duty}) for duty in duties]
    return lists


prepare()
desk.run_all(the_list_tells_what_became_of_each, two_versions_are_compared, refusals_say_why,
             the_hashes_follow_from_the_log)
