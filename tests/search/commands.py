#!/usr/bin/env python3
"""`search` as a person or a script meets it: commands.py XIAOHAO"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "cli"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import desk
import tap

DESK = desk.Desk()
BOOK = desk.table("序号,问题,牵头单位,责任人,整改时限,完成情况", *[
    "%d,第%d处%s，疏散不畅,%s,%s,2199-12-31,%s"
    % (i, i, ("消防通道被占用", "路灯不亮")[i % 2], ("城关镇", "北山镇")[i % 2],
       ("王五", "赵六")[i % 2], ("整改中", "已整改")[i % 3 == 0]) for i in range(1, 61)])


def search(*args, **more):
    return DESK.run("search", *args, **more)


def hits(*args, **more):
    return search(*args, "--json", **more).lines()


def prepare():
    DESK.people()
    DESK.run("import", "findings", DESK.write("book.csv", BOOK), "--campaign", "ZG")


def an_import_is_found_at_once():
    found = hits("消防", "--limit", "100")
    tap.check(len(found) == 30 and all("behind" not in hit for hit in found), found)
    hit = found[0]
    text = hit["snippet"].encode()
    tap.check([text[a:b].decode() for a, b in hit["spans"]] == ["消防"], hit)
    tap.check(hit["field"] == "text" and hit["state"] and hit["lead_unit"] == "城关镇", hit)
    tap.check([h["code"] for h in found] == sorted((h["code"] for h in found), reverse=True))
    tap.check(hits("消", "--limit", "100") == [dict(h, spans=[[h["spans"][0][0], h["spans"][0][0] + 3]])
                                               for h in found])


def words_are_joined_and_folded():
    tap.check(len(hits("消防", "疏散", "城关镇", "--limit", "100")) == 30)
    tap.check(len(hits("消防 疏散", "--limit", "100")) == 30)
    tap.check(hits("消防", "北山镇") == [] and hits("消防", "路灯") == [])
    tap.check([h["code"] for h in hits("第７處")] == ["ZG-0007"], hits("第７處"))
    tap.check([h["code"] for h in hits("zg-0007")] == ["ZG-0007"])


def filters_and_pages():
    seen, after = [], []
    while True:
        page = hits("疏散", "--limit", "7", *after)
        if not page:
            break
        seen += [h["code"] for h in page]
        after = ["--after", page[-1]["code"]]
    tap.check(len(seen) == 60 == len(set(seen)), seen)
    tap.check(len(hits("疏散", "--unit", "北山镇", "--limit", "100")) == 30)
    tap.check({h["state"] for h in hits("疏散", "--state", "applied", "--limit", "100")} == {"applied"})
    tap.check(len(hits("疏散", "--campaign", "ZG")) == 50)
    said = search("疏散", "--campaign", "NONE", "--json", status=1).out
    tap.check("NOT_FOUND" in said, said)
    said = [search("疏散", "--after", code, "--json", status=1).out.replace(code, "CODE")
            for code in ("ZG-9999", "XX-1")]
    tap.check(said[0] == said[1] and "NOT_FOUND" in said[0], said)


def a_report_is_found_by_the_next_search():
    DESK.run("act", "report", "ZG-0002", "--text", "已清理杂物并划黄线", "--as", desk.CLERK, status=None)
    DESK.run("act", "amend", "ZG-0001", "--text", "井盖缺失", "--as", desk.CLERK)
    tap.check([h["code"] for h in hits("井盖")] == ["ZG-0001"])
    tap.check("ZG-0001" not in [h["code"] for h in hits("路灯", "--limit", "100")])
    DESK.run("rebuild")
    tap.check([h["code"] for h in hits("井盖")] == ["ZG-0001"])


def words_for_people():
    said = search("消防", "--limit", "2", lang="zh_CN.UTF-8").out
    tap.check("所在栏目" in said and "消防通道" in said and "还有更多" in said and "【" not in said, said)
    said = search("没有这样的词", lang="zh_CN.UTF-8").out
    tap.check(said == "没有找到“没有这样的词”。\n", said)
    tap.check(search("没有这样的词", "--json").out == "")


def hostile_words_do_no_harm():
    for words in ("* OR NEAR(", '"', "'; DROP TABLE log; --", "words:消防", "消防*", "^a", "NOT 消防",
                  "\x1b[2J消防", "\u202e消防"):
        said = search(words, status=None)
        tap.check(said.code in (0, 2) and "\x1b" not in said.out, words, said)
    tap.check(hits("消防 OR 路灯") == [])
    for words in ("x" * 10000, "字" * 65, "a " * 17, "***", "", "。"):
        said = search(words, status=2)
        tap.check("xiaohao" in said.err and len(said.err) < 2000, said)
    search(status=2)


prepare()
desk.run_all(an_import_is_found_at_once, words_are_joined_and_folded, filters_and_pages,
             a_report_is_found_by_the_next_search, words_for_people, hostile_words_do_no_harm)
