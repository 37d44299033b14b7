#!/usr/bin/env python3
"""The command line as a contract: commands.py XIAOHAO

Help and usage, exit statuses, what goes to which stream, the members of every JSON document, the
loop of one item, backup and restore, passwords, evidence, several writers at once."""
import base64
import hashlib
import json
import os
import re
import subprocess
import uuid

import desk
import tap
from shapes import SHAPES, shape

DESK = desk.Desk()
COMMANDS = re.findall(r"^  ([a-z]+) {2,}", DESK.run("help").out, re.M)
BOOK = desk.table(
    "序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况",
    "1,消防通道被占用，疏散不畅,清理通道并划线,城关镇,王五,2199-12-31,整改中".replace("，", "；"),
    "2,水源地标志牌破损,更换标志牌,北山镇,赵六,2199-06-30,已整改",
    "3,窨井盖缺失存在隐患,补齐,城关镇,王五,2199-06-30,已销号")
FINDING = ("act", "register", "ZG", "--text", "路灯不亮", "--unit", "城关镇", "--person",
           desk.LIAISON, "--due", "2199-12-31", "--as", desk.CLERK)


def prepare():
    DESK.people()
    DESK.book = DESK.write("book.csv", BOOK)
    DESK.run("import", "findings", DESK.book, "--campaign", "ZG")


def register(*more):
    return DESK.run(*FINDING, *more, "--json").json()["code"]


# --- help and usage -------------------------------------------------------------------------------

def help_is_in_both_languages():
    tap.check(len(COMMANDS) > 20, COMMANDS)
    words = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
    for args in (["help"], *[["help", name] for name in COMMANDS]):
        english, chinese = [DESK.run(*args, lang=lang).out.splitlines() for lang in desk.LANGUAGES]
        tap.check(len(english) == len(chinese), args)
        for there, here in zip(english, chinese):
            usage = here.startswith("xiaohao ")
            said = "" if usage else re.sub("`.*?`", "", here).split("  ")[-1]
            tap.check(not words.search(said), args, "in English:", here)
            # Behind two spaces or more stands the explanation; it differs from the English one.
            told = re.match(r"  +\S.*?  +(\S.*)", there)
            tap.check(not told or there != here, args, "is the same in both:", here)
            tap.check(not re.search("[\u4e00-\u9fff]", there.replace("文号", "")), args, there)


def help_may_be_asked_in_three_ways():
    for name in COMMANDS:
        asked = DESK.run("help", name).out
        tap.check(asked == DESK.run(name, "--help").out == DESK.run("-h", name).out, name)
    tap.check(DESK.run("--help").out == DESK.run("help").out == DESK.run(status=2).out)


def wrong_usage_names_what_is_wrong():
    for args, named in (
            (["wish"], "wish"), (["help", "wish"], "wish"),
            (["list", "problems", "--wish"], "--wish"),
            (["--wish", "list", "problems"], "--wish"), (["list", "problems", "--unit"], "--unit"),
            (["list", "problems", "--overdue=yes"], "--overdue"), (["list", "wishes"], "help list"),
            (["act", "wish", "ZG-0001"], "wish"),
            (["act", "report", "ZG-0001", "--pass"], "--pass"),
            (["act", "report"], "help act"),
            (["act", "report", "ZG-0001", "--percent", "101"], "101"),
            (["act", "amend", "ZG-0001", "--due", "soon"], "soon"),
            (["act", "verify", "ZG-0002"], "--pass"),
            (["act", "verify", "ZG-0002", "--pass", "--fail"], "--pass"),
            (["person", "marry", "chen"], "marry"), (["person", "add"], "person"),
            (["campaign", "add", "X", "--kind", "wish"], "wish"),
            (["import", "wishes", "x"], "import"),
            (["import", "findings"], "import"),
            (["import", "findings", "no-such.csv"], "no-such.csv"),
            (["act", "attach", "ZG-0001", "--file", "no-such.pdf"], "no-such.pdf"),
            (["-L"], "-L"), (["list", "problems", "--as"], "--as"),
            (["completion", "fish"], "bash"),
            (["init", "here"], "here"), (["passwd"], "passwd"), (["backup"], "backup"),
            (["restore"], "restore"), (["prove"], "prove"), (["export", "wishes"], "export")):
        before = DESK.tree(DESK.ledger)
        for lang in desk.LANGUAGES:
            said = DESK.run(*args, status=2, lang=lang)
            tap.check(named in said.err and said.out == "", named, said)
            tap.check(said.err.startswith("xiaohao: ") and said.err.count("\n") == 1, said)
            tap.check(lang == "C" or re.search("[\u4e00-\u9fff]", said.err), "not in Chinese", said)
        document = DESK.run("--json", *args, status=2) if args[-1] not in ("-L", "--as") else None
        tap.check(document is None or (document.err == "" and named in document.json()["message"]),
                  document)
        tap.check(before == DESK.tree(DESK.ledger), args, "changed the ledger")


