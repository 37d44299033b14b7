#!/usr/bin/env python3
"""What guards a visitor's browser: headers, cookies, forms, redirects, sessions, TLS, and what the
server's own records hold: guards.py XIAOHAO"""
import http.cookies
import os
import re
import ssl
import urllib.parse

import served_guard as served
from served_guard import csrf_of, request, token_of

desk, tap = served.desk, served.tap
DESK = desk.Desk()
PASSWORD = "planted-Password-71"
OTHER_SITE = ("http://evil.example", "null", "http://127.0.0.1.evil.example",
              "http://evil.example/127.0.0.1", "http://x127.0.0.1", "http://127.0.0.1:1")
ELSEWHERE = ("//evil.example", "https://evil.example", "http:evil.example", "/\\evil.example",
             "\\\\evil.example", "\\/evil.example", "javascript:alert(1)", "/\t/evil.example",
             "\t//evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b", " //evil.example",
             "/items\r\nX: y", "evil.example", "/a\\b", "data:text/html,x", "/\x7f/evil.example")


def prepare():
    DESK.people()
    DESK.run("act", "register", "ZG", "--text", "路灯不亮", "--unit", "城关镇", "--person",
             desk.LIAISON, "--due", "2199-12-31", "--as", desk.CLERK)
    for person in (desk.CLERK, "shen"):
        DESK.run("passwd", person, given=PASSWORD)
    DESK.run("act", "accept", "ZG-0001", "--as", desk.LIAISON)
    DESK.site = served.Served(DESK)
    DESK.clerk, DESK.auditor = DESK.site.visitor(desk.CLERK), DESK.site.visitor("shen")
    DESK.liaison = DESK.site.visitor(desk.LIAISON)


def every_answer_carries_the_guards():
    for visitor in (DESK.site.visitor(), DESK.clerk):
        for target in ("/sign-in", "/items", "/items/ZG-0001", "/nowhere", "/assets/style.css",
                       "/health", "/openapi.json", "/audit", "/items/XX-1", "/%00"):
            for json_too in (False, True):
                answer = visitor.get(target, json_too)
                policy = answer.one("content-security-policy")
                for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'",
                             "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
                    tap.check(rule in policy, target, policy)
                tap.check("unsafe" not in policy and "http" not in policy and "*" not in policy, policy)
                tap.check(answer.one("x-content-type-options") == "nosniff", answer)
                tap.check(answer.one("x-frame-options") == "DENY", answer)
                tap.check(answer.one("referrer-policy") == "same-origin", answer)
                tap.check(answer.one("content-type"), answer)
                kept = answer.one("cache-control")
                tap.check(kept == ("public, max-age=31536000, immutable" if "?" in target else kept),
                          answer)
                if not target.startswith("/assets"):
                    tap.check(kept == "no-store", target, answer)
                tap.check(answer.one("server") is None and answer.one("x-powered-by") is None, answer)


def pages_hold_nothing_that_the_policy_forbids():
    for visitor, targets in ((DESK.clerk, ("/items", "/items/ZG-0001", "/items/ZG-0001/report",
                                           "/nowhere", "/items/XX-1")),
                             (DESK.auditor, ("/audit", "/audit/entries/1")),
                             (DESK.site.visitor(), ("/sign-in",))):
        for target in targets:
            page = visitor.get(target).text()
            tap.check("<!doctype html>" in page, target, page[:200])
            tap.check(not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page), target)
            tap.check(not re.search(r"<script(?![^>]*src=\"/)", page), target)
            tap.check(not re.search(r"(src|href|action)=\"(https?:)?//", page), target)


