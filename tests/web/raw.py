#!/usr/bin/env python3
"""The server against bad requests and hostile visitors, byte by byte: raw.py XIAOHAO"""
import os

import served_guard as served
from served_guard import request

desk, tap = served.desk, served.tap
DESK = desk.Desk()
PASSWORD = "password1"


def prepare():
    DESK.people()
    DESK.run("act", "register", "ZG", "--text", "路灯不亮", "--unit", "城关镇", "--person",
             desk.LIAISON, "--due", "2199-12-31", "--as", desk.CLERK)
    DESK.run("passwd", desk.CLERK, given=PASSWORD)
    DESK.site = served.Served(DESK)
    DESK.clerk = DESK.site.visitor(desk.CLERK)


def refused(what, *pieces, status=400):
    """It is answered with that status (or one of several), or not at all, and the connection ends:
    nothing that follows on it is taken for a request."""
    site, follow = DESK.site, request("GET", "/health")
    statuses = status if isinstance(status, tuple) else (status,)
    with site.wire() as wire:
        wire.send(*pieces)
        try:
            answer = wire.answer()
        except served.Broken:
            tap.check(0 in statuses, what, "was not answered")
            return
        tap.check(answer.status in statuses, what, "got", answer)
        wire.send(follow)
        while wire.more():
            pass
        # (What the library refuses by itself it says twice.)
        tap.check(b"200 OK" not in wire.left and b"ok\n" not in wire.left, what,
                  "was followed by", wire.left)


def get(*lines, target="/health", version="HTTP/1.1", host="Host: x"):
    return "\r\n".join(["GET %s %s" % (target, version), *([host] if host else []), *lines]) + "\r\n\r\n"


def post(body, *lines, target="/language"):
    head = "\r\n".join(["POST %s HTTP/1.1" % target, "Host: x",
                        "Content-Type: application/x-www-form-urlencoded", *lines])
    return head.encode() + b"\r\n\r\n" + (body if isinstance(body, bytes) else body.encode())


def well_formed_requests_are_answered():
    answer, closed = DESK.site.raw(get("Connection: close"))
    tap.check(answer.status == 200 and answer.body == b"ok\n" and closed, answer)
    answer = DESK.site.ask("POST", "/language", [("Content-Type", "application/x-www-form-urlencoded")],
                           b"lang=en&next=/items")
    tap.check(answer.status == 303 and answer.one("location") == "/items", answer)


def lengths_that_two_would_read_differently_are_refused():
    for lines in (["Content-Length: 7", "Transfer-Encoding: chunked"],
                  ["Transfer-Encoding: chunked", "Content-Length: 7"],
                  ["Content-Length: 7", "Content-Length: 7"],
                  ["Content-Length: 7", "Content-Length: 8"],
                  ["Content-Length: 7, 7"], ["Content-Length: +7"], ["Content-Length: -7"],
                  ["Content-Length: 0x7"], ["Content-Length: 7 7"], ["Content-Length: 7a"],
                  ["Content-Length:"], ["Content-Length: 7.0"],
                  ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
                  ["Transfer-Encoding: chunked, identity"], ["Transfer-Encoding: gzip, chunked"],
                  ["Transfer-Encoding: xchunked"], ["Transfer-Encoding: gzip"],
                  ["Content-Length : 7"], ["Transfer-Encoding : chunked"],
                  ["X: y\x0bz", "Content-Length: 7", "Transfer-Encoding:\x0bchunked"]):
        refused(lines, post("lang=en", *lines))
    for size in ("18446744073709551616", "18446744073709551623", "9223372036854775808",
                 "99999999999999999999999", "0" * 300 + "7"):
        refused(size[:30], post("lang=en", "Content-Length: " + size), status=(400, 413))


def chunks_are_read_strictly():
    whole = post("7\r\nlang=en\r\n0\r\n\r\n", "Transfer-Encoding: chunked")
    answer, _ = DESK.site.raw(whole.replace(b"Host: x", b"Host: x\r\nConnection: close"))
    tap.check(answer.status == 303, answer)
    for body in ("-7\r\nlang=en\r\n0\r\n\r\n", "+7\r\nlang=en\r\n0\r\n\r\n",
                 "0x7\r\nlang=en\r\n0\r\n\r\n", "7g\r\nlang=en\r\n0\r\n\r\n",
                 "\r\nlang=en\r\n0\r\n\r\n", "ffffffffffffffff1\r\nlang=en\r\n0\r\n\r\n",
                 "10000000000000007\r\nlang=en\r\n0\r\n\r\n",
                 "7\r\nlang=enX\r\n0\r\n\r\n"):
        refused(body, post(body, "Transfer-Encoding: chunked"), status=(400, 413, 0))


