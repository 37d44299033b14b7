#!/usr/bin/env python3
"""Turns named SQL statements into typed C: statements.py OUT.h OUT.c FILE.sql [FRAGMENTS.sql …]

A statement starts with a line that names it, its parameters and its columns:

    -- item_by_code (code text) -> (id int, state int)
    SELECT id, state FROM item WHERE code = $1;

Parameters are $1, $2 … in the order of the list; types are int, text and blob. In C this gives

    struct item_by_code_in  { struct text code; };
    struct item_by_code_out { int64_t id; int64_t state; };
    int item_by_code_open(struct store *, const struct item_by_code_in *, struct rows *, struct err *);
    int item_by_code_next(struct rows *, struct item_by_code_out *, struct err *);
    int item_by_code_one(struct store *, const struct item_by_code_in *, struct item_by_code_out *,
                         struct arena *, struct err *);

_next and _one return 1 for a row, 0 for none, -1 for a failure. The texts of a row live until the next
one; item_by_code_keep(out, arena) copies them, as _one does. A statement without `->` gives one
function that runs it, of the statement's own name. Of statements with at most 16 parameters there is
also NAME_ask, which makes one of several that are asked together (store_ask). `-> stream (…)` marks
one whose rows may be more than fit into memory. `-- fragment NAME` names a piece of SQL that
{{NAME}} inserts, in this file and in those that name this one as FRAGMENTS; `-- fragment NAME on
postgres` says the same piece in other words for that store.

The text is PostgreSQL's; for SQLite the build writes $1 as ?1, since SQLite numbers $N by first
appearance. Where one text cannot do for both, X.sqlite.sql and X.postgres.sql stand side by side,
with the same statements under the same heads; the build names the first. What X.postgres.sql does
not have, a PostgreSQL store refuses. The number of parameters and columns is checked here where it can be, and against the
database by the tests."""
import os
import re
import sys

C_TYPE = {"int": "int64_t ", "text": "struct text ", "blob": "struct text "}
HEAD = re.compile(r"^-- (\w+) \(([^)]*)\)(?: -> (stream )?\(([^)]*)\))?$")
ASKED = 16  # store.h: ASKED_ARGS


def fields(text, where):
    out = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        words = part.split()
        if len(words) != 2 or words[1] not in C_TYPE:
            sys.exit("%s: '%s' is not 'name type' with type int, text or blob" % (where, part))
        out.append(tuple(words))
    return out


def read(path):
    fragments, statements, current, lines = {}, [], None, []

    def close():
        if current is None:
            return
        sql = re.sub(r"\s+", " ", " ".join(lines)).strip().rstrip(";").strip()
        if current[0] == "fragment":
            fragments[current[1]] = sql
        else:
            statements.append(current[1:] + (sql,))

    text = open(path, encoding="utf-8").read()
    # A head may go on over several comment lines, until its brackets are closed.
    rows = []
    for line in text.split("\n"):
        if rows and re.match(r"-- \w+ \(", rows[-1]) and line.startswith("--") and (
                rows[-1].count("(") > rows[-1].count(")") or rows[-1].endswith(("->", "-> stream"))):
            rows[-1] += " " + line[2:].strip()
        else:
            rows.append(line)
    for number, line in enumerate(rows, 1):
        where = "%s:%d" % (path, number)
        head = HEAD.match(line)
        if line.startswith("-- fragment "):
            close()
            words = line.split()[2:]
            current, lines = ("fragment", "@".join(w for w in words if w != "on")), []
        elif head:
            close()
            columns = None if head[4] is None else fields(head[4], where)
            current, lines = ("statement", head[1], fields(head[2], where), columns, bool(head[3])), []
        elif not line.startswith("--"):
            if line.strip() and current is None:
                sys.exit("%s: SQL before the first statement's name" % where)
            lines.append(line)
    close()
    return fragments, statements


