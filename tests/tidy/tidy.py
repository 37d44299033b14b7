#!/usr/bin/env python3
"""tidy.py ROOT: the gates of gates.py on the project's sources; and each gate once on a small tree
in which what it looks for was planted, so that a gate that sees nothing is found out."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import gates  # noqa: E402
import tap  # noqa: E402

ROOT = sys.argv[1]
PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'

# gate, what is planted, the files, a part of what the gate must say
PLANTED = [
    (gates.arrows, "an arrow that runs back", {"src/domain/x.c": '#include "ledger/ledger.h"\n'},
     "domain must not use ledger/ledger.h"),
    (gates.arrows, "a room that nobody knows", {"src/attic/x.c": ""}, "no room attic"),
    (gates.arrows, "another room's statements without its name",
     {"src/office/x.c": '#include "log.sql.h"\n'}, "not of this folder"),
    (gates.arrows, "the web from a command that is not serve",
     {"src/cli/cmd_x.c": '#include "web/server.h"\n'}, "cli must not use web/server.h"),
    (gates.headers, "the database outside the store", {"src/ledger/x.c": "#include <sqlite3.h>\n"},
     "only store/sqlite.c may include <sqlite3.h>"),
    (gates.headers, "a clock outside base/env", {"src/office/x.c": "#include <time.h>\n"},
     "only base/env.c"),
    (gates.length, "a file that is too long", {"src/base/x.c": "int x;\n" * 801}, "801 lines"),
    (gates.formatted, "two spaces too few", {"src/base/x.c": "int f(void)\n{\n  return 1;\n}\n"},
     "src/base/x.c"),
    (gates.banned, "strcpy", {"src/base/x.c": "void f(char *p) { strcpy(p, p); }\n"}, "strcpy"),
    (gates.banned, "a clock", {"src/office/x.c": "long f(void) { return time(0); }\n"}, "time"),
    (gates.sql_apart, "SQL in C", {"src/office/x.c": 'const char *s = "SELECT 1";\n'}, "belongs into"),
    (gates.sql_apart, "a cast that SQLite does not know", {"src/office/x.sql": "SELECT 1::int;\n"}, "no ::"),
    (gates.failures_say, "a sentence that is given as words",
     {"src/base/x.c": 'int f(void) { return err_set(0, IO, text_of("a\\";"), text_of(N_("b"))); }\n'},
     "src/base/x.c:1: err_sentence"),
    (gates.banned, "a sentence of the system", {"src/office/x.c": "char *f(void) { return strerror(1); }\n"},
     "strerror"),
    (gates.built, "a file that is not built",
     {"src/base/x.c": "", "src/base/meson.build": "files('y.c')\n"}, "src/base/x.c"),
    (gates.translations, "a sentence without its Chinese",
     {"src/base/x.c": 'const char *s = N_("Hello {0}.");\n'}, "not translated: Hello {0}."),
    (gates.translations, "a sentence of a page without its Chinese",
     {"src/web/pages/x.html": '{{template x a text}}<p>{{"Hello {0}." a}}</p>{{end}}'},
     "not translated: Hello {0}."),
    (gates.translations, "a sentence in tr() without its Chinese",
     {"src/base/x.c": 'const char *f(void) { return tr(LANG_ZH, "Hello."); }\n'}, "not translated: Hello."),
    (gates.translations, "Chinese that nobody says",
     {"locale/zh_CN/x.po": PO + 'msgid "Gone."\nmsgstr "没了。"\n', "src/base/meson.build": "x.po"},
     "nobody says: Gone."),
    (gates.translations, "a place that the Chinese forgot",
     {"locale/zh_CN/x.po": PO + 'msgid "At {0}."\nmsgstr "在此。"\n', "src/base/meson.build": "x.po",
      "src/base/x.c": 'const char *s = N_("At {0}.");\n'}, "differ: At {0}."),
    (gates.translations, "a catalogue that is not compiled in",
     {"locale/zh_CN/x.po": PO, "src/base/meson.build": ""}, "not compiled in"),
    (gates.fresh, "a page that was not made again",
     {"src/domain/events.def": "event a.b 1 # [x]\n    c text\n",
      "docs/log-format.md": "<!-- kinds: made by tools/events_doc.py -->\nold\n<!-- end of kinds -->\n"},
     "not fresh"),
    (gates.events_kept, "an event's field taken out",
     {"src/domain/events.def": "event a.b 1\n", "tests/tidy/events.txt": "event a.b 1\nevent a.b 1: c text\n"},
     "taken out or changed: event a.b 1: c text"),
    (gates.ours, "a tool's name", {"docs/x.md": "made with cl" + "aude\n"}, "docs/x.md:1"),
]

GATES = [
    (gates.arrows, "includes run along the arrows of the house"),
    (gates.headers, "libraries are included where they belong"),
    (gates.length, "no file is longer than %d lines" % gates.MAX_LINES),
    (gates.formatted, "all C is formatted"),
    (gates.banned, "no function that has a better one"),
    (gates.sql_apart, "SQL stands in .sql files"),
    (gates.failures_say, "failures are said in the reader's language"),
    (gates.built, "every source is built"),
    (gates.translations, "every sentence is translated, and none is left over"),
    (gates.fresh, "what is made by tools is fresh"),
    (gates.events_kept, "kinds and fields of entries are only added"),
    (gates.ours, "no file names what is not of the project"),
]


def holds(gate):
    def test():
        wrong = gate(ROOT)
        tap.check(not wrong, "%d found:\n" % len(wrong) + "\n".join(wrong[:200]))
    return test


def finds(gate, tree, said):
    def test():
        with tempfile.TemporaryDirectory() as root:
            for folder in ("src/base", "tests", "locale/zh_CN"):
                os.makedirs(os.path.join(root, folder))
            subprocess.run(["cp", os.path.join(ROOT, ".clang-format"), root], check=True)
            before = gate(root) if "events_kept" not in gate.__name__ else []
            tap.check(not before, "it finds something in an empty tree:", before)
            for name, text in tree.items():
                path = os.path.join(root, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
            wrong = gate(root)
            tap.check(any(said in line for line in wrong), "it does not see it; it says:", wrong)
    return test


tap.run([(name, holds(gate)) for gate, name in GATES] +
        [("%s finds %s" % (gate.__name__, what), finds(gate, tree, said))
         for gate, what, tree, said in PLANTED])
