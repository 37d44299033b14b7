#!/usr/bin/env python3
"""Import by upload: imports.py XIAOHAO

A book is handed in, looked at, corrected in place and written; and what a stranger tries."""
import html
import http.client
import os
import re
import time

import served
import tap

HEADER = "序号,问题,整改措施,牵头单位,责任人,整改时限,完成情况"
BOOK = (HEADER,
        "1,消防通道被占用致疏散不畅,清理通道并划线,城关镇,王五,2199-12-31,未完成",
        "2,水源地标志牌破损,更换标志牌,北山镇,赵六,大约在冬季,未完成",
        "3,,补齐井盖,城关镇,王五,2199-06-30,未完成")
DAY_MS = 24 * 3600 * 1000


HOUSES = []


def house():
    """A server and a ledger of one's own; the one before is closed."""
    while HOUSES:
        HOUSES.pop().stop()
    HOUSES.append(served.Served())
    return HOUSES[0]


def upload(visitor, book, status=303, name="台账.csv", **fields):
    """What a browser sends for the form; returns the answer."""
    edge = "----edge-of-parts"
    parts = b""
    for key, value in {"csrf": visitor.csrf, "kind": "findings", "campaign": "ZG",
                       **fields}.items():
        file = isinstance(value, bytes)
        parts += ("--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n"
                  % (edge, key, '; filename="old.csv"' if file else "")).encode()
        parts += (value if file else value.encode()) + b"\r\n"
    body = served.desk.table(*book).encode() if isinstance(book, tuple) else book
    if body is not None:
        parts += ("--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                  "Content-Type: application/octet-stream\r\n\r\n" % (edge, name)).encode()
        parts += body + b"\r\n"
    parts += ("--%s--\r\n" % edge).encode()
    return visitor.ask("POST", "/import", parts, status,
                       Content_Type="multipart/form-data; boundary=" + edge)


def waited(visitor, path, until="", **headers):
    """The page when the work behind it is done."""
    for _ in range(600):
        page = visitor.get(path, **headers)
        if 'hx-trigger="every' not in page.text:
            tap.check(until in page.text, "no", until, "in", page)
            return page
        time.sleep(0.05)
    raise tap.Failure("it does not end: %s" % path)


def handed_in(visitor, book=BOOK, **fields):
    path = upload(visitor, book, **fields).headers["Location"]
    return path, waited(visitor, path)


def fields(page):
    """All of the sheet's form, as a browser would send it back."""
    form = re.search(r'<form class="book".*?</form>', page.text, re.S)[0]
    got = dict(re.findall(r'<input type="(?:hidden|number)" name="([^"]+)"[^>]*? value="([^"]*)"',
                          form))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S):
        got[name] = re.search(r'value="([^"]*)" selected', options)[1]
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S):
        got[name] = html.unescape(text).replace("\n", "\r\n")
    if re.search(r'name="skip" value="1" checked', form):
        got["skip"] = "1"
    return got


def count(page, label):
    found = re.search(r"<dt>%s</dt><dd>(\d+)</dd>" % label, page.text)
    return int(found[1]) if found else 0


def apply(visitor, path, page):
    visitor.post(path + "/apply", {"changes": fields(page)["changes"]}, status=303)
    return waited(visitor, path, "It is taken in.")


# --- the way of a book ----------------------------------------------------------------------------

