#!/usr/bin/env python3
"""Turns a page's HTML into typed C that escapes: pages.py OUT.h OUT.c FILE.html

A file holds records and templates:

    {{record row code text, due text, late bool}}
    {{template list title text, rows list:row, more text}}
    <h1>{{title}}</h1>
    {{for r in rows}}<a href="/items/{{r.code|url}}">{{r.code}}</a>{{if r.late}}!{{end}}{{end}}
    {{if more}}<a href="{{more|link}}">{{"Further rows"}}</a>{{else}}{{"That is all, {0}." title}}{{end}}
    {{end}}

A template is a record and a function: `struct page_list`, `void page_list(out, lang, page)`. Types are
text, int, bool, html (HTML that code of ours made), a record's name (a pointer) and list:record.

    {{x}}          text with & < > " ' escaped, or a number
    {{x|url}}      percent-encoded, for a piece of a path or a query
    {{x|link}}     an address of this site; anything that does not begin with one slash becomes "#"
    {{x|lines}}    escaped, line breaks kept as <br>
    {{x|raw}}      html as it is
    {{"Sentence"}} in the reader's language; behind it the values of its {0} {1} …
    {{if x}} {{if not x}} {{if x = "word"}} {{else}} {{end}}, {{for r in rows}} {{end}}
    {{call name x}} another template on a record of its own type
    {{# a comment}}

The build fails when a value stands in a tag outside double quotes, when an href, src or action
begins with a value that is no |link, and when a name or a type is wrong. `{{use "layout.html"}}`
names another file of the folder whose records and templates this one uses."""
import os
import re
import sys

TOKEN = re.compile(r"\{\{(.*?)\}\}", re.S)
C_TYPE = {"text": "struct text ", "int": "int64_t ", "bool": "bool ", "html": "struct text "}


class Wrong(Exception):
    pass


def c_string(s):
    out = s.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"%s"' % re.sub(r"\?\?", r"?\\?", out)


def parse_fields(words, where):
    out = {}
    for part in filter(None, (p.strip() for p in words.split(","))):
        pair = part.split()
        if len(pair) != 2:
            raise Wrong("%s: '%s' is not 'name type'" % (where, part))
        out[pair[0]] = pair[1]
    return out


class Tags:
    """Where in HTML the static text has come to: outside a tag, in one, in a quoted value."""

    def __init__(self):
        self.tag = self.quote = False
        self.word = self.name = self.value = ""

    def feed(self, text):
        for ch in text:
            if self.quote:
                self.quote = ch != '"'
                self.value += ch
            elif not self.tag:
                self.tag, self.word = ch == "<", ""
            elif ch == '"':
                self.quote, self.value = True, ""
            elif ch == "=":
                self.name = self.word
            elif ch == ">":
                self.tag = False
            else:
                self.word = "" if ch.isspace() else self.word + ch

    def check(self, how, where):
        if self.tag and not self.quote:
            raise Wrong("%s: a value in a tag stands within double quotes" % where)
        if self.quote and self.name in ("href", "src", "action", "formaction") and self.value == "" \
                and how != "link":
            raise Wrong("%s: an address that begins with a value wants |link" % where)
        if self.quote:
            self.value += "x"
        if how in ("raw", "lines") and self.tag:
            raise Wrong("%s: no |%s within a tag" % (where, how))