def what_is_typed_is_not_run():
    word = "\"'><script>alert(1)</script>&amp;<img src=x onerror=a>"
    quoted = urllib.parse.quote(word)
    for visitor, target in ((DESK.site.visitor(), "/sign-in?next=/" + quoted),
                            (DESK.clerk, "/nowhere/" + quoted), (DESK.clerk, "/items/" + quoted),
                            (DESK.clerk, "/items?q=" + quoted), (DESK.clerk, "/items?after=" + quoted),
                            (DESK.clerk, "/items/ZG-0001/report?next=/" + quoted),
                            (DESK.clerk, "/items/ZG-0001/" + quoted),
                            (DESK.clerk, "/items/ZG-0001/report?task=" + quoted)):
        answer = visitor.get(target)
        tap.check(b"<script>alert" not in answer.body and b"<img src=x" not in answer.body, target,
                  answer)
    answer = DESK.site.sign_in(word, word)
    tap.check(answer.status == 403 and b"<script>alert" not in answer.body, answer)
    tap.check(word.encode() not in answer.body and PASSWORD.encode() not in answer.body, answer)
    fields = DESK.clerk.hidden("/items/ZG-0001/amend")
    answer = DESK.clerk.post("/items/ZG-0001/amend", {**fields, "text": word, "due": word})
    tap.check(answer.status in (409, 422) and b"<script>alert" not in answer.body
              and b"&lt;script&gt;alert" in answer.body, answer)


# --- forms that somebody else made ----------------------------------------------------------------

def count():
    return DESK.entries()


def a_form_must_be_the_sessions_own():
    before = count()
    fields = DESK.clerk.hidden("/items/ZG-0001/chase")
    good = {**fields, "text": "请抓紧"}
    for csrf in (None, "", "x", csrf_of(DESK.auditor.token), csrf_of("x"), DESK.clerk.token,
                 csrf_of(DESK.clerk.token)[:-1], csrf_of(DESK.clerk.token) + "x",
                 csrf_of(DESK.clerk.token).swapcase()):
        sent = {k: v for k, v in good.items() if k != "csrf"}
        if csrf is not None:
            sent["csrf"] = csrf
        answer = DESK.clerk.post("/items/ZG-0001/chase", sent, csrf=False)
        tap.check(answer.status == 403, csrf, answer)
        tap.check(DESK.clerk.post("/sign-out", sent, csrf=False).status == 403, csrf)
    # In an address it would be in logs and histories; there it does not count.
    answer = DESK.clerk.post("/items/ZG-0001/chase?csrf=" + csrf_of(DESK.clerk.token),
                             {k: v for k, v in good.items() if k != "csrf"}, csrf=False)
    tap.check(answer.status == 403, answer)
    for origin in OTHER_SITE:
        answer = DESK.clerk.post("/items/ZG-0001/chase", good, csrf=False, headers=[("Origin", origin)])
        tap.check(answer.status == 403, origin, answer)
        answer = DESK.site.sign_in(desk.CLERK, PASSWORD, headers=[("Origin", origin)])
        tap.check(answer.status == 403 and not token_of(answer), "another site signs one in", answer)
    tap.check(count() == before, "something was written")
    tap.check(DESK.clerk.get("/items").status == 200, "and the session is there still")
    answer = DESK.clerk.post("/items/ZG-0001/chase", good, csrf=False,
                             headers=[("Origin", "http://127.0.0.1")])
    tap.check(answer.status == 303 and count() == before + 1, answer)


def asking_changes_nothing():
    before = count()
    for target in ("/sign-out", "/items/ZG-0001/chase?text=x&csrf=" + csrf_of(DESK.clerk.token),
                   "/language?lang=en", "/audit/verify"):
        DESK.clerk.get(target)
    tap.check(count() == before and DESK.clerk.get("/items").status == 200)
    tap.check(DESK.clerk.get("/language?lang=en").one("set-cookie") is None)


def a_program_needs_no_form_and_no_cookie():
    """What carries a token cannot be forged by a page; what carries a cookie as well is judged by
    the token alone."""
    answer = DESK.clerk.get("/items", headers=[("Authorization", "Bearer xh_wrong")])
    tap.check(answer.status == 401, answer)
    answer = DESK.clerk.post("/items/ZG-0001/chase", {"text": "x"}, csrf=False,
                             headers=[("Authorization", "Bearer xh_wrong")])
    tap.check(answer.status == 401, answer)
    for scheme in ("Basic eDp5", "Bearer", "Bearer ", "bearer x", "xh_x"):
        tap.check(DESK.clerk.get("/items", headers=[("Authorization", scheme)]).status == 401, scheme)


# --- sessions -------------------------------------------------------------------------------------

def cookie_of(answer):
    found = http.cookies.SimpleCookie(answer.one("set-cookie"))
    return next(iter(found.values()))