def shown_before_written():
    s = house()
    chen = s.sign_in("chen")
    entries = s.office.entries()
    path, page = handed_in(chen)
    tap.check(re.fullmatch(r"/import/[0-9a-f]{12}-[0-9a-f]{32}", path), path)
    tap.check(count(page, "rows understood") == 2 and count(page, "rejected") == 1, page)
    got = fields(page)
    tap.check([got["col.%d" % c] for c in range(7)] ==
              ["number", "text", "measure", "lead", "person", "deadline", "status"], got)
    # The doubted cell stands with its sentence, the row that cannot be taken with its reason.
    tap.check("was not understood" in page.text and "names no problem" in page.text, page)
    first = re.search(r'href="[^"]*#(d-1)"', page.text)
    tap.check(first and 'id="d-1"' in page.text, page)
    # The way from doubt to doubt leads through all of them.
    ways = re.findall(r'id="(d-\d+)">.*?(?:#(d-\d+)"|</p>)', page.text)
    tap.check(len(ways) == len(set(ways)) and len(ways) >= 4, ways)
    tap.check({to for _, to in ways if to} | {"d-1"} == {at for at, _ in ways}, ways)
    tap.check(s.office.entries() == entries, "a trial wrote something")
    tap.check(not s.office.problems("--as", "chen"), "a trial wrote something")


def corrected_in_place():
    s = house()
    chen = s.sign_in("chen")
    path, page = handed_in(chen)
    got = fields(page)
    tap.check(got["fix.3.5"] == "大约在冬季", got)
    # The rejected row has no cell that is to blame: all of it can be corrected.
    page = waited(chen, path + "?sheet=0&row=4")
    got = fields(page)
    tap.check("fix.4.1" in got and got["fix.4.2"] == "补齐井盖", got)
    chen.post(path, {**got, "fix.3.5": "2199-03-01", "fix.4.1": "窨井盖缺失"}, status=303)
    page = waited(chen, path)
    tap.check(count(page, "rows understood") == 3 and not count(page, "rejected"), page)
    tap.check("there stood: 大约在冬季" in page.text, page)
    again = fields(page)
    tap.check(again["fix.3.5"] == "2199-03-01" and again["changes"] == "1", again)
    done = apply(chen, path, page)
    tap.check(count(done, "added") == 3, done)
    tap.check("corrected by hand" in done.text and "大约在冬季" in done.text, done)
    rows = {r["number"]: r for r in s.office.problems("--as", "chen")}
    tap.check(rows["2"]["deadline"] == "2199-03-01" and rows["3"]["text"] == "窨井盖缺失", rows)
    # The entry says that it was corrected.
    item = s.office.run("show", rows["2"]["code"], "--as", "chen", "--json").json()
    tap.check("大约在冬季" in str(item["history"]) and "corrected by hand" in str(item["history"]),
              item)
    tap.check("corrected by hand" not in str(s.office.run(
        "show", rows["1"]["code"], "--as", "chen", "--json").json()), "nothing was corrected there")


def a_correction_is_taken_back():
    s = house()
    chen = s.sign_in("chen")
    path, page = handed_in(chen)
    chen.post(path, {**fields(page), "fix.3.5": "2199-03-01"}, status=303)
    page = waited(chen, path)
    tap.check(count(page, "cells corrected by hand") == 1, page)
    chen.post(path, {**fields(page), "fix.3.5": "大约在冬季"}, status=303)
    page = waited(chen, path)
    tap.check(not count(page, "cells corrected by hand"), page)
    tap.check("was not understood" in page.text, page)
    # What comes back as it was is no correction.
    chen.post(path, fields(page), status=303)
    tap.check(not count(waited(chen, path), "cells corrected by hand"), page)


def another_mapping():
    s = house()
    chen = s.sign_in("chen")
    path, page = handed_in(chen)
    chen.post(path, {**fields(page), "col.2": "remarks"}, status=303)
    page = waited(chen, path)
    tap.check(fields(page)["col.2"] == "remarks", fields(page))
    # Two columns for one field are refused, and what was chosen stands.
    wrong = chen.post(path, {**fields(page), "col.6": "text"}, status=422)
    tap.check('role="alert"' in wrong.text and "only one column" in wrong.text, wrong)
    tap.check(fields(wrong)["col.6"] == "text", wrong)
    wrong = chen.post(path, {**fields(page), "first": "9", "last": "2"}, status=422)
    tap.check(fields(wrong)["first"] == "9", wrong)
    chen.post(path, {**fields(page), "col.6": "nonsense"}, status=422)
    apply(chen, path, waited(chen, path))
    rows = {r["number"]: r for r in s.office.problems("--as", "chen")}
    tap.check(rows["1"]["remarks"] == "清理通道并划线", rows["1"])


