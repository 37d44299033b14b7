#!/usr/bin/env python3
"""What becomes of workbooks: intake.py XIAOHAO

Small books written here, given to `import` as a clerk gives them; then the ledger is looked at."""
import json
import os
import shutil
import signal
import stat
import time

import desk
import tap

HEADER = "序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况"
ROWS = ("1,消防通道被占用致疏散不畅,清理通道并划线,城关镇,王五,2199-12-31,未完成",
        "2,水源地标志牌破损,更换标志牌,北山镇,赵六,2199-06-30,未完成",
        "3,窨井盖缺失存在隐患,补齐井盖,城关镇,王五,2199-06-30,未完成")
BOOK = desk.table(HEADER, *ROWS)
NONE = ("added", "updated", "skipped", "refused", "rejected", "units_made", "people_made")


def taken(book=BOOK, name="book.csv", *args):
    """A new desk with that book taken in."""
    d = desk.Desk()
    d.run("import", "findings", d.write(name, book), *args)
    return d


def counts(summary, **expected):
    for key, n in expected.items():
        tap.check(summary[key] == n, key, "is", summary[key], "not", n, summary)


def changed(d, before, ignore=()):
    now = {row["number"]: row for row in d.problems()}
    found = {}
    for number, row in now.items():
        old = before.get(number)
        if old is None:
            found[number] = "new"
            continue
        found.update({(number, key): row[key] for key in row
                      if row[key] != old[key] and key not in ("version", "source", *ignore)})
    return found


# --- the same and a corrected book ----------------------------------------------------------------

def the_same_file_twice_changes_nothing():
    for name in ("book.csv", "book.xlsx"):
        d = desk.Desk()
        path = (d.write(name, BOOK) if name.endswith("csv") else
                desk.workbook(d.path(name), [line.split(",") for line in BOOK.splitlines()]))
        first, _ = d.imports("findings", path)
        counts(first, rows=3, added=3, units_made=2, people_made=2)
        entries, rows = d.entries(), d.problems()
        for given in (path, shutil.copy(path, d.path("copy" + name[4:]))):
            again, _ = d.imports("findings", given)
            counts(again, rows=3, unchanged=3, **{key: 0 for key in NONE})
        tap.check(d.entries() == entries and d.problems() == rows)


def a_dry_run_changes_nothing_and_says_the_same():
    for book in (BOOK, BOOK + "4,,补齐,城关镇,王五,不知何时,整改中\n", BOOK.replace("北山镇", "北山镇、城关镇")):
        d = desk.Desk()
        path = d.write("book.csv", book)
        before = d.tree()
        trial = d.run("import", "findings", path, "--dry-run", "--json", status=None)
        text = d.run("import", "findings", path, "--dry-run", status=None)
        after = d.tree()
        tap.check(before == after, {n for n in before.keys() ^ after.keys()} or "bytes differ")
        tap.check("--dry-run" in text.out, text)
        real = d.run("import", "findings", path, "--json", status=None)
        tap.check(trial.code == real.code and trial.lines()[:-1] == real.lines()[:-1])
        told, did = trial.lines()[-1], real.lines()[-1]
        for key in told:
            tap.check(key in ("summary", "rejects") or told[key] == did[key], key, told, did)
        tap.check(told["summary"] == "dry-run" and told["rejects"] == ""
                  and did["summary"] == "done")


def a_corrected_book_changes_only_what_differs():
    for old, new, expected in (
            ("清理通道并划线", "清理通道并重新划线", {}),
            ("1,消防通道被占用致疏散不畅", "1,消防通道被占用致人员疏散不畅",
             {("1", "text"): "消防通道被占用致人员疏散不畅"}),
            ("2199-06-30,未完成\n3", "2199-07-30,未完成\n3", {("2", "deadline"): "2199-07-30"}),
            ("北山镇,赵六", "南河镇,赵六", {("2", "lead_unit"): "南河镇"})):
        d = taken()
        before, entries = d.numbered(), d.entries()
        summary, _ = d.imports("findings", d.write("new.csv", BOOK.replace(old, new)))
        counts(summary, added=0, updated=1, unchanged=2, rejected=0)
        found = changed(d, before, ("lead_unit_code", "responsible_person_code"))
        tap.check(found == expected, "expected", expected, "but", found)
        units = summary["units_made"] + (1 if summary["people_made"] else 0)
        tap.check(d.entries() == entries + 1 + units, d.entries() - entries, summary)
        tap.check(len(before) == 3 and before["3"] == d.numbered()["3"])


