#!/usr/bin/env python3
"""Leaders' instructions, the access log and changes of the office as a user meets them:
orders.py XIAOHAO"""
import os
import sqlite3

import desk
import tap

DESK = desk.Desk()
LEADER = "tan"


def prepare():
    DESK.people()
    DESK.run("act", "register", "ZG", "--text", "路灯不亮", "--unit", "城关镇", "--person",
             desk.LIAISON, "--due", "2020-01-01", "--as", desk.CLERK)


def order(*args, who=LEADER, **more):
    said = DESK.run("instruction", *args, "--as", who, "--json", **more)
    return said.json() if said.out else {}


def orders(*args, who=LEADER):
    return DESK.lines("instruction", "list", *args, "--as", who)


def act_instruct_is_as_it_was_and_makes_an_instruction():
    said = DESK.run("act", "instruct", "ZG-0001", "--text", "抓紧办", "--due", "2020-02-01",
                    "--as", LEADER, "--json").json()
    tap.check(set(said) == {"code", "seq", "version", "state"} and said["code"] == "ZG-0001", said)
    row, = orders()
    tap.check(row["code"] == "PS0001" and row["item"] == "ZG-0001" and row["overdue"], row)
    tap.check(row["unit_name"] == "城关镇" and row["person"] == desk.LIAISON, row)
    tap.check(row["text"] == "抓紧办" and row["giver"] == LEADER and row["number"] == {}, row)


def an_instruction_is_followed_to_its_end():
    said = order("give", "ZG-0001", "--text", "三日内修复", "--due", "2199-01-01")
    tap.check(said == {"code": "PS0002", "seq": said["seq"], "version": 1, "state": "given"}, said)
    tap.check(order("close", "PS0002", status=1)["error"] == "INSTRUCTION_STATE")
    tap.check(order("report", "PS0002", "--text", "已换灯", who=desk.LIAISON)["state"] == "reported")
    tap.check(order("close", "PS0002", who=desk.LIAISON, status=1)["error"] == "GIVER")
    tap.check(order("return", "PS0002", "--reason", "未附照片")["state"] == "returned")
    tap.check(order("report", "PS0002", "--text", "照片已报", who="bao")["state"] == "reported")
    tap.check(order("close", "PS0002", "--version", "2", status=1)["error"] == "STALE")
    tap.check(order("close", "PS0002", "--version", "4", "--note", "到位")["version"] == 5)
    tap.check(order("report", "PS0002", "--text", "再报", who=desk.LIAISON, status=1)["error"]
              == "INSTRUCTION_STATE")
    shown = order("show", "PS0002", who=desk.LIAISON)
    tap.check([e["kind"] for e in shown["history"]] == [
        "item.instruct", "instruction.report", "instruction.return", "instruction.report",
        "instruction.close"], shown)
    tap.check(shown["reports"] == 2 and shown["returns"] == 1
              and shown["last_report"]["text"] == "照片已报", shown)
    told = DESK.run("show", "ZG-0001", lang="zh_CN.UTF-8").out
    tap.check("办结批示 PS0002：说明 到位。" in told and "退回批示 PS0002 续办" in told, told)
    # Its entries are the item's too, and can be proved with it.
    proved = [l for l in DESK.lines("prove", "ZG-0001") if "PS0002" in l["entry"]]
    tap.check(len(proved) == 5, len(proved))


def a_number_opens_to_its_rows():
    said = order("give", "--number", "overdue", "--unit", "城关镇", "--campaign", "ZG", "--text", "逾期清零")
    row = order("show", said["code"])
    query = row["number"]["query"]
    tap.check(row["number"]["value"] == 1 and row["unit_name"] == "城关镇", row)
    tap.check(query["overdue"] is True and query["unit"] == row["number"]["unit"], query)
    rows = DESK.lines("list", query["list"], "--unit", query["unit"], "--campaign",
                      query["campaign"], "--overdue", "--as", LEADER)
    tap.check(len(rows) == row["number"]["value"], rows)
    tap.check("逾期 1" in DESK.run("instruction", "list", "--as", LEADER, lang="zh_CN.UTF-8").out)


