#!/usr/bin/env python3
"""Signing in with a service that speaks OpenID Connect, against oidc-provider: oidc.py XIAOHAO ASK

The browser's part is played here: the service's pages are followed by HTTP."""
import http.cookiejar
import json
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import servers
import npm  # beside tap.py, which servers finds
import tap
from servers import desk

sys.path.insert(0, os.path.join(servers.HERE, "..", "web"))
from served import Served, Visitor  # noqa: E402

DESK = desk.Desk()
FOLDER = DESK.path("service")
os.mkdir(FOLDER)
PORT = servers.free_port()
ISSUER = "https://127.0.0.1:%d" % PORT
BACK = "https://xiaohao.example/sign-in/back"
OURS = servers.free_port()
PAGES = "http://127.0.0.1:%d/sign-in/service/done" % OURS
SECRET = "client secret: 4711/&=+%"
CLIENTS = [{"client_id": "basic", "client_secret": SECRET, "redirect_uris": [BACK]},
           {"client_id": "post", "client_secret": SECRET, "redirect_uris": [BACK],
            "token_endpoint_auth_method": "client_secret_post"},
           {"client_id": "public", "redirect_uris": [BACK], "token_endpoint_auth_method": "none",
            "id_token_signed_response_alg": "ES256"},
           {"client_id": "shared", "client_secret": SECRET, "redirect_uris": [BACK],
            "id_token_signed_response_alg": "HS256"},
           {"client_id": "pages", "client_secret": SECRET, "redirect_uris": [PAGES]}]
BASIC = {"issuer": ISSUER, "client_id": "basic", "client_secret_file": "keys/oidc.secret",
         "ca": FOLDER + "/ca.pem"}
PUBLIC = {"issuer": ISSUER, "client_id": "public", "ca": FOLDER + "/ca.pem"}
SAID, HIDDEN = [], []


def modules():
    return npm.modules(os.path.join(servers.HERE, "oidc"),
                       os.path.join(os.environ.get("NET_FOLDER", DESK.home), "oidc-modules"))