def a_number_alone_overwrites_nothing():
    d = taken()
    before = d.numbered()
    other = BOOK.replace("窨井盖缺失存在隐患", "财务账册记录不全")
    summary, doubts = d.imports("findings", d.write("other.csv", other))
    counts(summary, added=1, unchanged=2, updated=0)
    told = [x for x in doubts if x.get("doubt") == "NUMBER_TAKEN"]
    tap.check(len(told) == 1 and told[0]["row"] == 4 and before["3"]["code"] in told[0]["message"],
              doubts)
    rows = d.problems()
    tap.check(len(rows) == 4 and before["3"] in rows, "the older item is as it was")


def a_book_that_names_what_it_updates():
    for by_hash in (False, True):
        d = taken()
        before = d.numbered()
        path = d.write("other.csv", BOOK.replace("窨井盖缺失存在隐患", "财务账册记录不全"))
        source = before["3"]["source"]["file"] if by_hash else d.path("book.csv")
        summary, _ = d.imports("findings", path, "--updates", source)
        counts(summary, added=0, updated=1, unchanged=2)
        tap.check(changed(d, before) == {("3", "text"): "财务账册记录不全"}, changed(d, before))
    said = d.run("import", "findings", path, "--updates", d.path("no-such.csv"), status=2)
    tap.check("no-such.csv" in said.err, said)


def what_a_status_does_to_a_known_item():
    for status, state in (("已完成", "applied"), ("已整改", "applied"), ("已销号", "applied"),
                          ("基本完成", "in_progress"), ("未完成", None), ("整改中", None)):
        d = taken()
        before = d.numbered()
        path = d.write("month.csv", BOOK.replace("2199-06-30,未完成\n3", "2199-06-30,%s\n3" % status))
        summary, doubts = d.imports("findings", path)
        row = d.numbered()["2"]
        if state and state != "in_progress":
            tap.check(row["state"] == state and not row["taken_over"], status, row["state"],
                      summary)
        else:
            tap.check(row["state"] == before["2"]["state"], status, row["state"])
        told = [x for x in doubts if x.get("doubt") == "NOT_STRUCK_OFF"]
        tap.check(len(told) == (status == "已销号"), doubts)
        again, _ = d.imports("findings", path)
        counts(again, added=0, updated=0, unchanged=3)
        d.run("verify")


def what_a_status_means_in_a_new_book():
    statuses = (("基本完成", "in_progress", False), ("已整改", "applied", False),
                ("已完成", "applied", False), ("已销号", "struck_off", True),
                ("整改中", "in_progress", False), ("", "planned", False))
    d = taken(desk.table(HEADER, *["%d,第%s个问题互不相同%s,措施,城关镇,王五,2199-12-31,%s" % (
        i, "甲乙丙丁戊己庚"[i], "子丑寅卯辰巳午"[i] * 6, status) for i, (status, _, _) in enumerate(statuses)]))
    rows = d.numbered()
    for i, (status, state, older) in enumerate(statuses):
        row = rows[str(i)]
        tap.check(row["state"] == state and row["taken_over"] is older, status, row["state"])


def likely_duplicates_are_marked_or_left_out():
    twice = desk.table(HEADER, *ROWS, "9,消防通道被占用致疏散不畅,清理,城关镇,王五,2199-12-31,未完成")
    d = desk.Desk()
    summary, doubts = d.imports("findings", d.write("book.csv", twice))
    counts(summary, rows=4, added=4, duplicates=1)
    rows = d.numbered()
    tap.check(rows["9"]["probable_duplicate_of"] == rows["1"]["code"], rows["9"])
    told = [x for x in doubts if x.get("doubt") == "LIKELY"]
    tap.check(len(told) == 1 and told[0]["row"] == 5 and rows["1"]["code"] in told[0]["message"],
              doubts)
    d = desk.Desk()
    summary, doubts = d.imports("findings", d.write("book.csv", twice), "--skip-duplicates")
    counts(summary, added=3, skipped=1)
    tap.check(any(x.get("doubt") == "SKIPPED" and x["row"] == 5 for x in doubts), doubts)
    # So does a row of another book that says the same as the ledger.
    other = desk.table(HEADER, ROWS[0].replace("1,", "甲-7,", 1))
    counts(d.imports("findings", d.write("other.csv", other), "--skip-duplicates")[0], added=0,
           skipped=1)
    counts(d.imports("findings", d.path("other.csv"))[0], added=1, duplicates=1)