def lists_are_narrowed_and_paged():
    order("give", "--to", "城关镇", "--text", "全面排查")
    codes = [r["code"] for r in orders()]
    tap.check(codes == ["PS0001", "PS0002", "PS0003", "PS0004"], codes)
    tap.check([r["code"] for r in orders("--open")] == ["PS0001", "PS0003", "PS0004"])
    tap.check([r["code"] for r in orders("--overdue")] == ["PS0001"])
    tap.check([r["code"] for r in orders("--item", "ZG-0001")] == ["PS0001", "PS0002"])
    tap.check([r["code"] for r in orders("--mine", who=desk.LIAISON)] == ["PS0001", "PS0002"])
    tap.check(orders("--mine", who=desk.CLERK) == [] and len(orders("--to", "城关镇")) == 4)
    tap.check([r["code"] for r in orders("--limit", "2")] == codes[:2])
    tap.check([r["code"] for r in orders("--after", "PS0002")] == codes[2:])
    tap.check(len(DESK.run("instruction", "list", "--as", LEADER).out.splitlines()) == 5)
    # Whoever has nothing to do with them finds none; one by one they hear the same as of nothing.
    tap.check(orders(who=desk.VERIFIER) == [])
    for code in ("PS0001", "PS9999", "ZG-0001", ""):
        said = DESK.run("instruction", "show", code, "--as", desk.VERIFIER, "--json", status=1).json()
        tap.check(said["error"] == "NOT_FOUND", said)


def wrong_words_are_told():
    for status, *args in ((2,), (2, "nonsense", "PS0001"), (2, "report"), (2, "show"),
                          (2, "give", "ZG-0001", "--number", "open", "--text", "t"),
                          (2, "give", "--unit", "城关镇", "--text", "t"),
                          (2, "give", "--number", "nonsense", "--text", "t"),
                          (2, "give", "--due", "morgen", "--text", "t"),
                          (2, "close", "PS0001", "--text", "t"),
                          (2, "list", "--limit", "0"), (1, "list", "--after", "PS9999"),
                          (1, "list", "--to", "没有"), (1, "give", "--to", "没有", "--text", "t"),
                          (1, "give", "--number", "open", "--campaign", "NO", "--text", "t")):
        said = DESK.run("instruction", *args, "--as", LEADER, status=status)
        tap.check(said.err.startswith("xiaohao: ") and len(said.err) > 20, said)


def looks_are_noted_and_told():
    before = DESK.entries()
    DESK.run("show", "ZG-0001", "--as", "bao")
    DESK.run("show", "ZG-0001", "--as", "bao", "--json")
    DESK.run("export", "problems", "--campaign", "ZG", "--as", desk.CLERK)
    DESK.run("show", "ZG-0001", "--as", "guan", status=1)  # sees no items: nothing was opened
    tap.check(DESK.entries() == before, "the access log is outside the log")
    rows = DESK.lines("show", "ZG-0001", "--access", "--as", "shen")
    by = {(r["person"], r["kind"]): r for r in rows}
    tap.check(by["bao", "page"]["count"] == 2 and by["bao", "page"]["channels"] == "cli", rows)
    tap.check(by[desk.CLERK, "export"]["what"] == "problems" and ("guan", "page") not in by, rows)
    tap.check("本件页面" in DESK.run("show", "ZG-0001", "--access", lang="zh_CN.UTF-8").out)
    for who in ("bao", LEADER, desk.APPROVER):
        said = DESK.run("show", "ZG-0001", "--access", "--as", who, status=1)
        tap.check("auditors and clerks" in said.err and not said.out, said)
    said = [DESK.run("show", code, "--access", "--as", "guan", status=1).err.replace(code, "X")
            for code in ("ZG-0001", "ZG-0009")]
    tap.check(said[0] == said[1], said)