def a_sign_in_begins_a_session_of_its_own():
    planted = "A" * 43
    answer = DESK.site.ask("POST", "/sign-in", [
        ("Cookie", "session=" + planted), ("Content-Type", "application/x-www-form-urlencoded")],
        served.urlencoded({"name": desk.CLERK, "password": PASSWORD}))
    tap.check(answer.status == 303 and answer.one("location") == "/", answer)
    token, cookie = token_of(answer), cookie_of(answer)
    tap.check(len(token) == 43 and token != planted, answer)
    tap.check(cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
              and not cookie["domain"] and not cookie["secure"] and not cookie["max-age"], answer)
    tap.check(served.Visitor(DESK.site, token=planted).get("/items").status == 303, "it was taken")
    again = token_of(DESK.site.sign_in(desk.CLERK, PASSWORD))
    tap.check(again != token, "the same twice")


def a_wrong_sign_in_says_no_more_for_one_who_is_there():
    # A person without a password, one with, and nobody: the same bytes.
    said = {DESK.site.sign_in(name, "wrong-password").body.replace(name.encode(), b"NAME")
            for name in ("nobody-1", "xia", "tan")}
    shown = [re.sub(rb"\d\d:\d\d", b"", s) for s in said]
    tap.check(len(set(shown)) == 1, shown)


def what_was_signed_out_opens_nothing():
    visitor = DESK.site.visitor(desk.CLERK)
    tap.check(visitor.get("/items").status == 200)
    answer = visitor.post("/sign-out")
    tap.check(answer.status == 303 and cookie_of(answer)["max-age"] == "0", answer)
    tap.check(visitor.get("/items").one("location").startswith("/sign-in?next="))
    tap.check(visitor.get("/items", json_too=True).status == 401)
    tap.check(visitor.post("/items/ZG-0001/chase", {"text": "x"}).status == 401)


def a_revoked_session_ends_on_an_open_connection():
    visitor = DESK.site.visitor(desk.CLERK)
    ask = request("GET", "/items", visitor.headers())
    with DESK.site.wire() as wire:
        wire.send(ask)
        tap.check(wire.answer().status == 200)
        visitor.post("/sign-out")
        wire.send(ask)
        answer = wire.answer()
        tap.check(answer.status == 303 and "/sign-in" in answer.one("location"), answer)
    lost = DESK.site.visitor("bao")
    with DESK.site.wire() as wire:
        ask = request("GET", "/items", lost.headers())
        wire.send(ask)
        tap.check(wire.answer().status == 200)
        DESK.run("person", "change", "bao", "--inactive")
        wire.send(ask, ask)
        tap.check({wire.answer().status, wire.answer().status} == {303}, "an inactive person goes on")


def answers_on_one_connection_are_each_ones_own():
    """Two people behind one proxy's connection; a fragment, a page, JSON, in a pipeline."""
    with DESK.site.wire() as wire:
        wire.send(*[request("GET", "/items", v.headers(json_too=j)) for v, j in (
            (DESK.clerk, False), (DESK.site.visitor(), False), (DESK.auditor, True),
            (DESK.site.visitor(), True))])
        got = [wire.answer() for _ in range(4)]
    tap.check([a.status for a in got] == [200, 303, 200, 401], [str(a)[:300] for a in got])
    tap.check("陈雅文" in got[0].text() and got[2].one("content-type") == "application/json")
    head = DESK.site.ask("HEAD", "/items", DESK.clerk.headers())
    tap.check(head.status == 200 and head.body == b"" and int(head.one("content-length")) > 1000, head)


# --- to other places ------------------------------------------------------------------------------

def nobody_is_sent_to_another_site():
    fields = DESK.clerk.hidden("/items/ZG-0001/chase")
    for place in ELSEWHERE:
        for what, answer in (
                ("sign-in", DESK.site.sign_in(desk.CLERK, PASSWORD, next=place)),
                ("language", DESK.clerk.post("/language", {"lang": "en", "next": place})),
                ("act", DESK.clerk.post("/items/ZG-0001/chase", {
                    **fields, "id": os.urandom(16).hex(), "version": "0", "text": "x",
                    "next": place}))):
            to = answer.one("location")
            tap.check(answer.status == 303 and to in ("/", "/items/ZG-0001"), what, repr(place), answer)
            tap.check(answer.one("x") is None, answer)
        page = DESK.site.visitor().get("/sign-in?next=" + urllib.parse.quote(place)).text()
        tap.check('name="next" value="/"' in page, repr(place), "stands in the form")
    for place in ("/items", "/items?after=ZG-0001", "/", "/items/%E6%95%B4"):
        answer = DESK.clerk.post("/language", {"lang": "en", "next": place})
        tap.check(answer.one("location") == place, place, answer)