# --- rejects, maps --------------------------------------------------------------------------------

def rejected_rows_are_mended_and_given_back():
    d = desk.Desk()
    bad = desk.table(HEADER + ",密级", ROWS[0] + ",", "2,,更换标志牌,北山镇,赵六,2199-06-30,未完成,",
                     ROWS[2] + ",绝密")
    summary, lines = d.imports("findings", d.write("book.csv", bad), status=1)
    counts(summary, added=1, rejected=2)
    tap.check({x["row"] for x in lines if x.get("rejected")} == {3, 4}, lines)
    tap.check(summary["rejects"] == d.path("book.csv.rejects.xlsx"), summary)
    rows = desk.read_workbook(summary["rejects"])
    tap.check(rows[0][:8] == (HEADER + ",密级").split(",") and len(rows) == 3 and len(rows[0]) == 9,
              rows)
    tap.check(rows[1][:7] == ["2", "", "更换标志牌", "北山镇", "赵六", "2199-06-30", "未完成"], rows[1])
    tap.check(rows[2][:8] == (ROWS[2] + ",绝密").split(","), rows[2])
    tap.check(rows[1][8] and rows[2][8] and rows[1][8] != rows[2][8], "a reason each", rows)
    rows[1][1], rows[2][7] = "水源地标志牌破损", ""
    summary, _ = d.imports("findings", desk.workbook(d.path("mended.xlsx"), rows))
    counts(summary, added=2, rejected=0)
    tap.check(set(d.numbered()) == {"1", "2", "3"})
    said = d.run("import", "findings", d.path("book.csv"), status=1, lang="zh_CN.UTF-8")
    tap.check("原因" in desk.read_workbook(d.path("book.csv.rejects.xlsx"))[0][8], said)


def rejects_go_where_they_can_be_written():
    d = desk.Desk()
    os.mkdir(d.path("books"))
    os.mkdir(d.path("here"))
    book = d.write("books/book.csv", desk.table(HEADER, ROWS[0], "2,,措施,北山镇,赵六,2199-06-30,未完成"))
    if os.geteuid():
        os.chmod(d.path("books"), 0o555)
        summary, _ = d.imports("findings", book, status=1, cwd=d.path("here"))
        os.chmod(d.path("books"), 0o755)
    else:
        # Nothing is forbidden to root: somebody else does it, where that one may run the binary.
        for where, folders, names in os.walk(d.home):
            for name in [".", *folders, *names]:
                os.chown(os.path.join(where, name), 65534, 65534)
        os.chown(d.path("books"), 0, 0)
        os.chmod(d.path("books"), 0o755)
        try:
            summary, _ = d.imports("findings", book, status=1, cwd=d.path("here"), user=65534,
                                   group=65534, extra_groups=[])
        except PermissionError as why:
            raise tap.Skip(str(why)) from why
    tap.check(summary["rejects"] == "book.csv.rejects.xlsx", summary)
    tap.check(os.listdir(d.path("here")) == ["book.csv.rejects.xlsx"], os.listdir(d.path("here")))
    tap.check(os.listdir(d.path("books")) == ["book.csv"], os.listdir(d.path("books")))


def a_map_is_saved_and_given_back():
    odd = desk.table("甲,乙,丙,丁", *["%d,%s,城关镇,2199-12-31" % (i, "问题%d说明" % i) for i in (1, 2)])
    d = desk.Desk()
    d.run("import", "findings", d.write("odd.csv", odd), status=2)
    d.run("import", "findings", d.write("book.csv", BOOK), "--dry-run", "--save-map",
          d.path("map.json"))
    with open(d.path("map.json"), encoding="utf-8") as f:
        kept = json.load(f)
    fields = [c["field"] for c in kept["sheets"][0]["columns"]]
    tap.check(fields == ["number", "text", "measure", "lead", "person", "deadline", "status"], kept)
    summary, _ = d.imports("findings", d.path("book.csv"), "--map", d.path("map.json"))
    counts(summary, added=3)
    columns = [{"column": c, "header": h, "field": f} for c, h, f in (
        ("A", "甲", "number"), ("B", "乙", "text"), ("C", "丙", "lead"), ("D", "丁", "deadline"))]
    kept["sheets"][0]["columns"] = columns
    good = d.write("good.json", json.dumps(kept, ensure_ascii=False))
    summary, _ = d.imports("findings", d.path("odd.csv"), "--map", good, "--save-map",
                           d.path("again.json"))
    counts(summary, added=2)
    with open(d.path("again.json"), encoding="utf-8") as f:
        tap.check(json.load(f)["sheets"] == kept["sheets"])
    tap.check(d.problems()[-1]["lead_unit"] == "城关镇"
              and d.problems()[-1]["deadline"] == "2199-12-31")


