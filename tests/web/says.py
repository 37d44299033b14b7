#!/usr/bin/env python3
"""What pages say of the log, of what was found and of what is not there, and where they lead:
says.py XIAOHAO"""
import re

import served
import tap

BOOK = ("序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况",
        "1,消防通道被占用致疏散不畅,清理通道并划线,城关镇,夏长青,2020-12-31,未完成",
        "2,水源地标志牌破损,更换标志牌,北山镇,赵六,2199-06-30,未完成")
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"


def house():
    s = served.Served()
    s.office.run("import", "findings", s.office.write("book.csv", served.desk.table(*BOOK)),
                 "--campaign", "ZG", "--as", "chen")
    s.office.run("search", "标志牌", "--as", "chen")  # it brings the index up to date
    return s


HOUSE = house()
CHEN, SHEN, GUAN = (HOUSE.sign_in(who, lang="zh") for who in ("chen", "shen", "guan"))


def the_log_is_told_in_words():
    page, seen = SHEN.get("/audit").text, ""
    while page:
        seen += re.sub(r"<[^>]+>", " ", page)
        more = re.search(r'href="(/audit\?before=\d+)"', page)
        page = SHEN.get(more[1]).text if more else ""
    raw = re.findall(r"\b(?:ledger|unit|person|campaign|item|task)\.[a-z_]+", seen)
    tap.check(not raw, "kinds of entries stand there as the log calls them:", raw)
    for words in ("建立本台账", "登记人员：陈雅文", "登记专项：整改", "由工作簿转入本件"):
        tap.check(words in seen, "not told:", words, seen[:3000])


def an_entry_leads_to_what_it_concerns():
    row = re.search(r'href="(/audit/entries/\d+)">.*?href="(/items/[^"]+)"', SHEN.get("/audit").text, re.S)
    page = SHEN.get(row[1]).text
    tap.check("由工作簿转入本件" in page and 'href="%s"' % row[2] in page, page)


def verifying_counts_only_what_it_read():
    said = re.search(r'role="status">([^<]+)', SHEN.post("/audit/verify", status=200).text)[1]
    tap.check("记录" in said and "佐证" not in said, said)
    said = re.search(r'role="status">([^<]+)', SHEN.post("/audit/verify", {"whole": "1"}, 200).text)[1]
    tap.check("佐证文件 0 份" in said, said)


def a_hit_says_what_its_item_is_about():
    code = CHEN.json("/items?unit=%E5%8C%97%E5%B1%B1%E9%95%87")["items"][0]["code"]
    page = CHEN.get("/search?q=更换标志牌").text
    tap.check("水源地标志牌破损" in page and code in page, page)
    page = CHEN.get("/search?q=水源地标志牌").text
    tap.check(page.count("破损") == 1, "what the hit says is said twice", page)


def a_campaign_and_a_unit_lead_to_their_items():
    page = CHEN.get("/campaigns/ZG").text
    for href in ("/items?campaign=ZG", "/board?campaign=ZG", "/campaigns/ZG/register", "/import?campaign=ZG"):
        tap.check('href="%s"' % href in page, "no way to", href)
        CHEN.get(href)
    unit = re.search(r'href="/units/([^"/]+)">城关镇', CHEN.get("/units?name=城关镇").text)[1]
    tap.check('href="/items?unit=%s"' % unit in CHEN.get("/units/" + unit).text)
    # An administrator sees no items: nothing leads there.
    for path in ("/campaigns/ZG", "/units/" + unit):
        tap.check("/items?" not in GUAN.get(path).text and "/board?" not in GUAN.get(path).text)


def what_is_not_there_is_called_so():
    tap.check("<h1>没有找到</h1>" in CHEN.get("/items/ZG-9999", status=404).text)
    tap.check("<h1>无权办理</h1>" in CHEN.get("/audit", status=403).text)


def a_session_names_its_browser():
    visitor = served.Visitor(HOUSE.port, "zh")
    visitor.post("/sign-in", {"name": "chen", "password": served.PASSWORD}, 303, User_Agent=EDGE)
    page = visitor.get("/account").text
    tap.check("Edge（Windows）" in page and "Mozilla" not in page, page)


tap.run([("the log is told in words", the_log_is_told_in_words),
         ("an entry leads to what it concerns", an_entry_leads_to_what_it_concerns),
         ("verifying counts only what it read", verifying_counts_only_what_it_read),
         ("a hit says what its item is about", a_hit_says_what_its_item_is_about),
         ("a campaign and a unit lead to their items", a_campaign_and_a_unit_lead_to_their_items),
         ("what is not there is called so", what_is_not_there_is_called_so),
         ("a session names its browser", a_session_names_its_browser)])
