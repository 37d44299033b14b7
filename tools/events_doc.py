#!/usr/bin/env python3
"""Writes the table of entry kinds into docs/log-format.md: events_doc.py events.def log-format.md

With --check it writes nothing and fails when the page is not fresh."""
import sys

check = "--check" in sys.argv
source, page = [a for a in sys.argv[1:] if a != "--check"]
TYPE = {"text": "text", "int": "integer", "bool": "`true`", "day": "day", "texts": "texts"}
rows, records, current = [], [], None
for line in open(source, encoding="utf-8"):
    words, note = line.split("#")[0].split(), line.partition("#")[2].strip()
    if not words:
        continue
    if words[0] in ("record", "event"):
        current = []
        if words[0] == "record":
            records.append((words[1], current))
        else:
            rows.append((words[1], note, current))
    else:
        kind = words[1]
        current.append("`%s` %s" % (words[0], TYPE.get(kind) or "[%s]" % kind[5:]))
out = ["| kind | subject and meaning | members of `data` |", "|---|---|---|"]
out += ["| `%s` | %s | %s |" % (k, n, ", ".join(sorted(f))) for k, n, f in rows]
out += ["", "| record | members |", "|---|---|"]
out += ["| %s | %s |" % (r, ", ".join(sorted(f))) for r, f in records]
begin, end = "<!-- kinds: made by tools/events_doc.py -->\n", "<!-- end of kinds -->\n"
text = open(page, encoding="utf-8").read()
head, rest = text.split(begin)
tail = rest.split(end)[1]
fresh = head + begin + "\n".join(out) + "\n" + end + tail
if check:
    sys.exit(0 if fresh == text else "%s is not fresh: run tools/events_doc.py" % page)
open(page, "w", encoding="utf-8").write(fresh)