def a_wrong_map_is_refused_by_name():
    d = desk.Desk()
    book = desk.workbook(d.path("book.xlsx"), [line.split(",") for line in BOOK.splitlines()])
    d.run("import", "findings", book, "--dry-run", "--save-map", d.path("map.json"))
    with open(d.path("map.json"), encoding="utf-8") as f:
        good = f.read()
    before = d.tree(d.ledger)
    for old, new, named in (
            ('"field": "text"', '"field": "texte"', ("一", "B", "texte")),
            ('"field": "deadline"', '"field": "text"', ("一", "F", "text")),
            ('"column": "C"', '"column": "B"', ("一", "B")),
            ('"column": "C"', '"column": "3"', ("一", "3")),
            ('"kind": "findings"', '"kind": "wishes"', ("wishes",)),
            ('"sheet": "一"', '"sheet": 1', ()),
            ('[1, 1]', '[9, 2]', ("一", "header")),
            ("{", "", ("JSON",))):
        bad = good.replace(old, new, 1)
        tap.check(bad != good, old, good)
        for lang in desk.LANGUAGES:
            said = d.run("import", "findings", book, "--map", d.write("bad.json", bad), status=2,
                         lang=lang)
            tap.check(all(name in said.err for name in named) and "PO-Revision" not in said.err,
                      named, said)
    tap.check(d.tree(d.ledger) == before)


# --- units and people -----------------------------------------------------------------------------

def several_units_stand_in_a_cell():
    for cell, assist in (("城关镇、北山镇、南河镇", ["北山镇", "南河镇"]), ("城关镇;北山镇", ["北山镇"]),
                         ('"城关镇\n北山镇"', ["北山镇"]), ("城关镇", [])):
        d = desk.Desk()
        summary, doubts = d.imports("findings", d.write("b.csv", desk.table(
            HEADER, ROWS[0].replace("城关镇", cell))))
        row = d.problems()[0]
        tap.check(row["lead_unit"] == "城关镇" and row["assisting_units"] == assist, cell, row)
        told = [x for x in doubts if x.get("doubt") == "UNITS_SEVERAL"]
        tap.check(bool(told) == bool(assist) and all(x["column"] == "D" for x in told), doubts)


def provisional_names_become_real():
    d = taken()
    tap.check([r["provisional"] for r in d.lines("list", "units")] == [True, True])
    units = d.write("units.csv", desk.table("名称,上级单位", "清源市,", "城关镇,清源市", "北山镇,清源市"))
    d.run("import", "units", units)
    rows = d.lines("list", "units")
    tap.check(sorted(r["name"] for r in rows) == ["北山镇", "城关镇", "清源市"], rows)
    tap.check(not any(r["provisional"] for r in rows), rows)
    people = d.write("people.csv", desk.table("姓名,单位,角色", "王五,城关镇,liaison", "赵六,北山镇,联络员、验收人"))
    d.run("import", "people", people)
    rows = [r for r in d.lines("list", "people") if r["code"] != "owner"]
    tap.check(sorted(r["name"] for r in rows) == ["王五", "赵六"]
              and not any(r["provisional"] for r in rows), rows)
    roles = {r["name"]: r["roles"] for r in rows}
    tap.check(roles == {"王五": ["liaison"], "赵六": ["liaison", "verifier"]}, roles)
    codes = {r["name"]: r["code"] for r in rows}
    mine = d.problems("--as", codes["王五"])
    tap.check(len(mine) == 2 and all(r["responsible_person"] == "王五" for r in mine), mine)
    entries = d.entries()
    for kind, path in (("units", units), ("people", people), ("findings", d.path("book.csv"))):
        d.run("import", kind, path)
    tap.check(d.entries() == entries, "nothing is doubled")