def options_stand_before_and_behind():
    whole = DESK.run("list", "problems", "--unit", "城关镇", "--json").out
    tap.check(whole.count("\n") == 2, whole)
    for args in (["--json", "list", "problems", "--unit=城关镇"],
                 ["list", "--unit=城关镇", "problems", "--json"],
                 ["--unit=城关镇", "--json", "list", "problems"],
                 ["list", "--json", "--unit=城关镇", "--", "problems"],
                 ["--as", "owner", "list", "problems", "--json", "--unit", "城关镇"],
                 ["list", "problems", "--json", "--unit", "城关镇", "--as=owner"],
                 ["--unit", "城关镇", "list", "problems", "--json"],
                 ["--json", "--unit", "城关镇", "--as", "owner", "list", "problems"],
                 ["--state", "assigned,in_progress,verified,struck_off", "--unit", "城关镇", "list",
                  "--json", "problems"]):
        tap.check(DESK.run(*args, status=None).out == whole, args)
    DESK.run("unit", "add", "list")
    for args, out in (
            # A value may be called like a command.
            (["--unit", "list", "list", "problems", "--json"], ""),
            (["--unit", "list", "--overdue", "list", "problems", "--json"], ""),
            (["--as", "owner", "--unit=list", "list", "--json", "problems"], ""),
            (["--name", "甲", "--json", "unit", "change", "list"], None),
            (["--overdue", "list", "problems", "--json"],
             DESK.run("list", "problems", "--overdue", "--json").out),
            (["--text", "show", "act", "chase", "ZG-0001"], None)):
        said = DESK.run(*args)
        tap.check(out is None or said.out == out, args, said)
    for args, named in (
            (["--unit", "list", "problems"], "list"), (["--as", "owner", "--unit", "list"], "list"),
            (["--overdue", "--unit", "list", "problems"], "list"),
            (["--text", "act", "chase", "ZG-0001"], "act"),
            (["--wish", "x", "list", "problems"], "--wish"), (["--unit"], "--unit"),
            (["--unit", "x", "wish"], "--unit")):
        for lang in desk.LANGUAGES:
            said = DESK.run(*args, status=2, lang=lang)
            tap.check(named in said.err and said.err.count("\n") == 1, said)
        tap.check(DESK.run("--json", *args, status=2).json()["error"] == "USAGE", args)
    # Behind -- nothing is an option.
    said = DESK.run("show", "--json", "--", "--help", status=1)
    tap.check("--help" in said.json()["message"], said)
    said = DESK.run("unit", "add", "--name=a=b", "U-1", "--json")
    tap.check(DESK.run("unit", "show", "U-1", "--json").json()["name"] == "a=b")


def the_ledger_is_named_or_is_here():
    other = desk.Desk()
    named = {"XIAOHAO_LEDGER": DESK.ledger}
    tap.check(len(DESK.lines("list", "problems", ledger="", env=named)) >= 3)
    tap.check(DESK.lines("list", "problems", ledger=other.ledger, env=named) == [],
              "-L is stronger")
    tap.check(len(DESK.lines("list", "problems", ledger="")) >= 3, "./ledger")
    for args in (["list", "problems"], ["act", "report", "X"], ["verify"], ["backup", "b"]):
        for where in (DESK.path("nowhere"), DESK.tmp, DESK.book):
            said = DESK.run(*args, ledger=where, status=2)
            tap.check(where in said.err and "xiaohao init" in said.err, said)
    tap.check(not os.path.exists(DESK.path("nowhere")), "nothing was made")