def lines_end_with_both_and_are_not_folded():
    refused("bare LF", "GET /health HTTP/1.1\nHost: x\n\n", status=(400, 0))
    refused("bare LF between headers", "GET /health HTTP/1.1\r\nHost: x\nX: y\r\n\r\n")
    refused("bare CR in a value", get("X: a\rb"))
    refused("bare CR as an end", "GET /health HTTP/1.1\rHost: x\r\r", "\r\n\r\n", status=(400, 0))
    refused("folded", get("X: a", " b"))
    refused("folded by a tab", get("X: a", "\tb"))
    refused("folded first", "GET /health HTTP/1.1\r\n Host: x\r\n\r\n")
    refused("a space before the colon", get("X : a"))
    refused("no colon", get("wish"))
    refused("no name", get(": a"))
    refused("a space in a name", get("X Y: a"))


def nul_is_refused_everywhere():
    refused("in a value", get("X: a\0b"))
    refused("in a name", get("X\0Y: a"))
    refused("in the target", get(target="/hea\0lth"))
    refused("in the method", "G\0ET /health HTTP/1.1\r\nHost: x\r\n\r\n", status=(400, 405))
    refused("in the version", "GET /health HTTP/1.1\0\r\nHost: x\r\n\r\n")
    refused("encoded in the path", get(target="/health%00"))
    refused("encoded in the query", get(target="/health?a=%00"))
    refused("encoded in a form", post("lang=en%00", "Content-Length: 10"))
    refused("in a form", post(b"lang=en\0", "Content-Length: 8"))
    for what in ("boundary=a\0b", "boundary=\0"):
        refused("in a boundary", request("POST", "/items/ZG-0001/report", DESK.clerk.headers(
            more=[("Content-Type", "multipart/form-data; " + what)]), b"--a\0b--\r\n"))
    kind, body = served.multipart([], [("file", "a?b", b"x")])
    for name, data in (("in a part's name", body.replace(b'"file"', b'"fi\0le"')),
                       ("in a part's header", body.replace(b"a?b", b"a\0b")),
                       ("in the boundary's line", body.replace(b"--xhxh", b"--xh\0h"))):
        answer = DESK.site.ask("POST", "/items/ZG-0001/report", DESK.clerk.headers(
            more=[("Content-Type", kind)]), data)
        tap.check(answer.status in (400, 403), name, answer)