def units_come_with_codes_and_levels():
    d = desk.Desk()
    summary, _ = d.imports("units", d.write("a.csv", desk.table(
        "code,name,parent", "51,川省,", "5101,锦城市,51", "510104,锦江区,5101", "5102,绵城市,51")))
    counts(summary, added=4, rejected=0)
    depth = {r["code"]: (r["depth"], r["parent"]) for r in d.lines("list", "units")}
    tap.check(depth == {"51": (1, ""), "5101": (2, "51"), "510104": (3, "5101"), "5102": (2, "51")},
              depth)
    # A further level, with the codes of all its ancestors: the deepest counts.
    summary, _ = d.imports("units", d.write("b.csv", desk.table(
        "code,name,areaCode,cityCode,provinceCode", "510104017,春熙街道,510104,5101,51")))
    counts(summary, added=1)
    row = [r for r in d.lines("list", "units") if r["code"] == "510104017"][0]
    tap.check(row["depth"] == 4 and row["parent"] == "510104", row)
    counts(d.imports("units", d.write("c.csv",
                                      desk.table("code,name,parent", "510104,锦江新区,5102")))[0],
           updated=1, added=0)
    row = [r for r in d.lines("list", "units") if r["code"] == "510104"][0]
    tap.check(row["parent"] == "5102" and row["name"] == "锦江新区", row)
    d.run("verify")


def tasks_find_their_item_by_number():
    d = taken()
    code = d.numbered()["2"]["code"]
    tasks = d.write("tasks.csv", desk.table(
        "问题序号,整改措施,牵头单位,整改时限", "2,增设监控两处,城关镇,2199-05-01",
        "%s,每月巡查,北山镇,2199-05-02" % code, "99,没有这一件,城关镇,2199-05-01"))
    summary, _ = d.imports("tasks", tasks, status=1)
    counts(summary, added=2, rejected=1)
    rows = {r["text"]: r for r in d.lines("list", "tasks") if r["item"] == code}
    tap.check(set(rows) == {"更换标志牌", "增设监控两处", "每月巡查"}, rows)
    tap.check(rows["增设监控两处"]["lead_unit"] == "城关镇" and rows["增设监控两处"]["deadline"] == "2199-05-01",
              rows)
    entries = d.entries()
    counts(d.imports("tasks", tasks, status=1)[0], added=0, unchanged=2)
    tap.check(d.entries() == entries)


# --- what is refused ------------------------------------------------------------------------------

def only_clerks_take_books_in():
    d = desk.Desk()
    d.people()
    path = d.write("book.csv", BOOK)
    for who in (desk.LIAISON, desk.APPROVER, desk.VERIFIER, "tan", "shen", "guan", "bao"):
        before = d.tree()
        for kind in ("findings", "units", "people", "tasks"):
            said = d.run("import", kind, path, "--as", who, status=1)
            tap.check("clerk" in said.err, said)
        tap.check(d.tree() == before, who)
    d.run("import", "findings", path, "--as", desk.CLERK)
    d.run("import", "findings", path, "--campaign", "NOPE", status=1)


def a_clerk_takes_in_what_they_can_follow():
    """What a clerk of one unit brings for another is given back with its reason."""
    d = desk.Desk()
    d.people()
    d.run("person", "add", "zhen", "--name", "镇办", "--role", "clerk", "--unit", "城关镇",
          "--scope", "城关镇")
    summary, _ = d.imports("findings", d.write("book.csv", BOOK), "--campaign", "ZG", "--as", "zhen",
                           status=1)
    counts(summary, added=2, rejected=1)
    tap.check(sorted(d.numbered()) == ["1", "3"], d.numbered())
    d.run("person", "change", "zhen", "--scope", ":ZG")
    d.run("campaign", "add", "BIE")
    summary, _ = d.imports("findings", d.write("other.csv", BOOK), "--campaign", "BIE", "--as",
                           "zhen", status=1)
    counts(summary, added=0, rejected=3)