def a_ledger_is_not_made_twice():
    before = DESK.tree(DESK.ledger)
    said = DESK.run("init", "--name", "x", status=2)
    tap.check(DESK.ledger in said.err and before == DESK.tree(DESK.ledger), said)


def unknown_people_are_told():
    for args in (["list", "problems", "--as", "nobody"], ["show", "ZG-0001", "--as", "nobody"],
                 ["act", "report", "ZG-0001", "--text", "x", "--as", "nobody"],
                 ["passwd", "nobody"],
                 ["person", "change", "nobody"],
                 ["act", "assign", "ZG-0001", "--person", "nobody"]):
        said = DESK.run(*args, status=1)
        tap.check("nobody" in said.err and said.out == "", said)


def completion_is_bash():
    script = DESK.run("completion", "bash").out
    checked = subprocess.run(["bash", "-n"], input=script.encode(), capture_output=True,
                             check=False)
    tap.check(checked.returncode == 0 and checked.stderr == b"", checked.stderr)
    for words, expected in ((["xiaohao", "imp"], {"import"}),
                            (["xiaohao", "act", "strik"], {"strike-off"}),
                            (["xiaohao", "list", "resp"], {"responsibilities"}),
                            (["xiaohao", "-L", "x", "list", "--over"], {"--overdue"})):
        got = subprocess.run(
            ["bash", "-c", '%s\nCOMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _xiaohao\n'
             'printf "%%s\\n" "${COMPREPLY[@]}"' % script, "bash", *words],
            capture_output=True, text=True, cwd=DESK.tmp, check=False)
        tap.check(set(got.stdout.split()) == expected, words, got.stdout, got.stderr)


# --- refusals and JSON ----------------------------------------------------------------------------

def refusals_name_their_rule():
    code = register()
    for args, rule in (
            (["act", "report", code, "--text", "x"], "STATE"),
            (["act", "verify", code, "--pass", "--as", desk.VERIFIER], "STATE"),
            (["act", "accept", code, "--as", "tan"], "ROLE"),
            (["act", "amend", code, "--text", "x", "--version", "9"], "STALE"),
            (["act", "strike-off", code, "--as", desk.APPROVER], "STATE"),
            (["act", "report", "ZG-9999", "--text", "x"], None),
            (["act", "register", "NOPE", "--text", "x"], "UNKNOWN_CAMPAIGN"),
            (["act", "register", "ZG", "--text", "x", "--marking", "secret"], "MARKING"),
            (["act", "register", "ZG"], "MISSING"), (["act", "amend", code], "NOTHING"),
            (["act", "assign", code, "--unit", "无此单位"], None),
            (["person", "add", desk.CLERK], "EXISTS"), (["unit", "add", "城关镇"], "EXISTS"),
            (["campaign", "add", "ZG"], "EXISTS"), (["campaign", "add", "A B"], "CODE"),
            (["import", "findings", DESK.book, "--as", desk.LIAISON], "REFUSED"),
            (["export", "log", "--as", desk.LIAISON], "ROLE"),
            (["show", "ZG-9999"], "NOT_FOUND"), (["prove", "ZG-9999"], "NOT_FOUND")):
        entries = DESK.entries()
        for lang in desk.LANGUAGES:
            said = DESK.run(*args, status=1, lang=lang)
            tap.check(said.out == "" and said.err.startswith("xiaohao: "), said)
            tap.check(lang == "C" or re.search("[\u4e00-\u9fff]{4}", said.err), "not Chinese:",
                      said)
            tap.check("{" not in said.err, said)
        said = DESK.run(*args, "--json", status=1)
        document = said.json()
        tap.check(said.err == "" and (rule is None or document["error"] == rule), rule, said)
        tap.check(DESK.entries() == entries, args, "wrote an entry")


def several_subjects_are_refused_one_by_one():
    codes = [register() for _ in range(3)]
    DESK.run("act", "accept", codes[1], "--as", desk.LIAISON)
    said = DESK.run("act", "accept", *codes, "--as", desk.LIAISON, "--json", status=1)
    rows = said.lines()
    tap.check([row["code"] for row in rows] == codes, said)
    tap.check(["error" in row for row in rows] == [False, True, False], said)
    tap.check(rows[1]["error"] == "STATE" and rows[0]["state"] == "accepted", said)