class Stop(urllib.request.HTTPRedirectHandler):
    """Follows redirects until they lead back to us."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if newurl.startswith((BACK, PAGES)):
            raise StopIteration(newurl)
        return super().redirect_request(req, fp, 303, msg, headers, newurl)


class Browser:
    def __init__(self):
        context = ssl.create_default_context(cafile=FOLDER + "/ca.pem")
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), Stop())

    def sign_in(self, url, account="user-7", agree=True):
        """Goes to the service and through its pages; what it comes back with."""
        data = None
        for _ in range(8):
            try:
                page = self.opener.open(url, data).read().decode()
            except StopIteration as back:
                query = urllib.parse.urlsplit(back.value).query
                return dict(urllib.parse.parse_qsl(query))
            fields = dict(re.findall(r'name="(prompt|login|password)"(?: value="([^"]*)")?', page))
            if not agree:
                url, data = re.search(r'href="([^"]*/abort)"', page)[1], None
                continue
            fields.update({k: v for k, v in (("login", account), ("password", "any")) if k in fields})
            url = re.search(r'action="([^"]+)"', page)[1]
            data = urllib.parse.urlencode(fields).encode()
        raise RuntimeError("the service's pages go round in circles")


class Asked:
    """A sign-in that was begun: ask.c with its clock and what it keeps."""

    def __init__(self, config):
        with open(os.path.join(DESK.ledger, "config.json"), "w", encoding="utf-8") as f:
            json.dump({"oidc": config}, f)
        self.process = subprocess.Popen([servers.ASK, DESK.ledger, "service", BACK],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True,
                                        env=servers.environment())
        self.url = self.line()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        said = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process.wait(60)
        tap.check(not desk.BROKEN.search(said), said)

    def line(self):
        line = self.process.stdout.readline().rstrip("\n")
        SAID.append(line)
        return line

    def later(self, ms):
        self.process.stdin.write("later %d\n" % ms)

    def finish(self, answer, **changed):
        answer = {**answer, **changed}
        words = [answer.get(k) or "-" for k in ("code", "state", "iss", "error")]
        HIDDEN.append(words[0])
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self.line()

    def refuses(self, why, answer, **changed):
        said = self.finish(answer, **changed)
        tap.check(said.startswith("failure: The sign-in service's answer is not trusted") and
                  why in said, "not", why, "but:", said)


def failure(config, wanted):
    with Asked(config) as asked:
        tap.check(asked.url.startswith("failure: ") and wanted in asked.url, asked.url)


WHO = "user-7|user-7.name|user-7@example.org|李四"


def the_address_asks_for_what_it_must():
    with Asked(BASIC) as asked:
        url = urllib.parse.urlsplit(asked.url)
        query = dict(urllib.parse.parse_qsl(url.query))
        tap.check(asked.url.startswith(ISSUER + "/"), asked.url)
        tap.check(query["response_type"] == "code" and query["redirect_uri"] == BACK and
                  query["code_challenge_method"] == "S256" and "openid" in query["scope"], query)
        tap.check(len({query["state"], query["nonce"], query["code_challenge"]}) == 3 and
                  all(len(query[k]) == 43 for k in ("state", "nonce", "code_challenge")), query)
    with Asked(BASIC) as again:
        tap.check(query["state"] not in again.url and query["nonce"] not in again.url)


def who_is_linked_gets_in():
    with Asked(BASIC) as asked:
        tap.check(asked.finish(Browser().sign_in(asked.url)) == "|" + WHO)
    DESK.run("person", "link", "add", "chen", "--issuer", ISSUER, "--subject", "user-7")
    for config in (BASIC, PUBLIC):
        with Asked(config) as asked:
            said = asked.finish(Browser().sign_in(asked.url))
            tap.check(said == "chen|" + WHO, said)
    with Asked(BASIC) as asked:
        said = asked.finish(Browser().sign_in(asked.url, "user-8"))
        tap.check(said.startswith("|user-8|"), said)


def who_is_inactive_does_not():
    DESK.run("person", "link", "add", "xia", "--issuer", ISSUER, "--subject", "user-9")
    DESK.run("person", "change", "xia", "--inactive")
    with Asked(PUBLIC) as asked:
        said = asked.finish(Browser().sign_in(asked.url, "user-9"))
        tap.check(said.startswith("|user-9|"), said)


def an_answer_to_another_sign_in_is_refused():
    with Asked(BASIC) as asked, Asked(BASIC) as other:
        answer = Browser().sign_in(asked.url)
        other.refuses("no sign-in that was begun here", answer)
        # Even with the right state somebody else's code does not fit the verifier.
        state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(other.url).query))["state"]
        other.refuses("does not redeem", answer, state=state)


def answers_that_were_tampered_with_are_refused():
    with Asked(PUBLIC) as asked:
        answer = Browser().sign_in(asked.url)
        asked.refuses("begun here", answer, state="A" + answer["state"][1:])
        asked.refuses("begun here", answer, state=None)
        asked.refuses("another service", answer, iss="https://evil.example")
        asked.refuses("no code", answer, code=None)
        asked.refuses("did not let you in", answer, error="access_denied")
        asked.refuses("does not redeem", answer, code="guessed")
        tap.check(asked.finish(answer) == "chen|" + WHO)
        asked.refuses("does not redeem", answer)  # a code counts once


def a_late_answer_is_refused():
    with Asked(PUBLIC) as asked:
        answer = Browser().sign_in(asked.url)
        asked.later(11 * 60 * 1000)
        asked.refuses("took too long", answer)


def who_does_not_agree_is_not_in():
    with Asked(PUBLIC) as asked:
        answer = Browser().sign_in(asked.url, agree=False)
        tap.check(answer["error"] == "access_denied", answer)
        asked.refuses("did not let you in", answer)


def a_token_with_a_shared_secret_is_refused():
    with Asked({**BASIC, "client_id": "shared"}) as asked:
        asked.refuses("another algorithm", Browser().sign_in(asked.url))


def new_keys_are_asked_for():
    with Asked(PUBLIC) as asked:
        asked.finish(Browser().sign_in(asked.url))
        SERVER.stop()
        SERVER.start()
        answer = Browser().sign_in(asked.url)
        # Keys were asked for just now: whoever sends made-up tokens cannot make us ask on and on.
        asked.refuses("does not publish", answer)
        asked.later(61 * 1000)
        said = asked.finish(Browser().sign_in(asked.url))
        tap.check(said == "chen|" + WHO, said)


def the_service_must_be_who_it_is():
    failure({**BASIC, "issuer": ISSUER + "/"}, "another issuer")
    failure({**BASIC, "issuer": "https://localhost:%d" % PORT}, "another issuer")
    failure({**BASIC, "ca": FOLDER + "/other.pem"}, "cannot be asked")
    failure({k: v for k, v in BASIC.items() if k != "ca"}, "cannot be asked")
    failure({**BASIC, "issuer": ISSUER.replace("https", "http")}, "https://")
    failure({**BASIC, "issuer": "https://127.0.0.1:1"}, "cannot be asked")


def the_secret_must_be_right_and_kept():
    path = os.path.join(DESK.ledger, "keys", "oidc.secret")
    with open(path, "w", encoding="utf-8") as f:
        f.write("another secret")
    with Asked(BASIC) as asked:
        asked.refuses("does not redeem", Browser().sign_in(asked.url))
    with open(path, "w", encoding="utf-8") as f:
        f.write(SECRET + "\n")
    os.chmod(path, 0o644)
    failure(BASIC, "can be read by others")
    os.chmod(path, 0o600)
    failure({**BASIC, "client_secret": "x"}, "oidc.client_secret")


def configure(**sections):
    with open(os.path.join(DESK.ledger, "config.json"), "w", encoding="utf-8") as f:
        json.dump(sections, f)


def begin(visitor, where="/units?below=x&name="):
    """Presses the button of the sign-in page; the service's address."""
    page = visitor.get("/sign-in?next=" + urllib.parse.quote(where, safe=""))
    button = re.search(r'href="(/sign-in/service[^"]*)">Sign in with ([^<]+)<', page.text)
    tap.check(button and button[2] == "市统一认证", page)
    answer = visitor.get(button[1].replace("&amp;", "&"), status=303)
    cookie = [c for c in answer.headers.get_all("Set-Cookie") if c.startswith("service=")]
    tap.check(len(cookie) == 1 and all(w in cookie[0] for w in ("HttpOnly", "SameSite=Lax",
                                                                "Path=/sign-in", "Max-Age=600")),
              cookie)
    return answer.headers["Location"]