def markings_and_circles_are_kept():
    d = desk.Desk(init=False)
    d.run("init", "--marking", "confidential")
    d.people()
    book = desk.table(HEADER + ",密级", ROWS[0] + ",内部", ROWS[1] + ",秘密", ROWS[2] + ",机密")
    summary, _ = d.imports("findings", d.write("book.csv", book), "--campaign", "ZG", status=1)
    counts(summary, added=2, rejected=1)
    rows = d.numbered()
    tap.check({n: r["marking"] for n, r in rows.items()} == {"1": "internal", "2": "confidential"},
              rows)
    d.run("person", "change", desk.CLERK, "--clearance", "internal")
    tap.check([r["number"] for r in d.problems("--as", desk.CLERK)] == ["1"], "no clearance")
    d.run("show", rows["2"]["code"], "--as", desk.CLERK, status=1)
    # A confidential campaign takes nothing from a clerk outside its circle, and tells them nothing.
    d.run("campaign", "add", "MM", "--confidential")
    secret = desk.table(HEADER, ROWS[0].replace("消防通道被占用致疏散不畅", "举报线索核查事项甲乙丙丁"))
    d.run("import", "findings", d.write("secret.csv", secret), "--campaign", "MM", status=None)
    other = d.write("other.csv", desk.table(HEADER, ROWS[0].replace("消防通道被占用致疏散不畅", "别的事情完全不同")))
    said = d.run("import", "findings", other, "--campaign", "MM", "--as", desk.CLERK, status=1)
    tap.check("MM-0001" not in said.out + said.err, said)
    unknown = d.run("import", "findings", other, "--campaign", "QQ", "--as", desk.CLERK, status=1)
    tap.check(unknown.err.replace("QQ", "MM") == said.err and unknown.out == said.out, said,
              unknown)
    likely = d.write("likely.csv", secret.replace("1,", "8,", 1))
    said = d.run("import", "findings", likely, "--campaign", "ZG", "--as", desk.CLERK)
    tap.check("MM" not in said.out + said.err, said)
    for args in (["campaign", "show", "%s"], ["campaign", "change", "%s", "--name", "x"],
                 ["act", "register", "%s", "--text", "x"], ["list", "problems", "--campaign", "%s"],
                 ["board", "--campaign", "%s"], ["show", "%s-0001"], ["prove", "%s-0001"],
                 ["act", "merge", "ZG-0001", "--into", "%s-0001", "--reason", "x"]):
        said, unknown = [d.run(*[a.replace("%s", code) for a in args], "--as", desk.CLERK, status=1)
                         for code in ("MM", "QQ")]
        tap.check(unknown.err.replace("QQ", "MM") == said.err and not said.out, said, unknown)


def nonsense_is_refused_with_a_sentence():
    d = desk.Desk()
    files = (("empty.csv", b""), ("empty.xlsx", b""),
             ("page.xlsx", b"<html><body><table><tr><td>x</td></tr>"),
             ("text.xls", b"not a workbook at all"), ("zip.xlsx", b"PK\x05\x06" + b"\0" * 18),
             ("cut.xlsx", open(desk.workbook(d.path("whole.xlsx"), [["序号", "问题"]]),
                               "rb").read()[:300]),
             ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8),
             ("blank.csv", b"\n\n,,,\n\n"),
             ("letter.txt", "各单位：请于月底前报送。\n谢谢。\n".encode()),
             ("bytes.csv", bytes(range(1, 256)) * 4))
    tap.check(d.problems() == [])
    before = d.tree(d.ledger)
    names = [d.write(name, data) for name, data in files] + [d.tmp, d.path("missing.csv"),
                                                             "/dev/null"]
    for path in names:
        for kind in ("findings", "units", "people", "tasks"):
            for lang in desk.LANGUAGES:
                said = d.run("import", kind, path, status=2, lang=lang)
                tap.check(said.err.startswith("xiaohao: ") and os.path.basename(path) in said.err
                          and said.err.count("\n") == 1, path, said)
                tap.check(lang == "C" or any("\u4e00" <= c <= "\u9fff" for c in said.err), said)
    tap.check(d.problems() == [], d.problems())
    tap.check(d.tree(d.ledger).keys() == before.keys(), d.tree(d.ledger).keys() ^ before.keys())