def broken_escapes_and_text_are_refused():
    for target in ("/%", "/%2", "/%zz", "/%-1", "/%ff", "/%c0%af", "/%ed%a0%80", "/%f8%88%80%80%80",
                   "/items?after=%", "/items?%zz=1", "/items?after=%ff", "/items?after=%c0%80",
                   "/health%0"):
        refused(target, get(target=target))
    refused("raw bytes that are no UTF-8", b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n")
    for body in (b"lang=%", b"lang=%zz", b"lang=%ff", b"lang=\xff", b"%c0%80=1"):
        refused(body, post(body, "Content-Length: %d" % len(body)))
    kind, body = served.multipart([("csrf", "?")])
    refused("UTF-8 in a part", request("POST", "/items/ZG-0001/report", DESK.clerk.headers(
        more=[("Content-Type", kind)]), body.replace(b"?", b"\xff")))


def targets_are_paths():
    for target in ("http://x/health", "http://evil/health", "*", "health", "", "//", "?a=1", "\\health",
                   "http:/health", "javascript:1"):
        answer, _ = DESK.site.raw(get("Connection: close", target=target))
        tap.check(answer.status in (400, 404), target, answer)
    for method in ("CONNECT", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "get", "PROPFIND"):
        answer, _ = DESK.site.raw("%s /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % method)
        tap.check(answer.status in (400, 405, 501), method, answer)
        tap.check(b"ok\n" != answer.body, method, answer)
    refused("CONNECT to a host", "CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n", status=(400, 405))
    refused("PUT with a body", "PUT /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
            status=(400, 405))
    for traversal in ("/assets/../../ledger.db", "/assets/..%2f..%2fledger.db", "/assets/%2e%2e/x",
                      "/../config.json", "/assets//", "/assets/style.css/", "/assets/style.css%2f"):
        answer, _ = DESK.site.raw(get("Connection: close", target=traversal))
        tap.check(answer.status in (400, 404, 303), traversal, answer)


def a_host_is_named_once():
    refused("none", get(host=None))
    refused("two", get("Host: y"))
    refused("two alike", get("Host: x"))
    refused("empty twice", get("Host:", host="Host:"))


def versions_are_ours():
    answer, closed = DESK.site.raw(get(version="HTTP/1.0"))
    tap.check(answer.status == 200 and closed, answer)
    answer, closed = DESK.site.raw(get(version="HTTP/1.0", host=None))
    tap.check(answer.status in (200, 400) and closed, answer)
    for version in ("HTTP/0.9", "HTTP/2.0", "HTTP/1.9", "HTTP/11", "HTTP", "HTTP/1.1 x", "ICY/1.0"):
        answer, closed = DESK.site.raw(get(version=version))
        tap.check(answer is None or answer.status in (400, 505) and closed, version, answer)
    for line in ("GET /health", "GET", "", "GET  /health HTTP/1.1", "GET\t/health\tHTTP/1.1",
                 "GET /health  HTTP/1.1", " GET /health HTTP/1.1", "GET /he alth HTTP/1.1"):
        with DESK.site.wire() as wire:
            wire.send(line + "\r\nHost: x\r\nConnection: close\r\n\r\n")
            wire.socket.shutdown(1)
            try:
                answer = wire.answer()
            except served.Broken:
                continue
            tap.check(answer.status in (400, 404, 405, 505) or answer.body == b"ok\n", line, answer)


def what_is_too_much_is_refused():
    refused("a header of 64 KiB", get("X: " + "a" * 65536), status=(400, 413, 431, 0))
    refused("many headers", get(*["X%d: y" % i for i in range(5000)]), status=(400, 413, 431, 0))
    refused("a target of 64 KiB", get(target="/" + "a" * 65536), status=(400, 414, 431, 0))
    refused("many fields in a query", get(target="/items?" + "a&" * 2001), status=(400, 414, 0))
    refused("many fields in a form", post("a=1&" * 2001, "Content-Length: 8004"), status=(400, 413))
    kind, body = served.multipart([("a", "1")] * 2001)
    report = "/items/ZG-0001/report"
    headers = DESK.clerk.headers(more=[("Content-Type", kind)])
    refused("many parts", request("POST", report, headers, body), status=413)
    kind, body = served.multipart([], [("file", "%d.txt" % i, b"x") for i in range(21)])
    refused("many files", request("POST", report, headers, body), status=413)
    refused("a long field", request("POST", report, headers, served.multipart(
        [("text", "a" * (2 << 20 | 1))])[1]), status=413)
    DESK.site.settled()


def a_body_that_is_too_large_is_not_kept():
    # What its length says is refused before a byte of it comes, and nothing waits for it.
    kind, _ = served.multipart([])
    size = [("Content-Length", str((512 << 20) + 1)), ("Content-Type", kind)]
    refused("by its length", request("POST", "/items/ZG-0001/report", DESK.clerk.headers(more=size)),
            status=413)
    refused("a form by its length", post("", "Content-Length: %d" % ((2 << 20) + 1)), status=413)
    # In chunks it is refused where the limit is passed.
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    refused("a form in chunks", post(chunk * 40 + b"0\r\n\r\n", "Transfer-Encoding: chunked"),
            status=413)
    # Who has not signed in leaves no files, wherever they send them.
    kind, body = served.multipart([("lang", "en")], [("file", "a.txt", b"x" * 100000)])
    for target in ("/language", "/sign-in"):
        refused(target, request("POST", target, [("Content-Type", kind)], body), status=415)
    for target, status in (("/items/ZG-0001/report", 401), ("/nowhere", 404), ("/mine", 405)):
        refused(target, request("POST", target, [("Content-Type", kind)], body), status=status)
    folder = os.path.join(DESK.ledger, "uploads")
    tap.check(not os.path.isdir(folder) or os.listdir(folder) == [], "something is stored")
    # It is asked before the body is sent, too.
    with DESK.site.wire() as wire:
        wire.send(request("POST", "/items/ZG-0001/report", [
            ("Content-Type", kind), ("Content-Length", "1000000"), ("Expect", "100-continue")]))
        tap.check(wire.until(b"\r\n").startswith(b"HTTP/1.1 401 "), "it is let in")


def it_ends_well():
    """What was refused left nothing behind that the end would wait for."""
    DESK.site.stop(within=10)


prepare()
desk.run_all(
    well_formed_requests_are_answered, lengths_that_two_would_read_differently_are_refused,
    chunks_are_read_strictly, lines_end_with_both_and_are_not_folded, nul_is_refused_everywhere,
    broken_escapes_and_text_are_refused, targets_are_paths, a_host_is_named_once,
    versions_are_ours, what_is_too_much_is_refused,
    a_body_that_is_too_large_is_not_kept, it_ends_well)