def come_back(visitor, answer, status):
    for name in ("code", "state"):
        HIDDEN.append(answer.get(name, ""))
    got = visitor.get("/sign-in/service/done?" + urllib.parse.urlencode(answer), status=status)
    # What was kept is good for one answer.
    tap.check(visitor.cookies["service"] == "", visitor.cookies)
    return got


def the_pages_sign_in():
    configure(oidc={**BASIC, "client_id": "pages", "label": "市统一认证"})
    served = Served(DESK, OURS)
    visitor = Visitor(OURS)
    where = "/units?below=x&name="
    answer = Browser().sign_in(begin(visitor, where))
    got = come_back(visitor, answer, 303)
    tap.check(got.headers["Location"] == where, got)
    tap.check("chen" in visitor.get("/account").text)
    come_back(visitor, answer, 403)  # the same answer once more
    # Somebody whom nobody linked is told who the service says they are.
    visitor = Visitor(OURS)
    got = come_back(visitor, Browser().sign_in(begin(visitor), "user-8"), 403)
    tap.check("user-8" in got.text and "linked to no active person" in got.text and
              'name="password"' in got.text, got)
    # Inactive; not agreed; another browser's answer; an answer that nobody asked for; another state.
    visitor = Visitor(OURS)
    come_back(visitor, Browser().sign_in(begin(visitor), "user-9"), 403)
    got = come_back(visitor, Browser().sign_in(begin(visitor), agree=False), 403)
    tap.check("did not let you in" in got.text, got)
    other = Visitor(OURS)
    answer = Browser().sign_in(begin(other))
    begin(visitor)
    come_back(visitor, answer, 403)
    tap.check("session" not in visitor.cookies)
    got = come_back(Visitor(OURS), answer, 403)
    tap.check("No sign-in was begun in this browser" in got.text, got)
    come_back(other, {**answer, "state": "A" + answer["state"][1:]}, 403)
    # It leads nowhere else, whatever is asked for.
    got = come_back(visitor, Browser().sign_in(begin(visitor, "//evil.example/")), 303)
    tap.check(got.headers["Location"] == "/", got)
    SERVER.stop()
    got = Visitor(OURS)
    begin(got)
    got = come_back(got, answer, 403)
    SERVER.start()
    served.stop()