def an_interrupted_import_goes_on():
    many = 20000
    d = desk.Desk()
    path = d.write("long.csv", desk.table(HEADER, *[
        "%d,第%d处%s破损,修复第%d处,单位%d,人员%d,2199-12-31,整改中" % (
            i, i * 7919, "栏杆路灯井盖标牌"[i % 4 * 2:i % 4 * 2 + 2], i, i % 40, i % 90)
            for i in range(1, many + 1)]))
    child = d.start("import", "findings", path)
    wal, until = os.path.join(d.ledger, "ledger.db-wal"), time.time() + 100
    while child.poll() is None and time.time() < until:
        if os.path.exists(wal) and os.path.getsize(wal) > 3 << 20:
            child.send_signal(signal.SIGKILL)
            break
        child.stdout.read1(1 << 16)
    child.communicate()
    tap.check(child.returncode == -signal.SIGKILL, "it was too quick to be stopped:",
              child.returncode)
    had = len(d.problems())
    tap.check(0 < had < many, had, "rows were there when it was stopped")
    d.run("verify")
    summary, _ = d.imports("findings", path)
    counts(summary, rows=many, added=many - had, unchanged=had, rejected=0)
    numbers = sorted(int(r["number"]) for r in d.problems())
    tap.check(numbers == list(range(1, many + 1)), "every row once")
    tap.check(len(d.lines("list", "units")) == 40)
    d.run("verify")


# --- exports --------------------------------------------------------------------------------------

def exports_run_no_formulas():
    evil = ("=HYPERLINK(\"http://x\",\"y\")", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1+1",
            "＝1+1")
    d = desk.Desk()
    for text in evil:
        d.run("act", "register", "XH", "--text", text, status=None)
    d.run("campaign", "add", "XH")
    for text in evil:
        d.run("act", "register", "XH", "--text", text + "甲", "--remarks", text)
    for name in ("problems", "tasks"):
        said = d.run("export", name)
        for row in said.out.lstrip("\ufeff").splitlines():
            for cell in row.split(","):
                bare = cell.lstrip('"')
                tap.check(not bare or bare[0] not in "=+-@\t\r＝", name, cell)
    d.run("export", "problems", "-o", d.path("out.xlsx"))
    with desk.zipfile.ZipFile(d.path("out.xlsx")) as z:
        sheet = z.read("xl/worksheets/sheet1.xml").decode()
    tap.check("<f>" not in sheet and "<f " not in sheet and "hyperlink" not in sheet, sheet[:300])
    cells = {cell for row in desk.read_workbook(d.path("out.xlsx")) for cell in row}
    tap.check(all(text.strip() + "甲" in {c.strip() for c in cells} for text in evil), cells)


def an_exported_book_comes_in_again():
    d = taken()
    d.run("act", "register", "XH%s" % d.problems()[0]["campaign"][2:], "--text", "另一处路灯不亮",
          "--unit", "城关镇",
          "--part", "一处", "--part", "二处", "--place", "人民路", "--level", "一般", "--due", "2199-01-01")
    for lang in desk.LANGUAGES:
        for ending in ("xlsx", "csv"):
            out = d.path("out." + ending)
            d.run("export", "problems", "-o", out, lang=lang)
            other = desk.Desk()
            summary, _ = other.imports("findings", out)
            counts(summary, rows=4, added=4, rejected=0)
            keys = ("text", "lead_unit", "responsible_person", "deadline", "place", "level")
            tap.check([[r[k] for k in keys] for r in d.problems()] ==
                      [[r[k] for k in keys] for r in other.problems()], lang, ending,
                      other.problems())


desk.run_all(
    the_same_file_twice_changes_nothing, a_dry_run_changes_nothing_and_says_the_same,
    a_corrected_book_changes_only_what_differs, a_number_alone_overwrites_nothing,
    a_book_that_names_what_it_updates, what_a_status_does_to_a_known_item,
    what_a_status_means_in_a_new_book, likely_duplicates_are_marked_or_left_out,
    rejected_rows_are_mended_and_given_back, rejects_go_where_they_can_be_written,
    a_map_is_saved_and_given_back, a_wrong_map_is_refused_by_name, several_units_stand_in_a_cell,
    provisional_names_become_real, units_come_with_codes_and_levels,
    tasks_find_their_item_by_number,
    only_clerks_take_books_in, a_clerk_takes_in_what_they_can_follow,
    markings_and_circles_are_kept, nonsense_is_refused_with_a_sentence,
    an_interrupted_import_goes_on, exports_run_no_formulas, an_exported_book_comes_in_again)