def a_sheet_is_left_out_and_looked_at_again():
    s = house()
    chen = s.sign_in("chen")
    book = s.office.path("two.xlsx")
    served.desk.workbook(book, [line.split(",") for line in BOOK])
    path, page = handed_in(chen, open(book, "rb").read(), name="two.xlsx")
    before = fields(page)
    chen.post(path, {**before, "skip": "1"}, status=303)
    page = waited(chen, path)
    tap.check(count(page, "rows understood") == 0 and fields(page).get("skip") == "1", page)
    got = fields(page)
    got.pop("skip")
    chen.post(path, got, status=303)
    page = waited(chen, path)
    tap.check(count(page, "rows understood") == 2, page)
    tap.check(fields(page)["col.1"] == before["col.1"], fields(page))


def no_table_is_found():
    s = house()
    chen = s.sign_in("chen")
    book = ("甲,乙,丙", "路面塌陷,城关镇,2199-05-01", "护栏缺失,北山镇,2199-05-02")
    path, page = handed_in(chen, book)
    tap.check("No table of this kind" in page.text, page)
    tap.check("/apply" not in page.text, "it can be taken in, and nothing is there to take")
    got = fields(page)
    got.pop("skip")
    chen.post(path, {**got, "first": "1", "last": "1", "col.0": "text", "col.1": "lead",
                     "col.2": "deadline"}, status=303)
    page = waited(chen, path)
    tap.check(count(page, "rows understood") == 2, page)
    done = apply(chen, path, page)
    tap.check(count(done, "added") == 2, done)


def the_result():
    s = house()
    chen = s.sign_in("chen")
    path, page = handed_in(chen)
    done = apply(chen, path, page)
    tap.check(count(done, "added") == 2 and count(done, "rejected") == 1, done)
    tap.check("/items?state=all&amp;campaign=ZG" in done.text, done)
    report = chen.get(path + "/report")
    tap.check("REJECTED" in report.text and "Taken in:" in report.text, report)
    tap.check("uploads" not in report.text and "book.rejects" not in report.text, report)
    rejects = chen.get(path + "/rejects")
    tap.check(rejects.body[:2] == b"PK" and "attachment" in rejects.headers["Content-Disposition"],
              rejects.headers)
    # The same report as the command line's, in the reader's language.
    chen.cookies["lang"] = "zh"
    tap.check("已导入" in chen.get(path).text and "未能导入" in chen.get(path + "/report").text or
              "！" in chen.get(path + "/report").text, chen.get(path + "/report"))
    # The book itself is not kept; once written, it is not written again.
    folder = s.office.path("ledger", "uploads", path.rsplit("/", 1)[1])
    for _ in range(600):
        if "book" not in os.listdir(folder):
            break
        time.sleep(0.05)
    tap.check("book" not in os.listdir(folder), os.listdir(folder))
    entries = s.office.entries()
    chen.post(path + "/apply", {"changes": "0"}, status=303)
    chen.post(path, {"changes": "0", "fix.3.5": "x"}, status=303)
    tap.check(s.office.entries() == entries, "it was written twice")


def a_corrected_book_updates():
    s = house()
    chen = s.sign_in("chen")
    path, page = handed_in(chen)
    apply(chen, path, page)
    old = served.desk.table(*BOOK).encode()
    new = (BOOK[0], BOOK[1].replace("疏散不畅", "疏散不畅，另有杂物"), *BOOK[2:])
    path, page = handed_in(chen, new, updates=old)
    tap.check(count(page, "changed") == 1 and not count(page, "added"), page)
    # The same as what is there, from a file that nobody knows: a probable duplicate, or left out.
    other = (BOOK[0], "9" + BOOK[2][1:])
    path, page = handed_in(chen, other)
    tap.check(count(page, "of the added, probable duplicates") == 1, page)
    path, page = handed_in(chen, other, **{"skip-duplicates": "1"})
    tap.check(count(page, "left out as duplicates") == 1, page)


