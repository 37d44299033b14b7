"""gates.py: what the sources must hold, gate by gate. Each is a function of a folder that has the
project's layout; it returns one line for each thing that is wrong. tidy.py runs them."""
import glob
import os
import re
import subprocess
import tempfile

# --- the table of the house (DESIGN.md, "The house") ---------------------------------------------

# A room may include what is named here, and itself.
ARROWS = {
    "base": [],
    "domain": ["base"],
    "store": ["base"],
    "formats": ["base"],
    "net": ["base"],
    "ledger": ["base", "domain", "store"],
    "exchange": ["base", "domain", "store", "ledger", "net"],
    "office": ["base", "domain", "store", "ledger", "formats", "net"],
    # The command line and the pages say what the office did in the words of domain and ledger:
    # outcomes, verdicts, viewers. They ask no statement of their own but those beside them.
    "cli": ["base", "domain", "store", "ledger", "office", "exchange"],
    "web": ["base", "domain", "store", "ledger", "office", "exchange"],
}
# Files that may do what their room may not.
ARROWS_ALSO = {"cli/cmd_serve.c": ["web"]}

# Who may include a library's header; a folder stands for all in it. Headers of the C library and
# of POSIX that are not named here are free.
HEADERS = {
    "sqlite3.h": ["store/sqlite.c"],
    "libpq-fe.h": ["store/postgres.c", "store/postgres_link.c"],
    "microhttpd.h": ["web/server.c"],
    "openssl/": ["base/sha256.c", "net/jwt.c", "office/signin/totp.c"],
    "sodium.h": ["ledger/note.c", "ledger/seal.c", "office/password.c", "office/signin/",
                "net/"],
    "seccomp.h": ["base/confined.c"],
    "jpeglib.h": ["formats/picture_child.c"],
    "png.h": ["formats/picture_child.c"],
    "webp/": ["formats/picture_child.c"],
    "libexif/": ["formats/picture_facts.c"],
    "qrencode.h": ["formats/qr.c"],
    "zip.h": ["formats/"],
    "expat.h": ["formats/"],
    "freexl.h": ["formats/"],
    "xlsxwriter.h": ["formats/"],
    "uchardet/": ["formats/"],
    "iconv.h": ["formats/"],
    "jansson.h": ["formats/", "office/", "net/", "ledger/place.c"],
    "curl/": ["net/"],
    "ldap.h": ["net/"],
    "time.h": ["base/env.c"],
    "sys/time.h": ["base/env.c"],
    "sys/random.h": ["base/env.c"],
}

# Functions that have a better one: why.
BANNED = {
    "strcpy": "no length", "strcat": "no length", "stpcpy": "no length", "sprintf": "no length",
    "vsprintf": "no length", "gets": "no length", "strtok": "hidden state",
    "localtime": "the ledger has its own zone", "gmtime": "hidden state", "ctime": "hidden state",
    "atoi": "no errors", "atol": "no errors", "atoll": "no errors", "rand": "base/env",
    "srand": "base/env", "random": "base/env", "system": "no shell", "popen": "no shell",
    "tmpnam": "a race", "tempnam": "a race", "mktemp": "a race", "alloca": "no limit",
    "setlocale": "the whole process", "strerror_l": "err_errno",
    "strerror": "err_errno", "strerror_r": "err_errno", "clock_gettime": "base/env",
    "gettimeofday": "base/env", "getrandom": "base/env", "getentropy": "base/env",
    "randombytes_buf": "base/env", "time": "base/env",
}
BANNED_ALSO = {"base/env.c": ["clock_gettime", "getrandom"], "base/err.c": ["strerror_r"]}

MAX_LINES = 800

# Names that have no place in the project, in halves, so that this file may stand among the others.
NOT_OURS = ["cl" + "aude", "anth" + "ropic", "chat" + "gpt", "open" + "ai", "co" + "pilot",
            "/wo" + "rk/", "language mo" + "del", r"\bthis ses" + "sion", r"\bl" + r"lm\b",
            "co-auth" + "ored-by", "/tmp/comm" + "on"]


# --- reading ---------------------------------------------------------------------------------------

def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def files(root, folder, *endings):
    out = []
    for base, folders, names in os.walk(os.path.join(root, folder)):
        folders.sort()
        out += [os.path.join(base, n) for n in sorted(names) if n.endswith(endings)]
    return out


def bare(source):
    """C without comments and without what stands in strings and characters."""
    def blank(match):
        text = match[0]
        if text[0] == '"' or text[0] == "'":
            return text[0] * 2
        return re.sub(r"[^\n]", " ", text)
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, source,
                  flags=re.S)