def a_visitor_comes_back_to_where_they_went():
    for target in ("/items?a=%2F%2Fevil&b=%0d%0aX:y", "/items/%E6%95%B4", "//evil.example/%2e"):
        answer = DESK.site.visitor().get(target)
        if answer.status == 303:
            to = answer.one("location")
            tap.check(to == "/sign-in?next=" + urllib.parse.quote(target, safe="-._~"), answer)
        else:
            tap.check(answer.status == 404, target, answer)


def a_downloads_name_is_one_header():
    for target in ("/items/ZG-0001/proof", "/audit/checkpoint"):
        told = DESK.auditor.get(target).one("content-disposition")
        tap.check(re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9._~%-]+", told), target, told)
    for code in ("ZG-0001%0d%0aX: y", "%22;x=%22", "整改", "a%2fb"):
        answer = DESK.auditor.get("/items/%s/proof" % urllib.parse.quote(code, safe="%"))
        tap.check(answer.status == 404 and answer.one("content-disposition") is None
                  and answer.one("x") is None, answer)


# --- TLS ------------------------------------------------------------------------------------------

def tls_works_and_makes_cookies_secure():
    pem, key = DESK.path("cert.pem"), DESK.path("key.pem")
    made = desk.subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", key, "-out", pem, "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost"], capture_output=True, check=False)
    tap.check(made.returncode == 0, made.stderr)
    site = served.Served(DESK, "--certificate", pem, "--key", key)
    try:
        trust = ssl.create_default_context(cafile=pem)
        ask = served.urlencoded({"name": desk.CLERK, "password": PASSWORD})
        kind = [("Content-Type", "application/x-www-form-urlencoded")]
        with site.wire(wrap=trust) as wire:
            wire.send(request("GET", "/health"), request("POST", "/sign-in", kind, ask))
            first, second = wire.answer(), wire.answer()
            version = wire.socket.version()
        tap.check(first.status == 200 and version in ("TLSv1.2", "TLSv1.3"), first, version)
        tap.check(first.one("strict-transport-security"), first)
        tap.check(second.status == 303 and cookie_of(second)["secure"], second)
        with site.wire(wrap=trust) as wire:
            wire.send(request("POST", "/language", kind, b"lang=en"))
            tap.check(cookie_of(wire.answer())["secure"])
            wire.send("GET /health HTTP/1.1\nHost: x\r\n\r\n")
            tap.check(wire.answer().status == 400, "as strict as without")
        # What is no TLS gets no answer.
        with site.wire() as wire:
            wire.send(request("GET", "/health"))
            tap.check(b"ok\n" not in (wire.more() and wire.left or b""))
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        try:
            with site.wire(wrap=old):
                tap.check(False, "TLS 1.1 is spoken")
        except (ssl.SSLError, OSError):
            pass
    finally:
        site.stop()
    there = DESK.start("serve", "--listen", "127.0.0.1:0", "--certificate", DESK.path("none.pem"))
    _, said = there.communicate(timeout=served.PATIENCE)
    tap.check(there.returncode == 2 and b"none.pem" in said, there.returncode, said)


def a_proxy_that_is_named_is_believed():
    site = served.Served(DESK, "--proxied")
    try:
        kind = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "6.6.6.6, 203.0.113.9")]
        answer = site.sign_in(desk.CLERK, PASSWORD, headers=kind)
        tap.check(cookie_of(answer)["secure"] and answer.one("strict-transport-security"), answer)
        tap.check(" 203.0.113.9 POST /sign-in 303 " in site.said(), site.said())
        tap.check("6.6.6.6" not in site.said())
        tap.check(not cookie_of(site.sign_in(desk.CLERK, PASSWORD))["secure"])
    finally:
        site.stop()
    # One that is not, is not.
    answer = DESK.site.sign_in(desk.CLERK, PASSWORD, headers=kind)
    tap.check(not cookie_of(answer)["secure"], answer)
    tap.check("203.0.113.9" not in DESK.site.said())


