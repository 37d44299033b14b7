#!/usr/bin/env python3
"""Leaders' instructions on the pages: instructions.py XIAOHAO"""
import re

import served
import tap

BOOK = ("序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况",
        "1,消防通道被占用致疏散不畅,清理通道并划线,城关镇,夏长青,2020-12-31,未完成",
        "2,水源地标志牌破损,更换标志牌,北山镇,赵六,2199-06-30,未完成")


def house():
    s = served.Served()
    s.office.run("import", "findings", s.office.write("book.csv", served.desk.table(*BOOK)),
                 "--campaign", "ZG", "--as", "chen")
    return s


def buttons(page, code):
    return re.findall(r'class="button[^"]*" href="/instructions/%s/(\w+)"' % code, page.text)


def form(page):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))


def give(visitor, **fields):
    page = visitor.get("/instructions/new")
    answer = visitor.post("/instructions/new", {**form(page), **fields}, status=303)
    return answer.headers["Location"].rsplit("/", 1)[1]


def from_order_to_end():
    s = house()
    tan, xia, he = (s.sign_in(who) for who in ("tan", "xia", "he"))
    code = give(tan, text="三日内说明原因。", to="城关镇", due="2199-01-31")
    page = tan.get("/instructions/" + code)
    tap.check("三日内说明原因。" in page.text and "城关镇" in page.text, page)
    tap.check(buttons(page, code) == ["withdraw"], buttons(page, code))
    # The addressee alone reports; a verifier does not even see it.
    he.get("/instructions/" + code, status=404)
    tap.check(he.get("/instructions/" + code, status=404).body ==
              he.get("/instructions/PS9999", status=404).body.replace(b"PS9999", code.encode()),
              "an unseen one answers otherwise than one that is not there")
    page = xia.get("/instructions/" + code)
    tap.check(buttons(page, code) == ["report"], buttons(page, code))
    report = xia.get("/instructions/%s/report" % code)
    empty = xia.post("/instructions/%s/report" % code, {**form(report), "text": ""}, status=409)
    tap.check('role="alert"' in empty.text, empty)
    xia.post("/instructions/%s/report" % code, {**form(report), "text": "已清理。"}, status=303)
    page = tan.get("/instructions/" + code)
    tap.check(buttons(page, code) == ["close", "return", "withdraw"], buttons(page, code))
    tap.check("已清理。" in page.text, page)
    back = form(tan.get("/instructions/%s/return" % code))
    tan.post("/instructions/%s/return" % code, {**back, "reason": "说清楚"}, status=303)
    # What was written for an older state is refused and kept.
    late = tan.post("/instructions/%s/withdraw" % code,
                    {**back, "id": "", "reason": "不再需要的理由"}, status=409)
    tap.check("不再需要的理由" in late.text, late)
    tap.check(form(late)["version"] != back["version"], late)
    report = form(xia.get("/instructions/%s/report" % code))
    xia.post("/instructions/%s/report" % code, {**report, "text": "全部清理完毕。"}, status=303)
    close = form(tan.get("/instructions/%s/close" % code))
    tan.post("/instructions/%s/close" % code, {**close, "note": ""}, status=303)
    told = tan.json("/instructions/" + code)
    tap.check(told["state"] == "closed" and told["reports"] == 2 and told["returns"] == 1, told)
    tap.check(not buttons(tan.get("/instructions/" + code), code), "something can be done still")


def a_number_of_the_board():
    s = house()
    tan = s.sign_in("tan")
    path = "/instructions/new?what=overdue&campaign=ZG&value=7"
    page = tan.get(path)
    tap.check("overdue 1" in page.text and "showed 7" in page.text, page)
    tap.check("/items?overdue=1&amp;campaign=ZG" in page.text, page)
    missing = tan.post(path, {**form(page), "text": "查明。"}, status=409)
    tap.check("查明。" in missing.text, missing)
    answer = tan.post(path, {**form(page), "text": "查明。", "to": "城关镇"}, status=303)
    told = tan.json(answer.headers["Location"])
    tap.check(told["number"]["what"] == "overdue" and told["number"]["value"] == 1, told)
    unknown = tan.post(path, {**form(page), "text": "查明。", "to": "没有的单位"}, status=422)
    tap.check("没有的单位" in unknown.text, unknown)
    tan.get("/instructions/new?what=nonsense", status=400)
    tan.get("/instructions/new?what=overdue&campaign=NONE", status=404)


def lists_and_filters():
    s = house()
    tan, xia, chen = (s.sign_in(who) for who in ("tan", "xia", "chen"))
    codes = [give(tan, text="第%d件" % n, to="城关镇", due="2020-01-01" if n == 3 else "")
             for n in range(55)]
    first = tan.get("/instructions")
    shown = re.findall(r'<td class="code"><a href="/instructions/(\w+)"', first.text)
    tap.check(shown == codes[:4:-1], "not newest first:", shown)
    more = re.search(r'href="(/instructions\?[^"]*after=[^"]*)"', first.text)[1]
    rest = tan.get(more.replace("&amp;", "&"))
    tap.check(re.findall(r'<td class="code"><a href="/instructions/(\w+)"', rest.text) ==
              codes[4::-1], rest)
    late = [line for line in tan.get("/instructions?show=overdue&mine=0",
                                     Accept="application/json").text.splitlines()]
    tap.check(len(late) == 1 and codes[3] in late[0], late)
    tap.check(codes[54] in xia.get("/instructions").text, "the addressee does not see it")
    tap.check(codes[54] not in xia.get("/instructions?mine=1").text, "it is not theirs in person")
    # Only a leader gives any.
    tap.check("/instructions/new" in first.text, first)
    tap.check("/instructions/new" not in chen.get("/instructions").text, "a clerk is shown the way")
    chen.get("/instructions/new", status=403)
    tan.get("/instructions?after=PS9999", status=404)


def on_the_item():
    s = house()
    tan, xia = s.sign_in("tan"), s.sign_in("xia")
    item = next(row["code"] for row in s.office.problems("--as", "chen") if row["number"] == "1")
    tap.check("/instructions/" not in tan.get("/items/" + item).text, "there is none yet")
    page = tan.get("/items/%s/instruct" % item)
    tan.post("/items/%s/instruct" % item, {**form(page), "text": "本周到现场。"}, status=303)
    page = xia.get("/items/" + item)
    code = re.search(r'href="/instructions/(PS\w+)"', page.text)
    tap.check(code and "本周到现场。" in page.text, page)
    told = tan.get("/instructions/" + code[1])
    tap.check('href="/items/%s"' % item in told.text, told)
    withdraw = form(tan.get("/instructions/%s/withdraw" % code[1]))
    tan.post("/instructions/%s/withdraw" % code[1], {**withdraw, "reason": "误批"}, status=303)
    tap.check('href="/instructions/PS' not in xia.get("/items/" + item).text, "it is open no more")


tap.run([("an instruction from its order to its end", from_order_to_end),
         ("an instruction about a number of the board", a_number_of_the_board),
         ("the list, its filters and its pages", lists_and_filters),
         ("what leaders still want to hear stands on the item", on_the_item)])