def includes(path):
    for number, line in enumerate(read(path).split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match[1] == "<", match[2]


# --- gates -----------------------------------------------------------------------------------------

def arrows(root):
    wrong = []
    src = os.path.join(root, "src")
    for path in files(root, "src", ".c", ".h"):
        name = os.path.relpath(path, src)
        room = name.split("/")[0]
        if room not in ARROWS:
            wrong.append("src/%s: there is no room %s in the table of tests/tidy/gates.py" % (name, room))
            continue
        allowed = [room] + ARROWS[room] + ARROWS_ALSO.get(name, [])
        for number, system, what in includes(path):
            if system:
                continue
            if "/" not in what:
                        # What the build makes stands beside its source.
                sql = what[:-2] if what.endswith(".sql.h") else None
                if sql and not os.path.exists(os.path.join(os.path.dirname(path), sql)):
                    wrong.append("src/%s:%d: %s is not of this folder; name it with its folder"
                                 % (name, number, what))
                continue
            if what.split("/")[0] not in allowed:
                wrong.append("src/%s:%d: %s must not use %s" % (name, number, room, what))
    return wrong


def headers(root):
    wrong = []
    src = os.path.join(root, "src")
    for path in files(root, "src", ".c", ".h"):
        name = os.path.relpath(path, src)
        for number, system, what in includes(path):
            for header, homes in HEADERS.items():
                fits = what.startswith(header) if header.endswith("/") else what == header
                if system and fits and not any(name == h or h.endswith("/") and name.startswith(h)
                                               for h in homes):
                    wrong.append("src/%s:%d: only %s may include <%s>"
                                 % (name, number, ", ".join(homes), what))
    return wrong


def length(root):
    wrong = []
    for folder in ("src", "tests", "tools", "verifier"):
        for path in files(root, folder, ".c", ".h", ".py", ".sql", ".def", ".html", ".js"):
            lines = read(path).count("\n")
            if lines > MAX_LINES:
                wrong.append("%s has %d lines; at most %d"
                             % (os.path.relpath(path, root), lines, MAX_LINES))
    return wrong


def formatted(root):
    paths = files(root, "src", ".c", ".h") + files(root, "tests", ".c", ".h")
    if not paths:
        return []
    made = subprocess.run(["clang-format-14", "--dry-run", "--style=file"] + paths,
                          capture_output=True, text=True)
    wrong = sorted({line.split(":")[0] for line in made.stderr.split("\n") if "warning:" in line})
    if made.returncode and not wrong:
        return [made.stderr.strip()]
    return ["%s: run clang-format-14 -i on it" % os.path.relpath(p, root) for p in wrong]


def banned(root):
    wrong = []
    src = os.path.join(root, "src")
    call = re.compile(r"(?<![\w>.])(%s)\s*\(" % "|".join(BANNED))
    for path in files(root, "src", ".c", ".h", ".def"):
        name = os.path.relpath(path, src)
        for number, line in enumerate(bare(read(path)).split("\n"), 1):
            for match in call.finditer(line):
                if match[1] not in BANNED_ALSO.get(name, []):
                    wrong.append("src/%s:%d: %s (%s)" % (name, number, match[1], BANNED[match[1]]))
    return wrong


def sql_apart(root):
    """SQL stands in .sql files, in words that both stores take."""
    wrong = []
    src = os.path.join(root, "src")
    for path in files(root, "src", ".c", ".h"):
        name = os.path.relpath(path, src)
        if name.startswith("store/"):
            continue
        for number, line in enumerate(read(path).split("\n"), 1):
            if re.search(r'"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|PRAGMA)\s', line):
                wrong.append("src/%s:%d: SQL belongs into a .sql file" % (name, number))
    for path in files(root, "src", ".sql"):
        sqlite_only = path.endswith(".sqlite.sql")
        for number, line in enumerate(read(path).split("\n"), 1):
            line = line.split("--")[0]
            if "::" in line or re.search(r"\?\d", line):
                wrong.append("%s:%d: no :: and no ?N" % (os.path.relpath(path, root), number))
            if not sqlite_only and re.search(r"\bOR (REPLACE|IGNORE)\b|\browid\b|\bIFNULL\b|\bGLOB\b",
                                             line, re.I):
                wrong.append("%s:%d: PostgreSQL does not know that"
                             % (os.path.relpath(path, root), number))
    return wrong


def failures_say(root):
    """In a failure a sentence of ours is marked as one; what is text is said as it is."""
    wrong = []
    for path in files(root, "src", ".c", ".h"):
        source = read(path)
        for match in re.finditer(r'\berr_set\((?:[^;"]|"(?:\\.|[^"\\])*")*;', source):
            if re.search(r"\btext_of\(\s*(N_|tr)\(", match[0]):
                wrong.append("%s:%d: err_sentence(N_(…)), not text_of: it would stay English"
                             % (os.path.relpath(path, root), source.count("\n", 0, match.start()) + 1))
    return wrong


def built(root):
    """A .c that no meson.build names is dead."""
    names = "\n".join(read(p) for p in files(root, "src", "meson.build"))
    return ["%s is in no meson.build" % os.path.relpath(p, root) for p in files(root, "src", ".c")
            if not re.search(r"'%s'" % re.escape(os.path.basename(p)), names)]


def po_entries(text):
    """{English: Chinese} of a .po."""
    out, key, which = {}, None, None
    texts = {"msgid": "", "msgstr": ""}

    def close():
        if which == "msgstr":
            out[texts["msgid"]] = texts["msgstr"]
    for line in text.split("\n"):
        match = re.match(r'(msgid|msgstr)?\s*"(.*)"$', line)
        if not match:
            continue
        if match[1] == "msgid":
            close()
            texts = {"msgid": "", "msgstr": ""}
        which = match[1] or which
        texts[which] += match[2]
    close()
    out.pop("", None)
    return out


def translations(root):
    """Every sentence for a person has its Chinese, with the same places, and none is left over."""
    sources = files(root, "src", ".c", ".h", ".def")
    pages = files(root, "src", ".html")
    catalogues = sorted(glob.glob(os.path.join(root, "locale", "zh_CN", "*.po")))
    wrong = []
    listed = read(os.path.join(root, "src/base/meson.build")) if catalogues else ""
    for path in catalogues:
        if os.path.basename(path) not in listed:
            wrong.append("%s is not compiled in: name it in src/base/meson.build"
                         % os.path.relpath(path, root))
        made = subprocess.run(["msgfmt", "--check", "-o", "/dev/null", path], capture_output=True,
                              text=True)
        if made.returncode:
            wrong.append(made.stderr.strip())
    with tempfile.TemporaryDirectory() as folder:
        pot = os.path.join(folder, "all.pot")
        listing = os.path.join(folder, "files")
        # What stands in pages as {{"Sentence" …}} is said as if it were C.
        said_in_pages = os.path.join(folder, "pages.c")
        with open(said_in_pages, "w", encoding="utf-8") as f:
            for page in pages:
                for sentence in re.findall(r'\{\{\s*("(?:[^"\\]|\\.)*")', read(page)):
                    f.write("N_(%s)\n" % sentence)
        with open(listing, "w", encoding="utf-8") as f:
            f.write("\n".join(sources + [said_in_pages]) + "\n")
        subprocess.run(["xgettext", "--from-code=UTF-8", "-LC", "-k", "-kN_", "-ktr:2", "--no-wrap",
                        "--force-po", "-o", pot, "-f", listing], check=True,
                       capture_output=True)
        said = po_entries(read(pot))
    known = {}
    if catalogues:
        known = po_entries(subprocess.run(["msgcat", "--no-wrap", "--use-first"] + catalogues,
                                          check=True, capture_output=True, text=True).stdout)
    for sentence in said:
        if not known.get(sentence):
            wrong.append("not translated: " + sentence)
        elif sorted(re.findall(r"\{\d\}", sentence)) != sorted(re.findall(r"\{\d\}", known[sentence])):
            wrong.append("the places {0} … differ: " + sentence)
        elif sentence.endswith("\\n") != known[sentence].endswith("\\n"):
            wrong.append("one ends in a newline, the other not: " + sentence)
    wrong += ["nobody says: " + sentence for sentence in known if sentence not in said]
    return wrong


def fresh(root):
    """What is made by a tool and committed is what the tool makes."""
    wrong = []
    source = os.path.join(root, "src/domain/events.def")
    page = os.path.join(root, "docs/log-format.md")
    tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/events_doc.py")
    if os.path.exists(source) and os.path.exists(page):
        made = subprocess.run(["python3", tool, "--check", source, page], capture_output=True, text=True)
        if made.returncode:
            wrong.append((made.stderr or made.stdout).strip())
    return wrong


def event_lines(root):
    out, current = [], ""
    for line in read(os.path.join(root, "src/domain/events.def")).split("\n"):
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] in ("record", "event"):
            current = " ".join(words)
            out.append(current)
        else:
            out.append("%s: %s" % (current, " ".join(words)))
    return out


def events_kept(root):
    """Logs hold the kinds and fields of events.def for ever: they are added, never changed."""
    kept = read(os.path.join(root, "tests/tidy/events.txt")).split("\n")
    kept = [line for line in kept if line and not line.startswith("#")]
    now = event_lines(root)
    return (["taken out or changed: " + line for line in kept if line not in now] +
            ["new: write it into tests/tidy/events.txt: " + line for line in now if line not in kept])


def ours(root):
    made = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                          capture_output=True, text=True)
    names = made.stdout.split("\n") if made.returncode == 0 else [
        os.path.relpath(p, root) for p in files(root, ".", "")]
    wrong = []
    pattern = re.compile("|".join(NOT_OURS), re.I)
    for name in names:
        path = os.path.join(root, name)
        if not os.path.isfile(path) or os.path.getsize(path) > 1 << 20:
            continue
        try:
            text = read(path)
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            match = pattern.search(line)
            if match:
                wrong.append("%s:%d: “%s”" % (name, number, match[0]))
    return wrong