def the_same_key_is_one_entry():
    code, entries = register(), DESK.entries()
    first = DESK.run("act", "chase", code, "--text", "请抓紧", "--id", "k-1", "--json").json()
    again = DESK.run("act", "chase", code, "--text", "请抓紧", "--id", "k-1", "--json").json()
    tap.check(first["seq"] == again["seq"] and again["repeated"] is True, first, again)
    tap.check(DESK.entries() == entries + 1)


def one_key_for_several_is_one_entry_each():
    codes, entries = [register() for _ in range(3)], DESK.entries()
    command = ("act", "chase", *codes[:2], "--text", "请抓紧", "--id", "k-2", "--json")
    first = DESK.run(*command).lines()
    tap.check(DESK.entries() == entries + 2, first)
    tap.check([row["code"] for row in first] == codes[:2], first)
    tap.check(not any("repeated" in row for row in first), first)
    again = DESK.run(*command).lines()
    tap.check([row["seq"] for row in again] == [row["seq"] for row in first], again)
    tap.check([row["code"] for row in again] == codes[:2], again)
    tap.check(all(row["repeated"] is True for row in again), again)
    # In another order and with one more, that one alone is new.
    more = DESK.run("act", "chase", codes[2], *codes[1::-1], "--text", "请抓紧", "--id", "k-2",
                    "--json").lines()
    tap.check([row.get("repeated", False) for row in more] == [False, True, True], more)
    tap.check(DESK.entries() == entries + 3, more)
    # The key of a single subject is the key as it was given.
    tap.check("repeated" not in DESK.run("act", "chase", codes[0], "--text", "x", "--id", "k-2",
                                         "--json").json())
    ids = [json.loads(line)["id"] for line in DESK.run("export", "log").out.splitlines()[-5:-1]]
    named = uuid.UUID(bytes=hashlib.sha256(b"k-2\0" + codes[0].encode()).digest()[:16]).int
    named = named & ~(0xf000 << 64) & ~(0xc000 << 48) | 0x8000 << 64 | 0x8000 << 48
    tap.check(ids[0] == str(uuid.UUID(int=named)) and ids[3] == "k-2", ids)


def documents_keep_their_members():
    made = desk.Desk(init=False)
    documents = {"init": made.run("init", "--json").out}
    paper = DESK.write("notice.txt", "关于整改的通知")
    source = DESK.run("source", "add", paper, "--title", "通知", "--json")
    documents["outcome of the office"] = source.out
    item = the_loop_of(register("--leader", "bao:分管", "--assist", "北山镇", "--number", "9"))
    for name in ("problems", "tasks", "responsibilities", "units", "people", "campaigns",
                 "sources"):
        said = DESK.run("list", name, "--json")
        documents["list " + name] = next(
            (l for l in said.out.splitlines() if item in l and "bao" in l or "包保" in l
             and item in l),
            said.out.splitlines()[0])
    documents.update({
        "show": DESK.run("show", item, "--json").out,
        "board": DESK.run("board", "--json").out,
        "act": DESK.run("act", "chase", register(), "--text", "x", "--json").out,
        "refusal": DESK.run("act", "accept", item, "--json", status=1).out,
        "error": DESK.run("show", "NOPE", "--json", status=1).out,
        "verify": DESK.run("verify", "--json").out,
        "checkpoint": DESK.run("checkpoint", "--json").out,
        "prove": DESK.run("prove", item, "--json").out.splitlines()[0],
        "campaign show": DESK.run("campaign", "show", "ZG", "--json").out,
        "person show": DESK.run("person", "show", desk.CLERK, "--json").out,
        "unit show": DESK.run("unit", "show", "城关镇", "--json").out,
        "plan show": DESK.run("plan", "show", item, "--json").out.splitlines()[0],
        "version": DESK.run("version", "--json").out})
    odd = DESK.write("odd.csv", BOOK.replace("2199-06-30", "不知何时", 1).replace("窨井盖缺失存在隐患", ""))
    for line in DESK.run("import", "findings", odd, "--json", status=1).out.splitlines():
        for name in ("mapping", "doubt", "rejected", "summary"):
            # Of the doubts, one that has a column.
            if line.startswith('{"%s"' % name) and (name != "doubt" or "column" in line):
                documents["import " + name] = line
    for name, text in documents.items():
        wrong = set(SHAPES.get(name, "nothing is written of it").split()) - shape(text)
        tap.check(not wrong, name, "lost", sorted(wrong), "; it has", " ".join(sorted(shape(text))))
    tap.check(set(documents) == set(SHAPES), set(SHAPES) ^ set(documents))