def read(path):
    """[(kind, name, fields, tokens)]; a token is ("text", s, line) or ("do", s, line)."""
    source = open(path, encoding="utf-8").read()
    source = re.sub(r"\{\{#.*?\}\}", lambda m: "\n" * m[0].count("\n") + "{{#}}", source, flags=re.S)
    tokens, at = [], 0
    for match in TOKEN.finditer(source):
        if match.start() > at:
            tokens.append(("text", source[at:match.start()], source.count("\n", 0, at) + 1))
        tokens.append(("do", match[1].strip(), source.count("\n", 0, match.start()) + 1))
        at = match.end()
    tokens.append(("text", source[at:], source.count("\n", 0, at) + 1))
    parts, depth, current = [], 0, None
    for kind, what, line in tokens:
        where = "%s:%d" % (path, line)
        word = what.split()[0] if kind == "do" and what.split() else ""
        if kind == "do" and word == "use":
            parts.append(("use", what.split('"')[1], {}, []))
            continue
        if kind == "do" and word in ("record", "template"):
            head = re.match(r"(record|template)\s+(\w+)\s*(.*)$", what, re.S)
            if head is None or current is not None:
                raise Wrong("%s: a record or template wants a name, and stands in no other" % where)
            part = (word, head[2], parse_fields(head[3], where), [])
            parts.append(part)
            if word == "template":
                current, depth = part, 0
            continue
        if current is None:
            if kind == "text" and what.strip() or kind == "do" and what != "#":
                raise Wrong("%s: '%s' stands outside a template" % (where, what.strip()[:40]))
            continue
        if kind == "do":
            if word in ("if", "for"):
                depth += 1
            elif word == "end":
                if depth == 0:
                    current = None
                    continue
                depth -= 1
        current[3].append((kind, what, line))
    if current is not None:
        raise Wrong("%s: template %s has no end" % (path, current[1]))
    return parts


def squeeze(text):
    """White space at the beginning of lines is for whoever reads the source."""
    return re.sub(r"\n[ \t\n]*", "\n", text)


class Maker:
    def __init__(self, path, records):
        self.path, self.records, self.out, self.level = path, records, [], 1

    def line(self, s):
        self.out.append("    " * self.level + s)

    def resolve(self, expr, scope, where):
        """The C of a name, and its type."""
        kind, code = None, None
        for i, name in enumerate(expr.split(".")):
            if i == 0 and name in scope:
                code, kind = scope[name]
                continue
            fields = self.records.get(kind if i else scope[""][1])
            if fields is None or name not in fields:
                raise Wrong("%s: there is no %s" % (where, expr))
            code = "%s->%s" % (code if i else scope[""][0], name)
            kind = fields[name]
        return code, kind

    def as_text(self, expr, scope, where):
        code, kind = self.resolve(expr, scope, where)
        if kind == "text":
            return code
        if kind == "int":
            return "html_number(&(char[24]){0}, %s)" % code
        raise Wrong("%s: %s is a %s, no text or int" % (where, expr, kind))

    def condition(self, words, scope, where):
        negate = words[:1] == ["not"]
        words = words[1:] if negate else words
        code, kind = self.resolve(words[0], scope, where)
        if len(words) == 3 and words[1] == "=" and kind == "text":
            test = "text_eq(%s, T(%s))" % (code, c_string(words[2].strip('"')))
        elif len(words) != 1:
            raise Wrong("%s: an if takes x, not x, or x = \"word\"" % where)
        elif kind in ("text", "html"):
            test = "%s.n > 0" % code
        elif kind in ("int", "bool"):
            test = "%s != 0" % code if kind == "int" else code
        elif kind.startswith("list:"):
            test = "%s_count > 0" % code
        else:
            test = "%s != NULL" % code
        return ("!(%s)" if negate else "%s") % test

    def value(self, what, scope, tags, where):
        expr, _, how = what.partition("|")
        expr, how = expr.strip(), how.strip()
        tags.check(how, where)
        code, kind = self.resolve(expr, scope, where)
        if how == "raw" and kind == "html":
            self.line("buf_text(out, %s);" % code)
        elif kind == "int" and how == "":
            self.line("buf_int(out, %s);" % code)
        elif kind == "text" and how in ("", "url", "link", "lines"):
            self.line("html_%s(out, %s);" % (how or "text", code))
        else:
            raise Wrong("%s: {{%s}} of type %s cannot be said so" % (where, what, kind))

    def template(self, name, tokens):
        scope, stack, tags = {"": ("page", name)}, [], Tags()
        static = ""

        def flush():
            nonlocal static
            text = squeeze(static)
            if text:
                self.line("buf_bytes(out, %s, %d);" % (c_string(text), len(text.encode())))
            static = ""
        for kind, what, number in tokens:
            where = "%s:%d" % (self.path, number)
            if kind == "text":
                static += what
                tags.feed(what)
                continue
            if what == "#":
                continue
            words = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', what)
            flush()
            if words[0] == "if":
                self.line("if (%s) {" % self.condition(words[1:], scope, where))
                stack.append(("if", None, (tags.tag, tags.quote)))
                self.level += 1
            elif words[0] == "else":
                if not stack or stack[-1][0] != "if":
                    raise Wrong("%s: else without if" % where)
                self.level -= 1
                self.line("} else {")
                self.level += 1
                tags.tag, tags.quote = stack[-1][2]
            elif words[0] == "for":
                if len(words) != 4 or words[2] != "in":
                    raise Wrong("%s: for x in rows" % where)
                code, of = self.resolve(words[3], scope, where)
                if not of.startswith("list:"):
                    raise Wrong("%s: %s is no list" % (where, words[3]))
                record, index = of[5:], "i%d" % len(stack)
                self.line("for (size_t %s = 0; %s < %s_count; %s++) {" % (index, index, code, index))
                self.level += 1
                self.line("const struct page_%s *%s = &%s[%s];" % (record, words[1], code, index))
                self.line("(void)%s;" % words[1])
                stack.append(("for", (words[1], scope.get(words[1])), None))
                scope[words[1]] = (words[1], record)
            elif words[0] == "end":
                was = stack.pop()
                if was[0] == "for":
                    if was[1][1]:
                        scope[was[1][0]] = was[1][1]
                    else:
                        del scope[was[1][0]]
                self.level -= 1
                self.line("}")
            elif words[0] == "call":
                code, of = self.resolve(words[2], scope, where)
                if of != words[1] or (of, "template") not in self.records:
                    raise Wrong("%s: %s is no template for a %s" % (where, words[1], of))
                self.line("page_%s(out, lang, %s);" % (of, code))
            elif words[0].startswith('"'):
                tags.check("", where)
                sentence = words[0]
                given = [self.as_text(w, scope, where) for w in words[1:]]
                if given:
                    self.line("html_say(out, lang, %s, (struct text[]){%s}, %d);"
                              % (sentence, ", ".join(given), len(given)))
                else:
                    self.line("html_tr(out, lang, %s);" % sentence)
            else:
                self.value(what, scope, tags, where)
        flush()