# --- what goes wrong ------------------------------------------------------------------------------

def bad_files():
    s = house()
    chen = s.sign_in("chen")
    for body, sentence in ((b"%PDF-1.7 nothing", "PDF"), (b"", "is empty"),
                           (b"PK\x03\x04broken", "book.xlsx"),
                           (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "book.xlsx")):
        answer = upload(chen, body, status=422, name="book.xlsx", kind="tasks")
        alert = re.search(r'role="alert">([^<]*)', answer.text)
        tap.check(alert and sentence in html.unescape(alert[1]), answer)
        tap.check("uploads" not in alert[1], "it tells where files are kept:", alert[1])
        tap.check('value="tasks" selected' in answer.text, "the choice is lost")
    nothing = upload(chen, None, status=409)
    tap.check("Choose the file" in nothing.text, nothing)
    upload(chen, BOOK, status=422, kind="nonsense")
    upload(chen, BOOK, status=409, campaign="NONE")
    tap.check(not [n for n in os.listdir(s.office.path("ledger", "uploads"))], "something is left")


def only_its_clerk():
    s = house()
    chen, xia = s.sign_in("chen"), s.sign_in("xia")
    s.office.run("person", "add", "qian", "--name", "钱", "--role", "clerk")
    qian = s.sign_in("qian")
    path, _ = handed_in(chen)
    for visitor, status in ((xia, 403), (qian, 404)):
        for where in ("", "/report", "/rejects"):
            visitor.get(path + where, status=status)
        for where in ("", "/apply", "/drop"):
            visitor.post(path + where, {"changes": "0"}, status=status)
    xia.get("/import", status=403)
    tap.check(path not in qian.get("/import").text and path in chen.get("/import").text,
              "the list shows another person's books")
    for wrong in ("/import/..", "/import/%2e%2e%2fkeys", "/import/" + "0" * 45,
                  "/import/" + path.rsplit("/", 1)[1][:-1] + "g"):
        chen.ask("GET", wrong, status=404)
    tap.check(os.path.exists(s.office.path("ledger", "uploads", path.rsplit("/", 1)[1], "book")),
              "somebody else threw it away")


def a_day_and_no_longer():
    s = house()
    chen = s.sign_in("chen")
    path, _ = handed_in(chen)
    name = path.rsplit("/", 1)[1]
    uploads = s.office.path("ledger", "uploads")
    old = "%012x" % (int(name[:12], 16) - DAY_MS - 60000) + name[12:]
    os.rename(os.path.join(uploads, name), os.path.join(uploads, old))
    chen.get("/import/" + old, status=404)
    tap.check(old not in chen.get("/import").text, "it is still listed")
    s.stop()
    s = served.Served(s.office, people=False)
    chen = s.sign_in("chen")
    for _ in range(200):
        if old not in os.listdir(uploads):
            break
        time.sleep(0.05)
    tap.check(old not in os.listdir(uploads), "it was not swept")
    path, _ = handed_in(chen)
    chen.post(path + "/drop", status=303)
    chen.get(path, status=404)
    tap.check(path.rsplit("/", 1)[1] not in os.listdir(uploads), "it was not thrown away")