# --- the loop -------------------------------------------------------------------------------------

def the_loop_of(code):
    """Takes an assigned item to its strike-off, everybody in their own part."""
    paper = DESK.write("photo.jpg", "照片 %s" % code)
    for who, *args in (
            (desk.LIAISON, "accept", code),
            (desk.LIAISON, "task", code, "--text", "更换灯具", "--due", "2199-06-30"),
            (desk.LIAISON, "milestone", code + "/1", "--text", "采购", "--due", "2199-03-01"),
            (desk.LIAISON, "plan", code), (desk.APPROVER, "return", code, "--reason", "不具体"),
            (desk.LIAISON, "task", code, "--n", "1", "--text", "更换灯具十盏"),
            (desk.LIAISON, "plan", code), (desk.APPROVER, "approve", code),
            (desk.LIAISON, "report", code + "/1", "--done", "--text", "已更换", "--file", paper),
            (desk.LIAISON, "apply", code),
            (desk.VERIFIER, "verify", code, "--fail", "--reason", "还有一盏不亮"),
            (desk.LIAISON, "report", code, "--text", "最后一盏已换", "--percent", "100"),
            (desk.LIAISON, "apply", code),
            (desk.VERIFIER, "verify", code, "--pass", "--grade", "好"),
            (desk.APPROVER, "strike-off", code), (desk.VERIFIER, "look-back", code, "--pass")):
        DESK.run("act", *args, "--as", who)
    return code