def what_was_typed_waits_in_the_other_tab():
    configure(oidc={**BASIC, "client_id": "pages", "label": "市统一认证"})
    DESK.run("passwd", "chen", given="password1")
    served = Served(DESK, OURS)
    visitor = served.sign_in("chen")
    DESK.run("person", "session", "end", "chen")
    page = visitor.post("/items/XX-1/report", {"id": "01a21401-8a3a-7fad-ad2d-d8cbba68e38c",
                                               "text": "写好的话"}, status=401)
    button = re.search(r'href="(/sign-in/service[^"]*)" target="_blank"', page.text)
    answer = visitor.get(button[1].replace("&amp;", "&"), status=303)
    got = come_back(visitor, Browser().sign_in(answer.headers["Location"]), 303)
    tap.check(got.headers["Location"] == "/sign-in/back", got)
    kept = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text.split("<main")[1])
    page = visitor.post("/sign-in", kept + [("back", "1")], status=200)
    tap.check('action="/items/XX-1/report"' in page.text and "写好的话" in page.text, page)
    served.stop()


def without_a_service_there_is_no_button():
    configure()
    served = Served(DESK, OURS)
    tap.check("/sign-in/service" not in served.get("/sign-in").text)
    served.get("/sign-in/service", status=404)
    served.get("/sign-in/service/done", status=404)
    served.stop()


def no_secret_is_anywhere():
    hidden = [w for w in HIDDEN if len(w) > 20] + [SECRET, urllib.parse.quote(SECRET)]
    tap.check(len(hidden) > 10)
    for path, data in DESK.tree(DESK.ledger).items():
        for word in hidden:
            tap.check(word.encode() not in data or path.endswith("oidc.secret"), path, word)
    for said in SAID:
        tap.check(not any(word in said for word in hidden), said)


servers.certificates(FOLDER)
for code in ("chen", "xia"):
    DESK.run("person", "add", code, "--role", "clerk")
with open(os.path.join(DESK.ledger, "keys", "oidc.secret"), "w", encoding="utf-8") as secret:
    secret.write(SECRET + "\n")
os.chmod(os.path.join(DESK.ledger, "keys", "oidc.secret"), 0o600)
SERVER = servers.Server(["node", os.path.join(servers.HERE, "oidc", "server.js"), modules(),
                         str(PORT), "server.key", "server.pem", json.dumps(CLIENTS)], PORT, FOLDER)
SERVER.start()
tap.run([(f.__name__, f) for f in (
    the_address_asks_for_what_it_must, who_is_linked_gets_in, who_is_inactive_does_not,
    an_answer_to_another_sign_in_is_refused, answers_that_were_tampered_with_are_refused,
    a_late_answer_is_refused, who_does_not_agree_is_not_in,
    a_token_with_a_shared_secret_is_refused, new_keys_are_asked_for,
    the_service_must_be_who_it_is, the_pages_sign_in, what_was_typed_waits_in_the_other_tab, without_a_service_there_is_no_button,
    the_secret_must_be_right_and_kept, no_secret_is_anywhere)])
