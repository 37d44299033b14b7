#!/usr/bin/env python3
"""Makes typed C of the list of events: events.py OUT.h OUT.c events.def (which see)."""
import re
import sys

out_h, out_c, source = sys.argv[1:]
C_TYPE = {"text": "struct text", "int": "int64_t", "bool": "bool", "day": "int32_t",
          "texts": "struct texts"}
records, events, current = {}, {}, None
for number, line in enumerate(open(source, encoding="utf-8"), 1):
    words = line.split("#")[0].split()
    where = "%s:%d" % (source, number)
    if not words:
        continue
    if words[0] == "record":
        current = records.setdefault(words[1], [])
    elif words[0] == "event":
        if any(e[0] == int(words[2]) for e in events.values()):
            sys.exit(where + ": the number is used already")
        current = []
        events[words[1]] = (int(words[2]), current)
    else:
        name, kind = words
        if kind not in C_TYPE and kind.replace("list:", "") not in records:
            sys.exit("%s: unknown type %s" % (where, kind))
        if any(name == n for n, _ in current):
            sys.exit("%s: %s twice" % (where, name))
        current.append((name, kind))


def ident(kind):
    return kind.replace(".", "_")


def members(fields):
    return "".join("    %s %s;\n" % (C_TYPE.get(t) or "struct %s_list" % t[5:], n) for n, t in fields)


def shape(struct, name, fields):
    rows = ""
    for n, t in sorted(fields):
        base = "FIELD_LIST" if t.startswith("list:") else "FIELD_" + t.upper()
        sub = ", &shape_%s" % t[5:] if t.startswith("list:") else ""
        rows += '    {"%s", %s, offsetof(struct %s, %s)%s},\n' % (n, base, struct, n, sub)
    return ("static const struct field fields_%s[] = {\n%s};\n"
            "const struct shape shape_%s = {\"%s\", fields_%s, %d, sizeof(struct %s)};\n"
            % (ident(name), rows, ident(name), name, ident(name), len(fields), struct))


h = ["/* Made by tools/events.py from events.def. */", "#pragma once", '#include "domain/shape.h"', ""]
c = ['#include "events.h"', "", "#include <stddef.h>", ""]
for name, fields in records.items():
    h.append("struct %s_line {\n%s};" % (name, members(fields)))
    h.append("struct %s_list {\n    struct %s_line *at;\n    size_t count;\n};" % (name, name))
    h.append("extern const struct shape shape_%s;\n" % name)
    c.append(shape(name + "_line", name, fields))
h.append("enum event_kind {\n    EVENT_NONE,\n%s    EVENT_END\n};" % "".join(
    "    EVENT_%s = %d,\n" % (ident(k).upper(), n) for k, (n, _) in events.items()))
for kind, (n, fields) in events.items():
    h.append("struct %s_event {\n%s};" % (ident(kind), members(fields)))
    h.append("extern const struct shape shape_%s;\n" % ident(kind))
    c.append(shape(ident(kind) + "_event", kind, fields))
h.append("struct event {\n    enum event_kind kind;\n    union {\n%s    };\n};\n" % "".join(
    "        struct %s_event %s;\n" % (ident(k), ident(k)) for k in events))
h.append("/* The shape of a kind; NULL for a number that is none. shape->name is the kind's name. */\n"
         "const struct shape *event_shape(int kind);\n"
         "/* The kind of that name; EVENT_NONE when there is none. */\n"
         "enum event_kind event_kind_of(struct text name);")
c.append("static const struct shape *const shapes[] = {\n%s};\n" % "".join(
    "    [%d] = &shape_%s,\n" % (n, ident(k)) for k, (n, _) in events.items()))
c.append("const struct shape *event_shape(int kind)\n{\n    return kind > 0 && kind < EVENT_END ? shapes[kind] : NULL;\n}\n")
c.append("enum event_kind event_kind_of(struct text name)\n{\n    for (int i = 0; i < EVENT_END; i++)\n"
         "        if (shapes[i] && text_eq(name, text_of(shapes[i]->name)))\n"
         "            return (enum event_kind)i;\n    return EVENT_NONE;\n}")
open(out_h, "w", encoding="utf-8").write("\n".join(h) + "\n")
open(out_c, "w", encoding="utf-8").write("\n".join(c) + "\n")