# --- what is kept of it ---------------------------------------------------------------------------

def nothing_secret_is_kept_anywhere():
    """Planted in every place where a request can carry something."""
    visitor = DESK.site.visitor(desk.CLERK)
    planted = ["qs-7f1c2e", "ck-91ab37", "bt-55d0e1", "pw-0d4c88", "rf-2ab909", "fm-a81c30", "cf-19ee07",
               "xh_tk-77e1f2", PASSWORD, visitor.token, csrf_of(visitor.token)]
    query, cookie, bearer, password, referer, field, csrf, token = planted[:8]
    for target in ("/items?q=" + query, "/items/ZG-0001?q=" + query, "/nowhere?q=" + query,
                   "/sign-in?next=/items?q=" + query, "/%00?q=" + query):
        visitor.get(target, headers=[("Referer", "http://127.0.0.1/items?q=" + referer)])
        DESK.site.ask("GET", target, [("Cookie", "session=%s; other=%s" % (cookie, cookie))])
        DESK.site.ask("GET", target, [("Authorization", "Bearer " + bearer)])
        DESK.site.ask("GET", target, [("Authorization", "Bearer " + token)])
    DESK.site.sign_in(desk.CLERK, password)
    DESK.site.sign_in("nobody", password, code=password)
    tap.check(DESK.site.sign_in(desk.CLERK, PASSWORD).status == 303)
    visitor.post("/items/ZG-0001/chase", {"text": field, "version": "wrong"})
    visitor.post("/items/ZG-0001/wish?q=" + query, {"text": field})
    visitor.post("/items/ZG-0001/chase", {"text": field, "csrf": csrf}, csrf=False)
    visitor.upload("/items/XX-9/report", [("text", field)], [("file", field, field.encode())])
    DESK.site.settled()
    said = DESK.site.said()
    tap.check(" GET /items 200 " in said and " POST /sign-in 303 " in said
              and " POST /items/ZG-0001/chase 403 " in said, "the access log is at work", said)
    for name, data in {**DESK.tree(DESK.ledger), "standard error": said.encode()}.items():
        for secret in planted:
            tap.check(secret.encode() not in data, name, "holds", secret)


def a_line_of_the_access_log_is_one_line():
    before = DESK.site.said().count("\n")
    for target in ("/a%0ab", "/a%0d%0a1.1%20127.0.0.1%20GET%20/x%20200", "/%1b%5b31m", "/%7f", "/%20x",
                   "/%c2%85", "/" + "a" * 3000):
        DESK.site.visitor().get(target)
    lines = DESK.site.said().splitlines(keepends=True)
    tap.check(DESK.site.said().count("\n") == before + 7, lines[before:])
    for line in DESK.site.said().split("\n")[before:-1]:
        tap.check(re.fullmatch(r"\d+\.\d{3} 127\.0\.0\.1 GET /\S* \d{3} \d+ \d+ ms -", line), repr(line))
        tap.check(len(line) < 700 and line.isprintable(), repr(line))


def it_ends_well():
    DESK.site.stop()


prepare()
desk.run_all(
    every_answer_carries_the_guards, pages_hold_nothing_that_the_policy_forbids,
    what_is_typed_is_not_run, a_form_must_be_the_sessions_own, asking_changes_nothing,
    a_program_needs_no_form_and_no_cookie, a_sign_in_begins_a_session_of_its_own,
    a_wrong_sign_in_says_no_more_for_one_who_is_there,
    what_was_signed_out_opens_nothing, a_revoked_session_ends_on_an_open_connection,
    answers_on_one_connection_are_each_ones_own, nobody_is_sent_to_another_site,
    a_visitor_comes_back_to_where_they_went, a_downloads_name_is_one_header,
    tls_works_and_makes_cookies_secure, a_proxy_that_is_named_is_believed,
    nothing_secret_is_kept_anywhere, a_line_of_the_access_log_is_one_line, it_ends_well)
