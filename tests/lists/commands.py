#!/usr/bin/env python3
"""The reading commands as a person or a script meets them: commands.py XIAOHAO

Exit statuses, standard output and error, JSON line by line, tables cut to a terminal and whole in a
pipe, Chinese columns that stand under each other."""
import datetime
import json
import os
import pty
import subprocess
import sys
import tempfile
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import tap

XIAOHAO = sys.argv[1]
HOME = tempfile.TemporaryDirectory()
LEDGER = os.path.join(HOME.name, "ledger")
WORKBOOK = "\n".join(
    ["序号,问题,牵头单位,责任人,整改时限,完成情况"]
    + ["%d,第%d处消防通道被占用，疏散不畅,%s,%s,%s,%s"
       % (i, i, ("城关镇", "北山镇")[i % 2], ("王五", "赵六")[i % 2],
          ("2020-01-%02d" % (1 + i % 28), "2199-12-31")[i % 3 == 0],
          ("整改中", "已整改", "已销号")[i % 3]) for i in range(1, 301)])


def run(*args, lang="en_US.UTF-8", status=0, ledger=LEDGER):
    got = subprocess.run([XIAOHAO, "-L", ledger, *args], capture_output=True, text=True,
                         env={"LANG": lang, "PATH": os.environ["PATH"], "TMPDIR": HOME.name})
    tap.check(got.returncode == status, args, "ended with", got.returncode, got.stdout[:500],
              got.stderr[:500])
    return got.stdout if status == 0 else got.stdout + got.stderr


def lines(*args, **more):
    return [json.loads(line) for line in run(*args, "--json", **more).splitlines()]


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def on_terminal(columns, *args):
    master, slave = pty.openpty()
    subprocess.run(["stty", "cols", str(columns), "rows", "50"], stdin=slave, check=True)
    child = subprocess.Popen([XIAOHAO, "-L", LEDGER, *args], stdout=slave, stderr=slave,
                             env={"LANG": "zh_CN.UTF-8"})
    os.close(slave)
    out = b""
    while True:
        try:
            block = os.read(master, 65536)
        except OSError:
            break
        if not block:
            break
        out += block
    child.wait()
    os.close(master)
    return out.decode().replace("\r\n", "\n")


def prepare():
    book = os.path.join(HOME.name, "book.csv")
    with open(book, "w", encoding="utf-8") as f:
        f.write(WORKBOOK)
    run("init", "--name", "清源市整改台账")
    run("import", "findings", book)
    run("person", "add", "zhang", "--name", "张三", "--role", "liaison", "--unit", "城关镇")
    run("person", "add", "shen", "--name", "审计", "--role", "auditor")


def lists_are_whole():
    tap.check(len(lines("list", "problems")) == 300)
    tap.check(len(run("list", "problems").splitlines()) == 301, "a header and every row")
    tap.check({row["state"] for row in lines("list", "problems", "--state", "struck_off,applied")}
              == {"struck_off", "applied"})
    overdue = lines("list", "problems", "--overdue")
    tap.check(overdue and all(r["overdue"] and r["deadline"] < "2021" for r in overdue))
    mine = lines("list", "problems", "--as", "zhang")
    tap.check(len(mine) == 150 and {r["lead_unit"] for r in mine} == {"城关镇"})
    tap.check(mine == lines("list", "problems", "--unit", "城关镇"))


def pages_go_on():
    seen, after = [], []
    while True:
        page = lines("list", "problems", "--limit", "70", *after)
        if not page:
            break
        seen += page
        after = ["--after", page[-1]["code"]]
    tap.check(seen == lines("list", "problems"))


def columns_stand_under_each_other():
    rows = run("list", "problems", lang="zh_CN.UTF-8").splitlines()
    place = width(rows[0][:rows[0].index("牵头单位")])
    for row in rows[1:]:
        at = row.index("城关镇" if "城关镇" in row else "北山镇")
        tap.check(width(row[:at]) == place, row)


def a_terminal_cuts_and_a_pipe_does_not():
    for columns in (40, 60, 120):
        for row in on_terminal(columns, "list", "problems").splitlines():
            tap.check(width(row) <= columns, columns, row)
    tap.check("…" in on_terminal(60, "list", "problems"))
    tap.check("…" not in run("list", "problems"))


def the_board_agrees_with_the_list():
    board = json.loads(run("board", "--json"))
    states = [r["state"] for r in lines("list", "problems")]
    tap.check(board["total"] == 300 and board["states"]["struck_off"] == states.count("struck_off"))
    tap.check(board["overdue"] == len(lines("list", "problems", "--overdue")))
    tap.check([u["total"] for u in board["units"]] == [150, 150], board["units"])
    mine = json.loads(run("board", "--json", "--as", "zhang"))
    tap.check(mine["total"] == 150 and mine["unit_name"] == "城关镇")
    words = run("board", lang="zh_CN.UTF-8")
    tap.check("销号率" in words and "截至" in words and "█" in words, words)


def show_tells_the_history():
    code = lines("list", "problems", "--limit", "1")[0]["code"]
    page = json.loads(run("show", code, "--json"))
    tap.check(page["code"] == code and page["history"][0]["kind"] == "item.register")
    tap.check(page["history"][0]["at"].endswith("+08:00"))
    words = run("show", code, lang="zh_CN.UTF-8")
    tap.check("办理经过" in words and "由工作簿转入本件" in words, words)