def sealed_values_are_noted():
    DESK.run("act", "register", "ZG", "--text", "噪声扰民", "--unit", "城关镇", "--originator-name",
             "赵某某", "--as", desk.CLERK)
    DESK.run("show", "ZG-0002", "--as", desk.CLERK)
    DESK.run("show", "ZG-0002", "--as", "bao")
    kinds = {(r["person"], r["kind"]) for r in DESK.lines("show", "ZG-0002", "--access")}
    tap.check((desk.CLERK, "sealed") in kinds and ("bao", "sealed") not in kinds, kinds)
    tap.check("赵某某" not in DESK.run("show", "ZG-0002", "--access", "--json").out)


def a_writer_in_the_way_is_told_and_stops_no_look():
    other = sqlite3.connect(os.path.join(DESK.ledger, "ledger.db"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said = DESK.run("show", "ZG-0001", "--as", "bao")
    other.execute("ROLLBACK")
    tap.check("路灯不亮" in said.out and "not noted" in said.err, said)


def old_looks_are_dropped_by_the_auditor():
    tap.check(DESK.run("access", "purge", "--before", "2020-01-01", "--as", desk.CLERK, "--json",
                       status=1).json()["error"] == "ROLE")
    tap.check(DESK.run("access", "purge", "--before", "2199-01-01", "--as", "shen", "--json",
                       status=1).json()["error"] == "KEPT")
    before = DESK.entries()
    other = sqlite3.connect(os.path.join(DESK.ledger, "ledger.db"))
    with other:
        other.execute("UPDATE access_seen SET day = day - 400 WHERE kind = 1")
    said = DESK.run("access", "purge", "--before", "2026-01-01", "--as", "shen", "--json").json()
    tap.check(said["dropped"] > 0 and DESK.entries() == before + 1, said)
    DESK.run("access", status=2)
    DESK.run("verify")


def a_change_keeps_what_it_does_not_name():
    DESK.run("body", "add", "T1", "--name", "专班", "--from", "2026-01-01", "--until", "2026-12-31")
    DESK.run("body", "join", "T1", "--person", desk.LIAISON)
    DESK.run("body", "change", "T1", "--name", "整改专班")
    body = DESK.run("body", "show", "T1", "--json").json()
    tap.check(body["name"] == "整改专班" and body["kind"] == "body", body)
    tap.check((body["from"], body["until"]) == ("2026-01-01", "2026-12-31"), body)
    tap.check([m["person"] for m in body["members"]] == [desk.LIAISON], body)
    DESK.run("person", "change", "bao", "--clearance", "internal")
    DESK.run("person", "change", "bao", "--name", "包保二")
    bao = DESK.run("person", "show", "bao", "--json").json()
    tap.check(bao["clearance"] == "internal" and bao["roles"] == "responsible-leader"
              and bao["unit"] and bao["name"] == "包保二", bao)
    DESK.run("person", "deputy", "bao", "--to", desk.LIAISON, "--until", "2199-01-01")
    deputies = DESK.run("person", "show", "bao", "--json").json()["deputies"]
    tap.check([(d["person"], d["until"]) for d in deputies] == [(desk.LIAISON, "2199-01-01")])
    DESK.run("campaign", "change", "ZG", "--name", "整改")
    DESK.run("campaign", "change", "ZG", "--kind", "hazard")
    campaign = DESK.run("campaign", "show", "ZG", "--json").json()
    tap.check(campaign["name"] == "整改" and campaign["kind"] == "hazard", campaign)


def all_of_it_can_be_made_again():
    before = DESK.run("rebuild", "--dump").out
    DESK.run("rebuild")
    tap.check(DESK.run("rebuild", "--dump").out == before and "instruction" in before)


prepare()
desk.run_all(
    act_instruct_is_as_it_was_and_makes_an_instruction, an_instruction_is_followed_to_its_end,
    a_number_opens_to_its_rows, lists_are_narrowed_and_paged, wrong_words_are_told,
    looks_are_noted_and_told, sealed_values_are_noted, a_writer_in_the_way_is_told_and_stops_no_look,
    old_looks_are_dropped_by_the_auditor, a_change_keeps_what_it_does_not_name,
    all_of_it_can_be_made_again)
