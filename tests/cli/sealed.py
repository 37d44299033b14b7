#!/usr/bin/env python3
"""What must stay secret is nowhere to be found: sealed.py XIAOHAO

Secrets are planted by every way that there is; then every file that the product writes and every
word that it says is searched for them, in every encoding in which they could have slipped out."""
import base64
import json
import os
import sqlite3
import stat
import struct
import urllib.parse
import zipfile
import zlib
from io import BytesIO

import desk
import tap

# The control is no secret: it must be found wherever the secrets must not be.
CONTROL = "消防通道被占用致疏散不畅"
IMPORTED = {"originator_name": "欧阳锦瑟", "originator_phone": "13987650421",
            "originator_address": "梧桐巷九十七号", "originator_id": "510107198811230657"}
GIVEN = {"originator-name": "司徒望舒", "originator-phone": "13711928374",
         "originator-address": "Rookery Lane 4711", "originator-id": "440305197702280919"}
AMENDED = "慕容听雨轩"
PLACES = ("鹭岛南路乙字楼", "芙蓉渡口西仓库", "白鹤滩三号闸房")
SECRETS = [*IMPORTED.values(), *GIVEN.values(), AMENDED, *PLACES]
BOOK = desk.table(
    "序号,问题,整改措施,牵头单位,整改时限,投诉人,联系电话,住址,身份证号",
    "1,%s,清理通道,城关镇,2199-12-31,%s" % (CONTROL, ",".join(IMPORTED.values())))
SEEING = {None, desk.CLERK, desk.APPROVER, desk.VERIFIER}
DESK = desk.Desk()