def c_string(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'


def whole(sql, fragments, where):
    """The statement with its fragments in it; they may name others."""
    for _ in range(8):
        sql = re.sub(r"\{\{(\w+)\}\}", lambda m: fragments[m[1]], sql)
    if "{{" in sql:
        sys.exit("%s: its fragments go too deep" % where)
    return sql


def on_postgres(fragments):
    """The fragments as they are there."""
    return {**fragments, **{name[:-9]: sql for name, sql in fragments.items()
                            if name.endswith("@postgres")}}


def for_sqlite(sql):
    return re.sub(r"\$(\d+)", r"?\1", sql)


def variants(source, statements, fragments):
    """Of X.sqlite.sql: what X.postgres.sql says for each statement."""
    path = re.sub(r"\.sqlite\.sql$", ".postgres.sql", source)
    if path == source:
        return None
    if not os.path.exists(path):
        return {}
    own, others = read(path)
    heads = {s[0]: s[1:4] for s in statements}
    for name, *head, sql in others:
        if heads.get(name) != tuple(head):
            sys.exit("%s: %s is not headed as in %s" % (path, name, source))
    return {name: whole(sql, on_postgres({**fragments, **own}), "%s, %s" % (path, name))
            for name, *_, sql in others}


def main():
    out_h, out_c, source, *others = sys.argv[1:]
    fragments = {}
    for path in others:
        fragments.update(read(path)[0])
    own, statements = read(source)
    fragments.update(own)
    h = ["/* Made by tools/statements.py from %s. */" % source.split("/src/")[-1],
         "#pragma once", '#include "store/store.h"', ""]
    c = ['#include "%s"' % out_h.split("/src/")[-1].rsplit("/", 1)[-1], "",
         "/* A statement is as long as it is: C99's 4,095 characters are no limit of our compilers. */",
         '#pragma GCC diagnostic ignored "-Woverlength-strings"', ""]
    postgres = variants(source, statements, fragments)
    for name, params, columns, stream, text in statements:
        sql = whole(text, fragments, "%s, %s" % (source, name))
        used = {int(n) for n in re.findall(r"\$(\d+)", sql)}
        if used != set(range(1, len(params) + 1)):
            sys.exit("%s: %s has %d parameters and uses %s" % (source, name, len(params), sorted(used)))
        sqlite = for_sqlite(sql)
        theirs = (whole(text, on_postgres(fragments), "%s, %s" % (source, name)) if postgres is None
                  else postgres.get(name))
        members = "".join("    %s%s;\n" % (C_TYPE[t], n) for n, t in params)
        h.append("struct %s_in {\n%s};" % (name, members or "    char none;\n"))
        h.append("extern const struct statement %s_statement;" % name)
        c.append("const struct statement %s_statement = {\n    %s,\n    %s,\n    %s,\n    %d, \"%s\", %s};\n"
                 % (name, c_string(name), c_string(sqlite), c_string(theirs) if theirs else "NULL",
                    len(params), "".join(t[0] for _, t in columns or []), str(stream).lower()))
        values = "".join("        {.kind = VALUE_%s, .%s = in->%s},\n"
                         % (t.upper(), "i" if t == "int" else "t", n) for n, t in params)
        bind = "    const struct value args[] = {\n%s        {0}};\n\n" % values
        unused = "" if params else "    (void)in;\n"
        if len(params) <= ASKED and not stream:
            asked = "struct asked %s_ask(const struct %s_in *in)" % (name, name)
            h.append(asked + ";")
            c.append("%s\n{\n%s    return (struct asked){.statement = &%s_statement, .args = {\n%s    }};\n}\n"
                     % (asked, unused, name, values or "        {0}\n"))
        if columns is None:
            proto = "int %s(struct store *store, const struct %s_in *in, struct err *err)" % (name, name)
            h.append(proto + ";\n")
            c.append("%s\n{\n%s%s    return store_run(store, &%s_statement, args, err);\n}\n"
                     % (proto, bind, unused, name))
            continue
        members = "".join("    %s%s;\n" % (C_TYPE[t], n) for n, t in columns)
        h.append("struct %s_out {\n%s};" % (name, members))
        opens = ("int %s_open(struct store *store, const struct %s_in *in, struct rows *rows, struct err *err)"
                 % (name, name))
        nexts = "int %s_next(struct rows *rows, struct %s_out *out, struct err *err)" % (name, name)
        one = ("int %s_one(struct store *store, const struct %s_in *in, struct %s_out *out, "
               "struct arena *arena, struct err *err)" % (name, name, name))
        keep = "void %s_keep(struct %s_out *out, struct arena *arena)" % (name, name)
        h += [opens + ";", nexts + ";", keep + ";", one + ";", ""]
        c.append("%s\n{\n%s%s    return store_query(store, &%s_statement, args, rows, err);\n}\n"
                 % (opens, bind, unused, name))
        reads = "".join("        out->%s = rows_%s(rows, %d);\n" % (n, t, i) for i, (n, t) in enumerate(columns))
        c.append("%s\n{\n    int rc = rows_next(rows, err);\n\n    if (rc == 1) {\n%s    }\n    return rc;\n}\n"
                 % (nexts, reads))
        keeps = "".join("    out->%s = arena_text(arena, out->%s);\n" % (n, n)
                        for n, t in columns if t != "int")
        c.append("%s\n{\n    (void)out;\n    (void)arena;\n%s}\n" % (keep, keeps))
        c.append("%s\n{\n    struct rows rows;\n    int rc = %s_open(store, in, &rows, err);\n\n"
                 "    if (rc != 0)\n        return rc;\n    rc = %s_next(&rows, out, err);\n"
                 "    if (rc == 1)\n        %s_keep(out, arena);\n    rows_close(&rows);\n    return rc;\n}\n"
                 % (one, name, name, name))
    open(out_h, "w", encoding="utf-8").write("\n".join(h) + "\n")
    open(out_c, "w", encoding="utf-8").write("\n".join(c) + "\n")


if __name__ == "__main__":
    main()