def an_item_goes_through_the_whole_loop():
    code = the_loop_of(register("--originator", "市民热线", "--owed"))
    DESK.run("act", "answer", code, "--text", "已修好", "--as", desk.CLERK)
    page = DESK.run("show", code, "--json").json()
    tap.check(page["state"] == "struck_off" and page["returns"] == 1 and page["answered"], page)
    tap.check(page["tasks"][0]["state"] == "done" and page["plan"] == 2, page)
    kinds = [step["kind"].split(".")[1] for step in page["history"]]
    tap.check(kinds == ["register", "accept", "task", "milestone", "plan", "return", "task", "plan",
                        "approve", "report", "apply", "verify", "report", "apply", "verify",
                        "strike_off", "look_back", "answer"], kinds)
    for lang, told in (
            ("C", ("registered", "accepted", "milestone", "submitted version 1 of the plan",
                   "returned",
                   "submitted version 2 of the plan", "approved", "reported",
                   "applied for its strike-off",
                   "还有一盏不亮", "最后一盏已换", "struck", "looked back", "answer")),
            ("zh_CN.UTF-8", ("登记", "接收", "节点", "方案", "退回", "批准", "报告第 1 项措施已完成", "申请销号", "验收不通过",
                             "还有一盏不亮", "最后一盏已换", "验收通过", "销号", "回头看", "答复"))):
        words = DESK.run("show", code, lang=lang).out
        steps = words[words.index("History" if lang == "C" else "办理经过"):].splitlines()[1:]
        tap.check(len(steps) == len(kinds), words)
        for step, who in zip(steps, ("陈雅文", "夏长青", "夏长青", "夏长青", "夏长青", "陆明远")):
            tap.check(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  " + who, step), step)
        place = 0
        for word in told:
            tap.check(word in words[place:], "“%s” is not in" % word, words[place:])
            place = words.index(word, place)
        tap.check("{" not in words and (lang == "C" or not re.search("[a-z]{3,} [a-z]{3,}", words)),
                  words)
    DESK.run("prove", code)
    DESK.run("verify")


def nobody_goes_around_the_rules():
    code = register()
    for status, who, *args in (
            (1, desk.VERIFIER, "accept", code), (0, desk.LIAISON, "accept", code),
            (0, desk.LIAISON, "task", code, "--text", "更换"), (0, desk.LIAISON, "plan", code),
            (1, desk.LIAISON, "approve", code), (0, desk.APPROVER, "approve", code),
            (1, desk.LIAISON, "apply", code), (0, desk.LIAISON, "report", code, "--text", "在办"),
            (1, desk.APPROVER, "strike-off", code),
            (0, desk.LIAISON, "report", code + "/1", "--done"),
            (0, desk.LIAISON, "apply", code), (1, desk.APPROVER, "strike-off", code),
            (1, desk.LIAISON, "verify", code, "--pass"),
            (0, desk.VERIFIER, "verify", code, "--pass"),
            (1, desk.LIAISON, "strike-off", code), (0, desk.APPROVER, "strike-off", code)):
        DESK.run("act", *args, "--as", who, status=status)


def whoever_leaves_hands_over():
    """An administrator hands over all of it and is told how much; others what they may."""
    for who in ("lin", "yu"):
        DESK.run("person", "add", who, "--name", who, "--role", "liaison", "--unit", "城关镇")
    codes = [register("--person", "lin") for _ in range(3)]
    # Who may not at all is refused, also where there is nothing.
    for who in (desk.VERIFIER, "shen", "bao"):
        said = DESK.run("person", "hand-over", "yu", "--to", "lin", "--as", who, "--json", status=1)
        tap.check(said.json()["error"] == "ROLE", said)
    # Nothing is said to be nothing.
    said = DESK.run("person", "hand-over", "yu", "--to", "lin", "--as", "guan")
    tap.check("yu" in said.out and "nothing" in said.out, said)
    said = DESK.run("person", "hand-over", "yu", "--to", "lin", "--as", "guan", "--json")
    tap.check(said.json() == {"handed_over": 0}, said)
    # An administrator sees no items, and hands over all of them.
    said = DESK.run("person", "hand-over", "lin", "--to", "yu", "--reason", "调离", "--as", "guan")
    tap.check("3" in said.out and not any(code in said.out for code in codes), said)
    for code in codes:
        tap.check("调离" in DESK.run("show", code).out)
        tap.check("yu" in DESK.run("show", code, "--json").out, code)
    # A person hands over their own; what they see is told by its code.
    said = DESK.run("person", "hand-over", "yu", "--to", "lin", "--as", "yu", "--json")
    tap.check(said.lines()[-1] == {"handed_over": 3}, said)
    tap.check(sorted(line["code"] for line in said.lines()[:-1]) == sorted(codes), said)
    # A clerk what they see: nothing of a circle that is not theirs.
    DESK.run("campaign", "add", "QUAN", "--confidential")
    DESK.run("act", "register", "QUAN", "--text", "密", "--unit", "城关镇", "--person", "lin")
    said = DESK.run("person", "hand-over", "lin", "--to", "yu", "--as", desk.CLERK, "--json")
    tap.check(said.lines()[-1] == {"handed_over": 3}, said)
    said = DESK.run("person", "hand-over", "lin", "--to", "yu", "--as", "guan", "--json")
    tap.check(said.lines() == [{"handed_over": 1}], said)
    DESK.run("verify")


# --- safety ---------------------------------------------------------------------------------------

def evidence_that_was_touched_is_told():
    code = register()
    paper = DESK.write("proof.txt", "巡查记录原件")
    DESK.run("act", "attach", code, "--file", paper)
    DESK.run("verify")
    kept = [os.path.join(where, name) for where, _,
            names in os.walk(os.path.join(DESK.ledger, "evidence"))
            for name in names if os.path.getsize(os.path.join(where,
                                                              name)) == len("巡查记录原件".encode())]
    tap.check(len(kept) == 1, kept)
    for change in ("巡查记录副本".encode(), b"", None):
        os.rename(kept[0], DESK.path("aside"))
        try:
            if change is not None:
                DESK.write(os.path.relpath(kept[0], DESK.home), change)
            said = DESK.run("verify", status=1)
            tap.check("proof.txt" in said.err and said.out == "", said)
            tap.check(DESK.run("verify", "--json", status=1).json()["error"] == "WRONG_EVIDENCE")
            DESK.run("verify", "--log-only")
        finally:
            os.replace(DESK.path("aside"), kept[0])
    DESK.run("verify")


def an_export_is_checked_with_the_key_of_its_ledger():
    other, out = desk.Desk(), DESK.path("log.json")
    DESK.run("export", "log", "-o", out)
    key = DESK.run("checkpoint", "--json").json()["key"]
    for args, more, source in (([], {}, "ledger"), (["--key", key], {"ledger": ""}, "given"),
                               ([], {"ledger": "", "cwd": DESK.tmp}, "export"),
                               # Where no ledger is named, the one that is here counts.
                               ([], {"ledger": ""}, "ledger"),
                               ([], {"ledger": "", "cwd": DESK.tmp,
                                     "env": {"XIAOHAO_LEDGER": DESK.ledger}}, "ledger")):
        said = DESK.run("verify", out, *args, "--json", **more).json()
        tap.check((said["key"], said["key_from"]) == (key, source), source, said)
        for lang, weaker in (("C", "weaker"), ("zh_CN.UTF-8", "较弱")):
            said = DESK.run("verify", out, *args, lang=lang, **more)
            tap.check(key in said.out, said)
            tap.check((weaker in said.out) == (source == "export"), said)
    # Another ledger's, and another key.
    said = DESK.run("verify", out, ledger=other.ledger, status=1)
    tap.check("another ledger" in said.err and out in said.err, said)
    said = DESK.run("verify", out, "--json", ledger=other.ledger, status=1).json()
    tap.check(said["error"] == "OTHER_LEDGER", said)
    strange = other.run("checkpoint", "--json").json()["key"]
    DESK.run("verify", out, "--key", strange, status=1)
    DESK.run("verify", out, "--key", key, ledger=other.ledger)
    DESK.run("verify", out, "--key", key[:-2], status=2)
    DESK.run("verify", "--key", key, status=2)
    DESK.run("verify", out, ledger=DESK.path("nowhere"), status=2)


def a_log_that_was_written_anew_is_refused():
    """Somebody alters an entry and signs the whole log again, with a key of their own."""
    forger, out = desk.Desk(), DESK.path("log.json")
    DESK.run("export", "log", "-o", out)
    key = DESK.run("checkpoint", "--json").json()["key"]
    own = forger.run("checkpoint", "--json").json()["key"]
    with open(out, encoding="utf-8") as f:
        lines = f.read().splitlines()
    first = lines[0]
    tap.check(key in first and "路灯不亮" in "".join(lines))
    with open(os.path.join(forger.ledger, "keys", "log.key"), encoding="utf-8") as f:
        secret = f.read()
    for keep in (False, True):
        # The origin stays, so the forger's key carries that name.
        origin = key.split("+")[0]
        public, seed = own.split("+", 2)[2], secret.strip().split("+", 4)[4]
        ident = hashlib.sha256(origin.encode() + b"\n" + base64.b64decode(public)).digest()[:4]
        mine = "%s+%s+%s" % (origin, ident.hex(), public)
        entries = [line.replace("路灯不亮", "路灯已亮") for line in lines[:-1]]
        entries[0] = first.replace(key, key if keep else mine)
        forged = DESK.write("forged.json", "\n".join(
            entries + [signed_checkpoint(origin, ident, base64.b64decode(seed)[1:], entries)]) + "\n")
        if not keep:  # it agrees with itself, and says so
            said = DESK.run("verify", forged, "--json", ledger="", cwd=DESK.tmp).json()
            tap.check(said["key"] == mine and said["key_from"] == "export", said)
        DESK.run("verify", forged, status=1)
        DESK.run("verify", forged, "--key", key, ledger="", cwd=DESK.tmp, status=1)


def signed_checkpoint(origin, ident, seed, entries):
    """As docs/log-format.md says it, with OpenSSL's Ed25519."""
    def root(leaves):
        if len(leaves) == 1:
            return leaves[0]
        k = 1 << (len(leaves) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()
    top = root([hashlib.sha256(b"\0" + line.encode()).digest() for line in entries])
    body = "%s\n%d\n%s\n" % (origin, len(entries), base64.b64encode(top).decode())
    DESK.write("forger.der", bytes.fromhex("302e020100300506032b657004220420") + seed)
    DESK.write("body", body)
    made = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey",
                           DESK.path("forger.der"), "-in", DESK.path("body")],
                          capture_output=True, check=True).stdout
    note = "%s\n\u2014 %s %s\n" % (body, origin, base64.b64encode(ident + made).decode())
    return json.dumps({"checkpoint": note}, ensure_ascii=False, separators=(",", ":"))