def base64_cores(raw):
    """What of the bytes' base64 is the same wherever in a longer text they stand."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw).decode()
        core = text[4 if shift else 0:(len(raw) + shift) // 3 * 4]
        for kind in (core, core.replace("+", "-").replace("/", "_")):
            if len(kind) >= 8:
                yield kind.encode()


def needles(secret):
    """The secret in every dress."""
    found = set()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5"):
        try:
            raw = secret.encode(encoding)
        except UnicodeEncodeError:
            continue
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode(), *base64_cores(raw)}
    found.add(json.dumps(secret)[1:-1].encode())
    found.add(urllib.parse.quote(secret).encode())
    found.add("".join("&#%d;" % ord(c) for c in secret).encode())
    return found


NEEDLES = {secret: needles(secret) for secret in SECRETS}
CONTROL_NEEDLES = needles(CONTROL)


def unpacked(data):
    """The bytes, and those of a workbook's parts, as far as they are there: it may still be written
    and have no directory yet."""
    yield data
    at = data.find(b"PK\3\4") if data[:2] == b"PK" else -1
    while at >= 0 and at + 30 <= len(data):
        name, extra = struct.unpack("<HH", data[at + 26:at + 30])
        part, unpack = b"", zlib.decompressobj(-15)
        try:
            for start in range(at + 30 + name + extra, len(data), 512):
                part += unpack.decompress(data[start:start + 512])
                if unpack.eof:
                    break
        except zlib.error:
            pass  # the rest is not there yet, or it is stored as it is
        yield part
        at = data.find(b"PK\3\4", at + 4)


def holds(data, wanted):
    return any(needle in part for part in unpacked(data) for needle in wanted)


def search(where, data):
    if isinstance(data, str):
        data = data.encode()
    for secret, wanted in NEEDLES.items():
        tap.check(not holds(data, wanted), where, "holds", secret)


def prepare():
    DESK.people()
    book = DESK.write("book.csv", BOOK)
    DESK.run("import", "findings", book, "--campaign", "ZG")
    DESK.run("import", "findings", desk.workbook(
        DESK.path("book.xlsx"), [line.replace("1,%s" % CONTROL, "2,路灯不亮十余盏").split(",")
                                 for line in BOOK.splitlines()]), "--campaign", "ZG")
    DESK.run("act", "register", "ZG", "--text", "井盖缺失", "--unit", "城关镇", "--as", desk.CLERK,
             *[word for name, value in GIVEN.items() for word in ("--" + name, value)])
    DESK.run("act", "amend", "ZG-0003", "--originator-name", AMENDED, "--as", desk.CLERK)
    # A procedure that seals an ordinary field, whichever way its value comes in.
    DESK.run("procedure", "set", "baomi", "--sealed", "place")
    DESK.run("campaign", "add", "BM", "--procedure", "baomi", "--kind", "complaint")
    DESK.run("act", "register", "BM", "--text", "夜间施工扰民", "--unit", "城关镇", "--place", PLACES[0])
    DESK.run("act", "amend", "BM-0001", "--place", PLACES[1])
    DESK.run("import", "findings", "--campaign", "BM", DESK.write("place.csv", desk.table(
        "序号,问题,地点,牵头单位,整改时限", "7,油烟扰民,%s,城关镇,2199-12-31" % PLACES[2])))
    for name in ("book.csv", "book.xlsx", "place.csv"):
        os.remove(DESK.path(name))
    DESK.codes = [row["code"] for row in DESK.problems()]


def the_search_finds_what_is_there():
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        raw = CONTROL.encode(encoding)
        for dress in (raw, raw.hex().encode(), *(base64.b64encode(b"x" * n + raw + b"yz")
                                                 for n in range(4))):
            tap.check(holds(b"before" + dress + b"behind", CONTROL_NEEDLES), encoding, dress)
    with open(os.path.join(DESK.ledger, "ledger.db"), "rb") as f:
        tap.check(holds(f.read(), CONTROL_NEEDLES), "the control is in the database")


def the_search_finds_it_in_half_a_workbook():
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("first.xml", "x" * 5000 + CONTROL)
        z.writestr("second.xml", os.urandom(5000))
    for length in range(len(whole.getvalue())):
        half = whole.getvalue()[:length]
        found = holds(half, CONTROL_NEEDLES)  # whatever is there, it can be searched
        tap.check(found or length < 500, "cut at", length)
    # Its end may be there before what stands in front of it.
    half = whole.getvalue()
    half = half[:2000] + bytes(2000) + half[4000:]
    tap.check(holds(half, CONTROL_NEEDLES), "with a hole")


def nothing_lies_in_the_ledgers_folder():
    for name, data in DESK.tree(DESK.ledger).items():
        search(name, data)


def nothing_lies_in_the_write_ahead_log():
    # A reader that stays keeps the -wal and -shm files there.
    reader = sqlite3.connect(os.path.join(DESK.ledger, "ledger.db"))
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        DESK.run("act", "amend", "ZG-0003", "--originator-name", IMPORTED["originator_name"])
        DESK.run("act", "amend", "BM-0001", "--place", PLACES[2], "--text", CONTROL)
        files = DESK.tree(DESK.ledger)
        wal = [name for name in files if name.endswith("-wal")]
        tap.check(wal and holds(files[wal[0]], CONTROL_NEEDLES), "the log is at work", list(files))
        for name, data in files.items():
            search(name, data)
    finally:
        reader.close()


def no_search_finds_them():
    tap.check(DESK.run("search", CONTROL, "--json").out.count("\n") >= 2, "the control is found")
    for secret in SECRETS:
        pieces = {secret} | {secret[i:i + 2] for i in range(len(secret) - 1) if not secret.isascii()}
        for piece in sorted(pieces):
            tap.check(DESK.run("search", piece, "--json").out == "", piece, "is found")


def only_those_who_may_are_shown_them():
    for role in (None, *[person[0] for person in desk.PEOPLE]):
        who = ["--as", role] if role else []
        for lang in desk.LANGUAGES:
            for json_too in ([], ["--json"]):
                said = DESK.run("show", "ZG-0001", *who, *json_too, lang=lang, status=None)
                if role in SEEING:
                    tap.check(all(value in said.out for value in IMPORTED.values()), said)
                else:
                    search("show as %s" % role, said.out + said.err)
                    # An administrator keeps accounts and sees no item at all.
                    tap.check("originator_phone" in said.out if role != "guan" else said.code == 1,
                              "the field is named", said)
    said = DESK.run("show", "BM-0002", "--json").json()
    tap.check({"field": "place", "value": PLACES[2]} in said["sealed"], said["sealed"])
    tap.check(said["place"] == "", said["place"])


def no_other_command_says_them():
    commands = [["list", name] for name in (
        "problems", "tasks", "responsibilities", "units", "people", "campaigns", "sources")]
    commands += [["board"], ["checkpoint"], ["verify"], ["verify", "--log-only"],
                 ["rebuild", "--dump"], ["procedure", "show", "baomi"], ["campaign", "show", "BM"],
                 ["export", "problems"], ["export", "tasks"], ["export", "responsibilities"],
                 ["export", "log"], ["list", "problems", "--as-of", "2199-01-01"]]
    commands += [[verb, code] for verb in ("prove",) for code in DESK.codes]
    commands += [["plan", "show", code] for code in DESK.codes]
    for role in (None, *[person[0] for person in desk.PEOPLE]):
        who = ["--as", role] if role else []
        for command in commands:
            for more in ([], ["--json"]):
                if role not in (None, desk.LIAISON, "shen", "tan") and more:
                    continue
                said = DESK.run(*command, *who, *more, status=None)
                search("%s as %s" % (" ".join(command), role), said.out + said.err)


def refusals_do_not_say_them():
    name, phone = "诸葛青鸾", "13612345098"
    wanted = needles(name) | needles(phone)
    for args in (("act", "register", "NOPE", "--text", "x", "--originator-name", name),
                 ("act", "register", "ZG", "--originator-name", name, "--originator-phone", phone),
                 ("act", "amend", "XX-1", "--originator-name", name),
                 ("act", "report", "ZG-0001", "--originator-name", name),
                 ("act", "register", "ZG", "--text", "x", "--originator-name", name, "--as", "tan"),
                 ("act", "register", "ZG", "--text", "x", "--marking", "secret",
                  "--originator-phone", phone)):
        said = DESK.run(*args, status=None)
        tap.check(said.code in (1, 2) and not holds((said.out + said.err).encode(), wanted), said)
    nothing = DESK.tree(DESK.ledger)
    tap.check(not any(holds(data, wanted) for data in nothing.values()), "a refused value is kept")


def the_report_of_an_import_does_not_say_them():
    odd = desk.table(
        "序号,问题,地点,牵头单位,整改时限,投诉人,联系电话,住址,身份证号",
        "21,围墙开裂,%s,城关镇,不知何时,%s" % (PLACES[0], ",".join(IMPORTED.values())),
        "21,围墙开裂,%s,城关镇,2199-12-31,%s" % (PLACES[0], ",".join(IMPORTED.values())),
        "22,,%s,城关镇,2199-12-31,%s" % (PLACES[0], ",".join(IMPORTED.values())),
        ",,,,,%s,,," % IMPORTED["originator_name"],
        "23,%s,,城关镇,2199-12-31,%s、%s,%s,," % (
            "栏杆松动", IMPORTED["originator_name"], GIVEN["originator-name"],
            IMPORTED["originator_phone"]))
    book = DESK.write("odd.csv", odd)
    for lang in desk.LANGUAGES:
        for more in (["--dry-run"], ["--dry-run", "--json"]):
            said = DESK.run("import", "findings", book, "--campaign", "BM", *more, status=1,
                            lang=lang)
            search("the report", said.out + said.err)
    os.remove(book)


def exports_do_not_hold_them():
    for role in (None, desk.LIAISON, desk.CLERK, "shen"):
        who = ["--as", role] if role else []
        for name in ("problems", "tasks", "responsibilities", "log"):
            for ending in ("xlsx", "csv", "json"):
                out = DESK.path("out." + ending)
                said = DESK.run("export", name, "-o", out, *who, status=None)
                if said.code:
                    tap.check(name == "log", said)
                    continue
                with open(out, "rb") as f:
                    data = f.read()
                tap.check(name == "responsibilities" or holds(data, CONTROL_NEEDLES),
                          "the control is in", name, ending)
                search("export %s.%s" % (name, ending), data)
                os.remove(out)


def a_backup_holds_them_only_sealed():
    DESK.run("backup", DESK.path("backup"))
    for name, data in DESK.tree(DESK.path("backup")).items():
        search(name, data)
        mode = os.stat(DESK.path(name)).st_mode
        tap.check(not mode & (stat.S_IRWXG | stat.S_IRWXO), name, oct(mode))
    DESK.run("restore", DESK.path("backup"), ledger=DESK.path("again"))
    said = DESK.run("show", "ZG-0001", ledger=DESK.path("again"))
    tap.check(IMPORTED["originator_phone"] in said.out, "a restored ledger opens them", said)


def the_ledger_is_for_its_owner_alone():
    for where, folders, names in os.walk(DESK.ledger):
        for name in folders + names:
            mode = os.stat(os.path.join(where, name)).st_mode
            tap.check(not mode & (stat.S_IRWXG | stat.S_IRWXO), name, oct(mode))


def open_files(pid):
    """Bytes of what a process has open, deleted files too."""
    folder = "/proc/%d/fd" % pid
    try:
        for fd in os.listdir(folder):
            path = os.path.join(folder, fd)
            if stat.S_ISREG(os.stat(path).st_mode):
                with open(path, "rb") as f:
                    yield os.readlink(path), f.read(1 << 24)
    except OSError:
        return


def temporary_files_do_not_hold_them():
    rows = BOOK.splitlines()
    book = DESK.write("long.csv", desk.table(rows[0], *[
        rows[1].replace("1,%s" % CONTROL, "%d,第%d处路面破损，行人绊倒" % (i, i), 1)
        for i in range(1000, 2500)]))
    for command in (("import", "findings", book, "--campaign", "ZG", "--dry-run"),
                    ("import", "findings", book, "--campaign", "ZG"),
                    ("export", "problems", "-o", DESK.path("tmp-out.xlsx")),
                    ("list", "problems", "--as-of", "2199-01-01", "--json"),
                    ("rebuild",), ("backup", DESK.path("backup"))):
        with open(os.devnull, "wb") as void:
            child = desk.subprocess.Popen(DESK.command(command, None), env=DESK.env("C"),
                                          cwd=DESK.home, stdout=void, stderr=void)
        while child.poll() is None:
            for name, data in open_files(child.pid):
                if not name.startswith(book):
                    search("%s while %s runs" % (name, command[0]), data)
            for name, data in DESK.tree(DESK.tmp).items():
                search("%s while %s runs" % (name, command[0]), data)
        tap.check(child.returncode == 0, command, child.returncode)
        tap.check(os.listdir(DESK.tmp) == [], "left behind by", command, os.listdir(DESK.tmp))
    os.remove(book)
    for name, data in DESK.tree(DESK.ledger).items():
        search(name, data)


def rejected_rows_are_for_the_user_alone():
    book = DESK.write("bad.csv", BOOK.replace(CONTROL, ""))
    os.chmod(book, 0o600)
    DESK.run("import", "findings", book, "--campaign", "ZG", status=1)
    mode = os.stat(book + ".rejects.xlsx").st_mode
    tap.check(not mode & (stat.S_IRWXG | stat.S_IRWXO), "the rejects' mode is", oct(mode))


prepare()
desk.run_all(
    the_search_finds_what_is_there, the_search_finds_it_in_half_a_workbook,
    nothing_lies_in_the_ledgers_folder, nothing_lies_in_the_write_ahead_log, no_search_finds_them,
    only_those_who_may_are_shown_them,
    no_other_command_says_them, refusals_do_not_say_them,
    the_report_of_an_import_does_not_say_them, exports_do_not_hold_them,
    a_backup_holds_them_only_sealed, the_ledger_is_for_its_owner_alone,
    temporary_files_do_not_hold_them, rejected_rows_are_for_the_user_alone)
