#!/usr/bin/env python3
"""Accounts on the pages: accounts.py XIAOHAO

Everybody's own account, and what an administrator and a clerk do about people, units, bodies and
campaigns: each form once right and once wrong, by those who may and those who may not."""
import base64
import hashlib
import hmac
import os
import re
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from served import PASSWORD, Served, Visitor, tap  # noqa: E402

SERVED = Served()
DESK = SERVED.office
ROUTES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/web/routes.def")
SECRETS = []  # what was shown once


def day(days):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600 + days * 86400))


def enter(name, password=PASSWORD, status=303, **more):
    """Signs in without setting a password first; what came of it, and the visitor."""
    visitor = Visitor(SERVED.port)
    answer = visitor.post("/sign-in", {"name": name, "password": password, **more}, status=status)
    if status == 303:
        page = visitor.get("/account", status=None)
        if page.status == 303:
            page = visitor.get(page.headers["Location"])
        visitor.csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    return visitor, answer


def person(code, *options):
    """A new person with that password."""
    DESK.run("person", "add", code, *options)
    DESK.run("passwd", code, given=PASSWORD)
    return code


def totp(secret, step):
    """RFC 6238, as an authenticator does it; step 0 is now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF) % 10 ** 6)


def once(page):
    secret = re.search(r'class="once"><code>([^<]+)</code>', page.text)
    tap.check(secret, "nothing is shown:", page)
    SECRETS.append(secret[1])
    return secret[1]


def goes(answer, where):
    tap.check(answer.headers.get("Location", "") == where, "not to", where, answer)


GUAN = SERVED.sign_in("guan")
CHEN = SERVED.sign_in("chen")
XIA = SERVED.sign_in("xia")


# --- who may ----------------------------------------------------------------------------------------

def routes(method):
    """The routes of this suite, with codes that are there in place of braces."""
    there = {"people": "xia", "units": "城关镇", "bodies": "B1", "campaigns": "ZG"}
    with open(ROUTES, encoding="utf-8") as f:
        for verb, path, who in re.findall(r'ROUTE\((\w+), "([^"]+)", \w+, ([^,]+),', f.read()):
            first = path.split("/")[1]
            if verb == method and first in (*there, "account") and "/register" not in path:
                yield path.replace("{code}", there.get(first, "")).replace("{verb}", "submit"), who


def pages_are_for_their_roles_alone():
    DESK.run("body", "add", "B1", "--name", "专班")
    for path, who in routes("GET"):
        for visitor, role in ((GUAN, "ROLE_ADMINISTRATOR"), (CHEN, "ROLE_CLERK"), (XIA, "none")):
            may = "SIGNED_IN" in who or role in who
            visitor.get(path, status=200 if may else 403)
        SERVED.get(path, status=303)


def commands_are_for_their_roles_alone():
    before = DESK.entries()
    for path, who in routes("POST"):
        if "ROLE_ADMINISTRATOR" in who and "ROLE_CLERK" not in who:
            CHEN.post(path, {"again": PASSWORD}, status=403)
        if "SIGNED_IN" not in who:
            XIA.post(path, {"again": PASSWORD}, status=403)
        SERVED.post(path, {}, status=401)
    tap.check(DESK.entries() == before)
    XIA.get("/account")


def no_form_counts_without_its_session():
    boss = person("boss", "--role", "clerk,administrator")
    visitor, _ = enter(boss)
    before = DESK.entries()
    for path, _ in routes("POST"):
        for csrf in ("", XIA.csrf):
            kept, visitor.csrf = visitor.csrf, csrf
            answer = visitor.post(path, {"again": PASSWORD, "name": "x", "new": "another one"})
            visitor.csrf = kept
            tap.check(answer.status == 403 and "not made for your session" in answer.text, answer)
    tap.check(DESK.entries() == before)
    visitor.get("/account")


# --- people -----------------------------------------------------------------------------------------

def a_person_is_added_and_changed():
    goes(GUAN.post("/people/new", {"code": "wu", "name": "吴敏", "unit": "城关镇",
                                   "role": ["liaison"], "follow": "1", "clearance": "internal"}, 303),
         "/people/wu")
    # Letters are found whether they are capitals or not.
    for words in ("wu", "WU", "吴敏"):
        tap.check("/people/wu" in GUAN.get("/people?name=" + words).text, words)
    page = GUAN.get("/people/wu").text
    for word in ("吴敏", "城关镇", "liaison", "城关镇 and what stands below it", "internal"):
        tap.check(word in page, word)
    form = GUAN.get("/people/wu/change").text
    tap.check(re.search(r'value="liaison" checked', form) and 'name="follow" value="1" checked' in form)
    GUAN.post("/people/wu/change", {"name": "吴敏", "unit": "北山镇", "role": ["clerk", "verifier"],
                                    "unit.1": "城关镇", "campaign.1": "ZG", "unit.2": "*",
                                    "clearance": "open"}, 303)
    page = GUAN.get("/people/wu").text
    for word in ("北山镇", "clerk, verifier", "城关镇 and what stands below it, campaign ZG alone",
                 "every unit and campaign that is not confidential"):
        tap.check(word in page, word, page)
    # What the form says again is what there was.
    form = GUAN.get("/people/wu/change").text
    fields = dict(re.findall(r'name="((?:unit|campaign)\.\d)" value="([^"]*)"', form))
    tap.check(fields["campaign.2"] == "ZG" and fields["unit.1"] == "*" and fields["unit.3"] == "",
              fields)


def a_wrong_form_of_a_person_comes_back_filled():
    for wrong, said in (({"name": ""}, "is missing"), ({"name": "某", "unit": "没有镇"}, "没有镇"),
                        ({"name": "某", "code": "a/b"}, "cannot be taken"),
                        ({"name": "某", "code": "chen"}, "chen exists already"),
                        ({"name": "某", "unit.1": "没有镇"}, "没有镇")):
        answer = GUAN.post("/people/new", {"code": "new1", "clearance": "open", "role": ["leader"],
                                           **wrong})
        tap.check(answer.status in (409, 422) and said in answer.text and 'role="alert"' in answer.text
                  and 'value="leader" checked' in answer.text, said, answer)
    GUAN.get("/people/new1", status=404)
    GUAN.get("/people/nobody", status=404)


def the_list_is_narrowed_and_paged():
    page = GUAN.get("/people?unit=城关镇&role=liaison").text
    tap.check("夏长青" in page and "陈雅文" not in page)
    tap.check("陈雅文" in GUAN.get("/people?name=雅").text)
    tap.check("Nobody fits" in GUAN.get("/people?name=%25").text)
    tap.check("Nobody fits" in GUAN.get("/people?unit=没有镇").text)
    for i in range(55):
        GUAN.post("/people/new", {"code": "z%02d" % i, "name": "众%d" % i}, 303)
    seen, path = [], "/people?name=众"
    while path:
        page = GUAN.get(path).text
        seen += re.findall(r'href="/people/(z\d\d)"', page)
        more = re.search(r'href="(/people\?after=z[^"]*)"', page)
        path = more and more[1].replace("&amp;", "&")
    tap.check(seen == ["z%02d" % i for i in range(55)], seen)


def who_is_made_inactive_is_out_at_once():
    visitor, _ = enter(person("gone", "--role", "liaison", "--unit", "城关镇"))
    visitor.get("/account")
    GUAN.post("/people/gone/change", {"name": "gone", "unit": "城关镇", "role": ["liaison"],
                                      "follow": "1", "inactive": "1"}, 303)
    visitor.get("/account", status=303)
    enter("gone", status=403)
    tap.check("gone" not in GUAN.get("/people?name=gone").text.split("<tbody>")[-1] or
              "Nobody fits" in GUAN.get("/people?name=gone").text)
    tap.check("inactive" in GUAN.get("/people?name=gone&state=inactive").text.split("<tbody>")[1])


def a_deputy_is_named_for_an_absence():
    person("dai", "--role", "liaison", "--unit", "北山镇")
    goes(GUAN.post("/people/xia/deputy", {"deputy": "dai", "from": day(0), "until": day(9)}, 303),
         "/people/xia")
    tap.check("stands in now" in GUAN.get("/people/xia").text)
    tap.check("夏长青" in enter("dai")[0].get("/account").text)
    GUAN.post("/people/xia/deputy", {"deputy": "dai", "from": day(0), "until": day(-1)}, 303)
    tap.check("stands in now" not in GUAN.get("/people/xia").text)
    for wrong in ({"deputy": "dai", "from": day(5), "until": day(2)}, {"deputy": "dai"},
                  {"until": day(3)}, {"deputy": "没人", "until": day(3)},
                  {"deputy": "xia", "from": day(0), "until": day(3)},
                  {"deputy": "dai", "until": "morgen"}):
        answer = GUAN.post("/people/xia/deputy", wrong)
        tap.check(answer.status in (409, 422) and 'role="alert"' in answer.text, wrong, answer)
    goes(XIA.post("/account/deputy", {"deputy": "dai", "from": day(1), "until": day(2)}, 303),
         "/account")
    tap.check(day(1) in XIA.get("/account").text)


def open_work_goes_into_other_hands():
    DESK.run("act", "register", "ZG", "--text", "井盖缺失待补")
    DESK.run("act", "assign", "ZG-0001", "--unit", "城关镇", "--person", "xia")
    GUAN.post("/people/xia/hand-over", {"to": "xia"}, 422)
    GUAN.post("/people/xia/hand-over", {"to": "没人"}, 422)
    answer = GUAN.post("/people/xia/hand-over", {"to": "dai", "reason": "调离"}, 303)
    page = GUAN.get(answer.headers["Location"])
    tap.check("1 items were handed over" in page.text or "1 were refused" in page.text, page)


def an_administrator_sees_no_item():
    codes = [row["code"] for row in DESK.problems()]
    tap.check(codes)
    for path, who in routes("GET"):
        if "ROLE_ADMINISTRATOR" in who or "SIGNED_IN" in who:
            text = GUAN.get(path).text
            tap.check("井盖缺失" not in text and not any(code in text for code in codes), path)
    GUAN.get("/items/" + codes[0], status=404)


# --- credentials ------------------------------------------------------------------------------------

def a_given_password_is_shown_once_and_changed_first():
    DESK.run("person", "add", "lin", "--role", "liaison", "--unit", "城关镇")
    answer = GUAN.post("/people/lin/password", {"again": "wrong"}, 403)
    tap.check("Your own password is not right" in answer.text and 'class="once"' not in answer.text)
    given = once(GUAN.post("/people/lin/password", {"again": PASSWORD}, 200))
    tap.check(given not in GUAN.get("/people/lin").text)
    tap.check("not yet changed" in GUAN.get("/people/lin").text)
    lin, _ = enter("lin", given)
    for path in ("/", "/mine", "/account", "/account/tokens"):
        goes(lin.get(path, status=303), "/account/password")
    lin.get("/mine", status=403, Accept="application/json")
    lin.post("/account/tokens", {"label": "x", "allow": "read", "until": day(1)}, 403)
    lin.post("/account/password", {"again": given, "new": given, "repeated": given}, 422)
    goes(lin.post("/account/password", {"again": given, "new": "my own words",
                                        "repeated": "my own words"}, 303), "/account?done=password")
    tap.check("is changed" in lin.get("/account?done=password").text)
    enter("lin", given, status=403)
    enter("lin", "my own words")


def one_changes_the_password_and_the_others_are_out():
    who = person("pan")
    here, there = enter(who)[0], enter(who)[0]
    for again, new, repeated, status in (("wrong", "a new password", "a new password", 403),
                                         (PASSWORD, "short", "short", 422),
                                         (PASSWORD, "a new password", "a new passwort", 422),
                                         (PASSWORD, PASSWORD, PASSWORD, 422)):
        answer = here.post("/account/password", {"again": again, "new": new, "repeated": repeated},
                           status)
        tap.check('role="alert"' in answer.text and new not in answer.text)
    there.get("/account")
    old = dict(here.cookies)
    here.post("/account/password", {"again": PASSWORD, "new": "a new password",
                                    "repeated": "a new password"}, 303)
    here.get("/account")
    there.get("/account", status=303)
    tap.check(here.cookies["session"] != old["session"])
    here.cookies = old
    here.get("/account", status=303)
    enter(who, status=403)
    enter(who, "a new password")


def trying_passwords_again_is_counted():
    visitor, _ = enter(person("guess"))
    said = [visitor.post("/account/second-factor", {"again": "guess %d" % i}).status
            for i in range(6)]
    tap.check(said == [403] * 5 + [429], said)


def a_second_factor_is_asked_for():
    who = person("qian")
    visitor, other = enter(who)[0], enter(who)[0]
    answer = visitor.post("/account/second-factor", {"again": "wrong"}, 403)
    tap.check('class="qr"' not in answer.text)
    page = visitor.post("/account/second-factor", {"again": PASSWORD}, 200)
    secret = once(page)
    tap.check('<svg class="qr"' in page.text and "otpauth" not in page.text)
    answer = visitor.post("/account/second-factor/confirm", {"code": "000000"}, 422)
    tap.check(secret not in answer.text and 'class="qr"' not in answer.text)
    enter(who)  # it does not count yet
    page = visitor.post("/account/second-factor/confirm", {"code": totp(secret, 0)}, 200)
    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code>", page.text)
    tap.check(len(codes) == 10 and len(set(codes)) == 10, page)
    SECRETS.extend(codes)
    other.get("/account", status=303)
    page = visitor.get("/account").text
    tap.check("10 recovery codes left" in page and secret not in page and codes[0] not in page)
    answer = enter(who, status=403)[1]
    tap.check("one-time code" in answer.text)
    enter(who, code="123456", status=403)
    code = totp(secret, 1)
    enter(who, code=code)
    enter(who, code=code, status=403)
    enter(who, code=codes[3].upper())
    enter(who, code=codes[3], status=403)
    tap.check("9 recovery codes left" in GUAN.get("/people/qian").text)


def a_second_factor_is_reset_and_switched_off():
    who = person("yuan")
    visitor, _ = enter(who)
    secret = once(visitor.post("/account/second-factor", {"again": PASSWORD}, 200))
    visitor.post("/account/second-factor/confirm", {"code": totp(secret, 0)}, 200)
    # The telephone is lost: the administrator resets.
    GUAN.post("/people/yuan/second-factor", {"again": "wrong"}, 403)
    visitor.get("/account")
    goes(GUAN.post("/people/yuan/second-factor", {"again": PASSWORD}, 303), "/people/yuan")
    visitor.get("/account", status=303)
    visitor, _ = enter(who)
    # And somebody switches their own off.
    secret = once(visitor.post("/account/second-factor", {"again": PASSWORD}, 200))
    visitor.post("/account/second-factor/confirm", {"code": totp(secret, 0)}, 200)
    enter(who, status=403)
    visitor.post("/account/second-factor/off", {"again": "wrong"}, 403)
    goes(visitor.post("/account/second-factor/off", {"again": PASSWORD}, 303), "/sign-in")
    enter(who)


def sessions_are_ended_one_by_one_and_all():
    who = person("sun")
    here, one, two, three = (enter(who)[0] for _ in range(4))
    ids = re.findall(r'name="session" value="([^"]+)"', here.get("/account").text)
    tap.check(len(ids) == 3 and here.get("/account").text.count("this one") == 1)
    here.post("/account/sessions", {"session": ids[0]}, 303)
    tap.check(len([v for v in (one, two, three) if v.get("/account", status=None).status == 200]) == 2)
    # Nobody ends somebody else's that way.
    XIA.post("/account/sessions", {"session": ids[1]}, 303)
    tap.check(len(re.findall(r'name="session"', here.get("/account").text)) == 2)
    here.post("/account/sessions", {}, 303)
    tap.check(not re.findall(r'name="session"', here.get("/account").text))
    again, _ = enter(who)
    GUAN.post("/people/sun/sessions", {"session": ids[0]}, 303)
    here.get("/account")
    GUAN.post("/people/sun/sessions", {}, 303)
    for visitor in (here, again):
        visitor.get("/account", status=303)
    GUAN.post("/people/nobody/sessions", {}, 404)


def token(visitor, *allow, label="a program", until=None, status=200):
    answer = visitor.post("/account/tokens", {"label": label, "allow": list(allow),
                                              "until": until or day(30)}, status)
    return once(answer) if status == 200 else answer


def program(shown, method, path, status, **fields):
    visitor = Visitor(SERVED.port)
    headers = {"Authorization": "Bearer " + shown}
    if method == "GET":
        return visitor.get(path, status=status, **headers)
    return visitor.post(path, fields, status=status, **headers)


def tokens_do_what_they_are_made_for():
    read, write = token(CHEN, "read"), token(CHEN, "write")
    admin = token(GUAN, "read", "admin")
    tap.check(read not in CHEN.get("/account").text and "a program" in CHEN.get("/account").text)
    tap.check('"ZG"' in program(read, "GET", "/campaigns", 200).text)
    program(write, "GET", "/campaigns", 401)
    program(read, "POST", "/units/new", 401, name="x")
    program(write, "POST", "/units/new", 401, name="x")
    unit = program(admin, "POST", "/units/new", 200, name="由程序增设", code="UP").json()
    tap.check(unit["code"] == "UP", unit)
    tap.check(program(admin, "POST", "/units/new", 409, name="x", code="UP").json()["error"])
    program(admin, "POST", "/people/new", 200, name="由程序增加", code="byprog")
    tap.check("byprog" in program(admin, "GET", "/people?name=由程序", 200).text)
    # A program never comes to credentials, nor to what its person may not do.
    for path in ("/account", "/people/xia", "/people/xia/password"):
        program(admin, "GET", path, 401)
    program(admin, "POST", "/people/xia/password", 401, again=PASSWORD)
    program(token(CHEN, "admin"), "GET", "/people", 403)
    ids = re.findall(r'name="token" value="([^"]+)"', CHEN.get("/account").text)
    XIA.post("/account/tokens/revoke", {"token": ids[-1]}, 303)
    program(read, "GET", "/campaigns", 200)
    for each in ids:
        CHEN.post("/account/tokens/revoke", {"token": each}, 303)
    program(read, "GET", "/campaigns", 401)
    ids = re.findall(r'name="token" value="([^"]+)"', GUAN.get("/people/guan").text)
    GUAN.post("/people/guan/revoke", {"token": ids[0]}, 303)
    program(admin, "GET", "/people", 401)


def wrong_tokens_are_not_made():
    for label, allow, until in (("", ["read"], None), ("x", [], None), ("x", ["read"], day(-1)),
                                ("x", ["read"], day(400)), ("x", ["read"], "soon"),
                                ("x", ["fly"], None), ("长" * 41, ["read"], None)):
        answer = token(XIA, *allow, label=label, until=until, status=422)
        tap.check("xh_" not in answer.text and 'role="alert"' in answer.text)
    # Who may not change the office gives no program the right to.
    tap.check('value="admin"' not in XIA.get("/account/tokens").text)
    token(XIA, "admin", status=422)
    tap.check("API tokens" in XIA.get("/account").text and "None. A token" in XIA.get("/account").text)


def accounts_elsewhere_are_linked():
    there = {"issuer": "https://id.example.org", "subject": "user-1", "again": PASSWORD}
    GUAN.post("/people/xia/link", {**there, "again": "wrong"}, 403)
    GUAN.post("/people/xia/link", {**there, "subject": ""}, 422)
    goes(GUAN.post("/people/xia/link", there, 303), "/people/xia")
    answer = GUAN.post("/people/dai/link", there, 409)
    tap.check("linked already" in answer.text)
    tap.check("user-1" in GUAN.get("/people/xia").text and "user-1" in XIA.get("/account").text)
    GUAN.post("/people/xia/unlink", there, 303)
    tap.check("user-1" not in GUAN.get("/people/xia").text)
    XIA.get("/account", status=303)  # who came in that way is out


# --- units, bodies, campaigns -----------------------------------------------------------------------

def units_are_added_renamed_and_moved():
    goes(CHEN.post("/units/new", {"name": "县水利局", "code": "SL"}, 303), "/units/SL")
    CHEN.post("/units/new", {"name": "水库所", "code": "SK", "parent": "县水利局"}, 303)
    CHEN.post("/units/new", {"name": "", "code": "N1", "parent": "SL"}, 409)
    CHEN.post("/units/new", {"name": "又一个", "code": "SL"}, 422)
    answer = CHEN.post("/units/new", {"name": "某所", "code": "N1", "parent": "没有局"}, 422)
    tap.check('value="某所"' in answer.text and "没有局" in answer.text)
    tap.check("水库所" not in CHEN.get("/units").text)
    level = CHEN.get("/units?below=SL").text
    tap.check("水库所" in level and "县水利局" in level)
    tap.check("水库所" in CHEN.get("/units?name=水库").text)
    CHEN.post("/units/SK/change", {"name": "水库管理所"}, 303)
    tap.check("水库管理所" in CHEN.get("/units/SK").text)
    page = GUAN.get("/units/SL/move").text
    tap.check("1 units below it and 0 people" in page, page)
    answer = GUAN.post("/units/SL/move", {"parent": "SK"}, 409)
    tap.check('role="alert"' in answer.text and 'value="SK"' in answer.text)
    GUAN.post("/units/SK/move", {"parent": "城关镇"}, 303)
    tap.check("水库管理所" not in CHEN.get("/units?below=SL").text)
    tap.check("城关镇" in CHEN.get("/units/SK").text)
    CHEN.get("/units/nowhere", status=404)


def a_body_has_members_for_a_term():
    CHEN.post("/units/new", {"kind": "body", "name": "消防专班", "code": "XF", "from": day(9),
                             "until": day(1)}, 422)
    goes(CHEN.post("/units/new", {"kind": "body", "name": "消防专班", "code": "XF", "from": day(0),
                                  "until": day(90)}, 303), "/bodies/XF")
    tap.check(day(90) in CHEN.get("/bodies/XF").text)
    goes(CHEN.post("/bodies/XF/join", {"person": "夏长青"}, 303), "/bodies/XF")
    page = CHEN.get("/bodies/XF").text
    tap.check("夏长青" in page and "城关镇" in page)
    tap.check("消防专班" in GUAN.get("/people/xia").text)
    for wrong in ({"person": ""}, {"person": "没人"}, {"person": "xia", "until": "x"}):
        answer = CHEN.post("/bodies/XF/join", wrong, 422)
        tap.check('role="alert"' in answer.text)
    CHEN.post("/bodies/城关镇/join", {"person": "xia"}, 409)
    CHEN.post("/bodies/XF/join", {"person": "xia", "until": day(-1)}, 303)
    tap.check("former" in CHEN.get("/bodies/XF").text)
    CHEN.post("/bodies/XF/change", {"name": "消防整治专班", "from": day(0), "until": day(60)}, 303)
    tap.check("消防整治专班" in CHEN.get("/bodies/XF").text and day(60) in CHEN.get("/bodies/XF").text)


def campaigns_are_added_changed_and_closed():
    good = {"code": "AQ2026", "name": "安全排查", "kind": "hazard", "procedure": "default",
            "marking": "open"}
    # A page of its own, though other addresses have a code in that place.
    tap.check("Add a campaign" in CHEN.get("/campaigns/new").text)
    goes(CHEN.post("/campaigns/new", good, 303), "/campaigns/AQ2026")
    tap.check("安全排查" in GUAN.get("/campaigns").text)
    for wrong in ({"code": "AQ2026"}, {"code": ""}, {"code": "a b"}, {"code": "N", "name": ""},
                  {"code": "N", "procedure": "没有"}):
        answer = CHEN.post("/campaigns/new", {**good, **wrong})
        tap.check(answer.status in (409, 422) and 'role="alert"' in answer.text, wrong, answer)
    CHEN.post("/campaigns/AQ2026/change", {**good, "name": "安全大排查", "closed": "1"}, 303)
    page = CHEN.get("/campaigns/AQ2026").text
    tap.check("安全大排查" in page and "closed" in page and "hazard" in page)
    tap.check(GUAN.get("/campaigns/AQ2026").text.count("/change") == 0)


def a_confidential_campaign_is_its_circles_alone():
    person("clerk2", "--role", "clerk")
    other, _ = enter("clerk2")
    CHEN.post("/campaigns/new", {"code": "MM", "name": "保密专项", "procedure": "default",
                                 "confidential": "1", "marking": "open"}, 303)
    tap.check("陈雅文" in CHEN.get("/campaigns/MM").text)
    for visitor in (other, GUAN):
        tap.check("MM" not in visitor.get("/campaigns").text)
        hidden, absent = visitor.get("/campaigns/MM", 404).text, visitor.get("/campaigns/NN", 404).text
        tap.check(hidden.replace("MM", "NN") == absent)
    for path in ("/campaigns/MM/change",):
        hidden, absent = other.get(path, 404).text, other.get(path.replace("MM", "NN"), 404).text
        tap.check(hidden.replace("MM", "NN") == absent)
        other.post(path, {"name": "x"}, 404)
    # The administrator brings somebody into the circle without learning its name.
    GUAN.post("/people/clerk2/change", {"name": "clerk2", "role": ["clerk"], "unit.1": "*",
                                        "unit.2": "*", "campaign.2": "MM"}, 303)
    tap.check("保密专项" not in GUAN.get("/people/clerk2").text)
    tap.check("保密专项" in other.get("/campaigns").text)


def no_secret_is_anywhere():
    tap.check(len(SECRETS) > 15, SECRETS)
    for path, data in DESK.tree(DESK.ledger).items():
        for secret in SECRETS:
            tap.check(secret.encode() not in data, path)


def the_server_ends_well():
    SERVED.stop()


tap.run([(f.__name__, f) for f in (
    pages_are_for_their_roles_alone, commands_are_for_their_roles_alone,
    no_form_counts_without_its_session, a_person_is_added_and_changed,
    a_wrong_form_of_a_person_comes_back_filled, the_list_is_narrowed_and_paged,
    who_is_made_inactive_is_out_at_once, a_deputy_is_named_for_an_absence,
    open_work_goes_into_other_hands, an_administrator_sees_no_item,
    a_given_password_is_shown_once_and_changed_first,
    one_changes_the_password_and_the_others_are_out, trying_passwords_again_is_counted,
    a_second_factor_is_asked_for, a_second_factor_is_reset_and_switched_off, sessions_are_ended_one_by_one_and_all,
    tokens_do_what_they_are_made_for, wrong_tokens_are_not_made, units_are_added_renamed_and_moved,
    a_body_has_members_for_a_term, campaigns_are_added_changed_and_closed,
    a_confidential_campaign_is_its_circles_alone, accounts_elsewhere_are_linked,
    no_secret_is_anywhere, the_server_ends_well)])