def a_backup_is_restored_whole():
    DESK.run("backup", DESK.path("backup"))
    DESK.run("backup", DESK.path("backup"))  # again over an older one
    DESK.run("restore", DESK.path("backup"), ledger=DESK.path("restored"))
    for args in (["list", "problems", "--json"], ["export", "log"], ["rebuild", "--dump"]):
        tap.check(DESK.run(*args).out == DESK.run(*args, ledger=DESK.path("restored")).out, args)
    before = DESK.tree(DESK.path("restored"))
    said = DESK.run("restore", DESK.path("backup"), ledger=DESK.path("restored"), status=2)
    tap.check(DESK.path("restored") in said.err and before == DESK.tree(DESK.path("restored")),
              said)
    said = DESK.run("restore", DESK.path("no-backup"), ledger=DESK.path("new"), status=2)
    tap.check("no-backup" in said.err and not os.path.exists(DESK.path("new", "ledger.db")), said)


def an_index_comes_anew_with_a_restore():
    found = DESK.run("search", "路灯", "--json").out
    DESK.run("backup", DESK.path("index"))
    DESK.run("restore", DESK.path("index"), DESK.path("found"))
    tap.check(found and DESK.run("search", "路灯", "--json", ledger=DESK.path("found")).out == found)


def passwords_are_guarded():
    for given, status in (("short\n", 2), ("", 2), ("x" * 2000 + "\n", 2), ("correct horse\n", 0)):
        said = DESK.run("passwd", desk.CLERK, given=given, status=status)
        tap.check(given.strip() == "" or given.strip() not in said.out + said.err, said)
    DESK.run("passwd", desk.LIAISON, "--as", desk.LIAISON, given="my own secret\n")
    DESK.run("passwd", desk.LIAISON, "--as", "guan", given="reset by office\n")
    said = DESK.run("passwd", desk.CLERK, "--as", desk.LIAISON, given="not for me to set\n",
                    status=1)
    tap.check("administrator" in said.err, said)
    entries = DESK.entries()
    DESK.run("passwd", desk.CLERK, given="correct horse\n")
    tap.check(DESK.entries() == entries, "a password is no entry")
    for name, data in DESK.tree(DESK.ledger).items():
        for word in (b"correct horse", b"my own secret", b"reset by office"):
            tap.check(word not in data, name, word)