def what_a_killed_server_left_is_taken_away():
    """Half of a book had come when the server was killed: its file goes when it is a day old."""
    s = house()
    chen = s.sign_in("chen")
    uploads = s.office.path("ledger", "uploads")
    link = http.client.HTTPConnection("127.0.0.1", s.port, timeout=100)
    link.putrequest("POST", "/import")
    for name, value in (("Cookie", "session=" + chen.cookies["session"]), ("Content-Length", "9999"),
                        ("Content-Type", "multipart/form-data; boundary=edge")):
        link.putheader(name, value)
    link.endheaders(("--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
                     "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n"
                     "\r\n" % chen.csrf).encode() + b"x" * 4096)
    wait_for(lambda: os.path.isdir(uploads) and os.listdir(uploads), "no file came")
    s.kill()
    link.close()
    left = os.listdir(uploads)
    tap.check(len(left) == 1, left)
    fresh = os.path.join(uploads, "fresh0")
    with open(fresh, "w", encoding="utf-8") as f:
        f.write("of a server that runs beside")
    day_ago = time.time() - 25 * 3600
    os.utime(os.path.join(uploads, left[0]), (day_ago, day_ago))
    s = served.Served(s.office, people=False)
    wait_for(lambda: left[0] not in os.listdir(uploads), "it is still there")
    tap.check(os.listdir(uploads) == ["fresh0"], os.listdir(uploads))
    s.stop()


def wait_for(holds, *what):
    until = time.monotonic() + 60
    while not holds():
        tap.check(time.monotonic() < until, *what)
        time.sleep(0.02)


def what_was_seen_is_what_is_written():
    s = house()
    chen = s.sign_in("chen")
    path, page = handed_in(chen)
    chen.post(path, {**fields(page), "fix.3.5": "2199-03-01"}, status=303)
    waited(chen, path)
    # Another window still shows the sheet as it was.
    chen.post(path + "/apply", {"changes": fields(page)["changes"]}, status=303)
    tap.check(not s.office.problems("--as", "chen"), "an older sight was written")
    chen.post(path, {**fields(page), "fix.3.5": "2198-01-01"}, status=303)
    tap.check(fields(waited(chen, path))["fix.3.5"] == "2199-03-01", "an older form won")


def the_server_ends_meanwhile():
    s = house()
    chen = s.sign_in("chen")
    rows = ["%d,第%d处围挡破损%s,修补围挡,城关镇,王五,2199-12-31,未完成"
            % (n, n, "甲乙丙丁戊己庚辛"[n % 8] * (1 + n % 5)) for n in range(1, 12001)]
    path, page = handed_in(chen, (HEADER, *rows))
    tap.check("first 10,000 rows" in page.text, "a long book is tried as a whole")
    chen.post(path + "/apply", {"changes": "0"}, status=303)
    s.stop()
    written = len(s.office.problems("--as", "chen"))
    tap.check(written % 2000 == 0 or written == 12000, "a batch is half written:", written)
    again = served.Served(s.office, people=False)
    chen = again.sign_in("chen")
    page = chen.get(path)
    if "It is taken in." not in page.text:
        tap.check("broken off" in page.text, page)
        chen.post(path + "/apply", status=303)
    done = waited(chen, path, "It is taken in.")
    tap.check(count(done, "added") + count(done, "unchanged \\(in the ledger already\\)") == 12000,
              done)
    tap.check(len(s.office.problems("--as", "chen")) == 12000, "rows are missing or twice there")
    again.stop()
    s.office.run("verify")


tap.run([("a book is shown before anything is written", shown_before_written),
         ("cells are corrected in place", corrected_in_place),
         ("a correction is taken back", a_correction_is_taken_back),
         ("columns are taken for something else", another_mapping),
         ("a sheet is left out and looked at again", a_sheet_is_left_out_and_looked_at_again),
         ("a book without a known table", no_table_is_found),
         ("the result and its report", the_result),
         ("a corrected book, and duplicates", a_corrected_book_updates),
         ("bad files are told beside the form", bad_files),
         ("only its own clerk sees a book", only_its_clerk),
         ("a book is kept for a day", a_day_and_no_longer),
         ("what a killed server left is taken away", what_a_killed_server_left_is_taken_away),
         ("what was seen is what is written", what_was_seen_is_what_is_written),
         ("a run that the server's end broke off", the_server_ends_meanwhile)])