def what_is_not_there_and_what_is_hidden():
    hidden = [r["code"] for r in lines("list", "problems") if r["lead_unit"] == "北山镇"][0]
    for command in (["show", "%s"], ["plan", "show", "%s"], ["list", "problems", "--after", "%s"]):
        said = [run(*[c.replace("%s", code) for c in command], "--as", "zhang", "--json",
                    status=1).replace(code, "CODE") for code in (hidden, "XX2020-0001")]
        tap.check(said[0] == said[1] and "NOT_FOUND" in said[0], said)


def usage_is_explained():
    for args in (["list"], ["list", "wishes"], ["list", "units", "--overdue"], ["show"], ["plan"],
                 ["plan", "compare"], ["list", "problems", "--state", "done"], ["export"],
                 ["list", "problems", "--limit", "0"], ["list", "problems", "--as-of", "yesterday"],
                 ["export", "problems", "-o", "x.doc"], ["export", "log", "-o", "x.csv"],
                 ["export", "log", "--as-of", "2026-01-01"], ["plan", "show", "X", "first"]):
        said = run(*args, status=2)
        tap.check("xiaohao help" in said, args, said)


def the_past_says_so():
    tap.check(lines("list", "problems", "--as-of", "2020-01-01") == [])
    words = run("list", "problems", "--as-of", "2199-01-01")
    tap.check(words.startswith("As of 2199-01-01 23:59:59 +08:00."), words[:80])
    row = lines("list", "problems", "--as-of", "2199-01-01")[0]
    tap.check(row["as_of"].startswith("2199-01-01T23:59:59.999+08:00"))
    # A whole day comes from the history, a moment within it from the log.
    day, moment = ["--as-of", "2199-01-01"], ["--as-of", "2199-01-01T22:00"]
    def same(*words):
        both = [[{**r, "as_of": ""} for r in lines(*words, *at)] for at in (day, moment)]
        tap.check(both[0] == both[1] and both[0], words, "differs")
    same("board")
    same("list", "problems", "--after", row["code"], "--limit", "7")
    same("list", "responsibilities", "--overdue", "--unit", "城关镇")
    same("list", "units")
    same("list", "campaigns")
    same("show", row["code"])
    board = json.loads(run("board", "--as-of", "2199-01-01", "--json"))
    tap.check(board["total"] == 300 and board["as_of"].startswith("2199-01-01"))
    run("show", "XX", "--as-of", "2020-01-01", status=1)


def a_trend_goes_week_by_week():
    trend = json.loads(run("board", "--trend", "3", "--json"))["trend"]
    board = json.loads(run("board", "--json"))
    tap.check("trend" not in board and len(trend) == 3)
    tap.check([trend[2][k] for k in ("open", "overdue", "struck_off", "struck_off_taken_over")] ==
              [board[k] for k in ("open", "overdue", "struck_off", "struck_off_taken_over")])
    tap.check(trend[1]["open"] == trend[0]["open"] == 0, "before there was anything")
    tap.check(all(datetime.date.fromisoformat(p["day"]).isoweekday() == 7 for p in trend[:2]))
    words = run("board", "--trend", "2", lang="zh_CN.UTF-8")
    tap.check("截至" in words and trend[1]["day"] in words, words)
    past = json.loads(run("board", "--trend", "1", "--as-of", "2199-01-01", "--json"))
    tap.check(past["trend"][0]["day"] == "2199-01-01"
              and past["trend"][0]["overdue"] == past["overdue"])
    for weeks in ("0", "401", "some"):
        tap.check("400" in run("board", "--trend", weeks, status=2))


def exports_are_whole_files():
    out = os.path.join(HOME.name, "problems.xlsx")
    run("export", "problems", "-o", out)
    with open(out, "rb") as f:
        tap.check(f.read(2) == b"PK")
    csv = run("export", "problems", lang="zh_CN.UTF-8")
    tap.check(csv.lstrip("\ufeff").startswith("序号,台账编码,反馈问题,") and csv.count("\n") == 301)
    tap.check(len(json.loads(run("export", "problems", "--json"))) == 300)
    tap.check([n for n in os.listdir(HOME.name) if n.startswith("xiaohao-")] == [], "nothing stays behind")
    again = os.path.join(HOME.name, "again")
    run("init", ledger=again)
    run("import", "findings", out, ledger=again)
    tap.check(len(run("list", "problems", "--json", ledger=again).splitlines()) == 300)


def the_log_is_for_auditors():
    tap.check("auditor" in run("export", "log", "--as", "zhang", status=1))
    tap.check("ROLE" in run("export", "log", "--as", "zhang", "--json", status=1))
    out = os.path.join(HOME.name, "log.json")
    run("export", "log", "-o", out, "--as", "shen")
    with open(out, encoding="utf-8") as f:
        tap.check(f.read() == run("export", "log", "--as", "shen"))
    run("verify", out)


prepare()
tap.run([(t.__name__.replace("_", " "), t) for t in (
    lists_are_whole, pages_go_on, columns_stand_under_each_other,
    a_terminal_cuts_and_a_pipe_does_not, the_board_agrees_with_the_list, show_tells_the_history,
    what_is_not_there_and_what_is_hidden, usage_is_explained, the_past_says_so,
    a_trend_goes_week_by_week, exports_are_whole_files, the_log_is_for_auditors)])