def many_write_at_once():
    codes = [register() for _ in range(5)]
    entries = DESK.entries()
    children = [DESK.start("act", "chase", codes[n % 5], "--text", "催办第%d次" % n, "--json")
                for n in range(20)]
    ended = [(child.communicate(timeout=120), child.returncode) for child in children]
    tap.check(all(status == 0 for _, status in ended), ended)
    tap.check(DESK.entries() == entries + 20)
    told = "".join(DESK.run("show", code).out for code in codes)
    tap.check(all("催办第%d次" % n in told for n in range(20)), told)
    DESK.run("verify")


prepare()
desk.run_all(
    help_is_in_both_languages, help_may_be_asked_in_three_ways, wrong_usage_names_what_is_wrong,
    options_stand_before_and_behind, the_ledger_is_named_or_is_here, a_ledger_is_not_made_twice,
    unknown_people_are_told, completion_is_bash, refusals_name_their_rule,
    several_subjects_are_refused_one_by_one, the_same_key_is_one_entry,
    one_key_for_several_is_one_entry_each,
    documents_keep_their_members,
    an_item_goes_through_the_whole_loop, nobody_goes_around_the_rules,
    whoever_leaves_hands_over,
    evidence_that_was_touched_is_told, an_export_is_checked_with_the_key_of_its_ledger,
    a_log_that_was_written_anew_is_refused, a_backup_is_restored_whole,
    an_index_comes_anew_with_a_restore,
    passwords_are_guarded, many_write_at_once)