def main():
    out_h, out_c, source = sys.argv[1:]
    parts = read(source)
    folder = os.path.dirname(source)
    others = [os.path.join(folder, name) for kind, name, _, _ in parts if kind == "use"]
    parts = [part for part in parts if part[0] != "use"]
    records = {}
    for path in others + [source]:
        for kind, name, fields, _ in read(path):
            records[name] = fields
            if kind == "template":
                records[(name, "template")] = True
    for kind, name, fields, _ in parts:
        for field, of in fields.items():
            if of not in C_TYPE and (of[5:] if of.startswith("list:") else of) not in records:
                raise Wrong("%s: %s.%s has no known type: %s" % (source, name, field, of))
    h = ["/* Made by tools/pages.py from %s. */" % os.path.basename(source), "#pragma once",
         '#include "web/html.h"']
    h += ['#include "web/pages/%s.h"' % os.path.basename(p) for p in others] + [""]
    c = ['#include "%s"' % os.path.basename(out_h), "",
         "/* A page's piece is as long as it is. */",
         '#pragma GCC diagnostic ignored "-Woverlength-strings"', ""]
    for kind, name, fields, tokens in parts:
        members = []
        for field, of in fields.items():
            if of.startswith("list:"):
                members += ["const struct page_%s *%s;" % (of[5:], field), "size_t %s_count;" % field]
            elif of in C_TYPE:
                members.append("%s%s;" % (C_TYPE[of], field))
            else:
                members.append("const struct page_%s *%s;" % (of, field))
        h.append("struct page_%s {\n%s\n};" % (name, "\n".join("    " + m for m in members or ["char none;"])))
        if kind == "template":
            proto = "void page_%s(struct buf *out, enum lang lang, const struct page_%s *page)" % (name, name)
            h += [proto + ";", ""]
            made = Maker(source, records)
            made.template(name, tokens)
            c.append("%s\n{\n    (void)lang;\n    (void)page;\n%s\n}\n" % (proto, "\n".join(made.out)))
    open(out_h, "w", encoding="utf-8").write("\n".join(h) + "\n")
    open(out_c, "w", encoding="utf-8").write("\n".join(c) + "\n")


try:
    main()
except Wrong as wrong:
    sys.exit(str(wrong))
