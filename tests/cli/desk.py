"""desk.py: a desk to work at: a folder of its own, a ledger in it, and the binary to run.

The suites of this folder run `xiaohao` as a user would and look only at what a user can see: exit
statuses, standard output and error, files."""
import html
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

XIAOHAO = os.path.abspath(sys.argv[1])
LANGUAGES = ("C", "zh_CN.UTF-8")
BROKEN = re.compile("Sanitizer|runtime error:|Assertion|core dumped")
CLERK, LIAISON, APPROVER, VERIFIER = "chen", "xia", "lu", "he"
PEOPLE = (  # code, name, role, unit
    (CLERK, "陈雅文", "clerk", ""), (APPROVER, "陆明远", "approver", ""),
    (VERIFIER, "贺之清", "verifier", ""), (LIAISON, "夏长青", "liaison", "城关镇"),
    ("tan", "谭伯予", "leader", ""), ("shen", "沈计", "auditor", ""),
    ("guan", "管理", "administrator", ""), ("bao", "包保", "responsible-leader", "城关镇"))


class Said:
    """What a command said and how it ended."""

    def __init__(self, args, code, out, err):
        self.args, self.code, self.out, self.err = args, code, out, err

    def __str__(self):
        return "%s ended with %s\nout: %s\nerr: %s" % (
            " ".join(self.args), self.code, self.out[:1500], self.err[:1500])

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def json(self):
        return json.loads(self.out)


class Desk:
    def __init__(self, init=True):
        self.kept = tempfile.TemporaryDirectory(prefix="xh-")
        self.home = self.kept.name
        self.ledger = self.path("ledger")
        self.tmp = self.path("tmp")
        os.mkdir(self.tmp)
        if init:
            self.run("init", "--name", "清源市整改台账", ledger=self.place())

    def place(self):
        """What -L names to make the ledger; afterwards its folder leads to it, wherever it is."""
        server = os.environ.get("XIAOHAO_TEST_POSTGRES")
        if not server:
            return self.ledger
        return "%s&options=-csearch_path%%3D%s#%s" % (
            server, re.sub(r"\W", "_", os.path.basename(self.home)).lower(), self.ledger)

    def path(self, *names):
        return os.path.join(self.home, *names)

    def env(self, lang):
        return {"LANG": lang, "PATH": os.environ["PATH"], "TMPDIR": self.tmp,
                **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS")
                   if name in os.environ}}

    def command(self, args, ledger):
        place = ["-L", ledger or self.ledger] if ledger != "" else []
        return [XIAOHAO, *place, *args]

    def start(self, *args, lang="C", **more):
        return subprocess.Popen(self.command(args, None), env=self.env(lang), cwd=self.home,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def run(self, *args, status=0, lang="C", ledger=None, env=None, cwd=None, given="", **more):
        """ledger="": none is named; status=None: any but a crash."""
        got = subprocess.run(self.command(args, ledger), input=given.encode(), capture_output=True,
                             env={**self.env(lang), **(env or {})}, cwd=cwd or self.home,
                             timeout=200, check=False, **more)
        said = Said(args, got.returncode, got.stdout.decode("utf-8"), got.stderr.decode("utf-8"))
        tap.check(not BROKEN.search(said.err) and said.code in (0, 1, 2, 3), said)
        tap.check(status is None or said.code == status, "not", status, "but:", said)
        return said

    def lines(self, *args, **more):
        return self.run(*args, "--json", **more).lines()

    def imports(self, kind, file, *args, status=0, **more):
        """The summary of an import, and the lines before it."""
        lines = self.lines("import", kind, file, *args, status=status, **more)
        return lines[-1], lines[:-1]

    def problems(self, *args, **more):
        return self.lines("list", "problems", *args, **more)

    def numbered(self, **more):
        return {row["number"]: row for row in self.problems(**more)}

    def entries(self):
        return self.run("verify", "--log-only", "--json").json()["entries"]

    def write(self, name, text, encoding="utf-8"):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(text.encode(encoding) if isinstance(text, str) else text)
        return path

    def people(self):
        """Somebody in every role, and two units."""
        for name in ("城关镇", "北山镇"):
            self.run("unit", "add", name)
        for code, name, role, unit in PEOPLE:
            self.run("person", "add", code, "--name", name, "--role", role,
                     *(["--unit", unit] if unit else []))
        self.run("campaign", "add", "ZG", "--name", "整改", "--kind", "finding")

    def tree(self, folder=None):
        """Path and bytes of every file."""
        found = {}
        for where, _, names in os.walk(folder or self.home):
            for name in names:
                path = os.path.join(where, name)
                try:
                    with open(path, "rb") as f:
                        found[os.path.relpath(path, self.home)] = f.read()
                except FileNotFoundError:
                    pass  # a command that still runs has taken it away
        return found


def table(*rows):
    return "\n".join(rows) + "\n"


def workbook(path, rows):
    """A tiny .xlsx, written by hand."""
    def letters(n):
        return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n]
    sheet = "".join(
        '<row r="%d">%s</row>' % (r, "".join(
            '<c r="%s%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>'
            % (letters(c), r, html.escape(cell)) for c, cell in enumerate(row)))
        for r, row in enumerate(rows, 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packaged = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml",
                   '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                   '<Default Extension="rels" ContentType='
                   '"application/vnd.openxmlformats-package.relationships+xml"/>'
                   '<Default Extension="xml" ContentType="application/xml"/></Types>')
        z.writestr("_rels/.rels",
                   '<Relationships xmlns="%s"><Relationship Id="rId1" Type="%s/officeDocument" '
                   'Target="xl/workbook.xml"/></Relationships>' % (packaged, office))
        z.writestr("xl/workbook.xml",
                   '<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="一" sheetId="1" '
                   'r:id="rId1"/></sheets></workbook>' % (main, office))
        z.writestr("xl/_rels/workbook.xml.rels",
                   '<Relationships xmlns="%s"><Relationship Id="rId1" Type="%s/worksheet" '
                   'Target="worksheets/sheet1.xml"/></Relationships>' % (packaged, office))
        z.writestr("xl/worksheets/sheet1.xml",
                   '<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (main, sheet))
    return path


def read_workbook(path):
    """The texts of an .xlsx whose strings stand in the cells, as the product writes them."""
    with zipfile.ZipFile(path) as z:
        xml = z.read("xl/worksheets/sheet1.xml").decode("utf-8")
    rows = []
    for row in re.findall(r"<row [^>]*?>(.*?)</row>", xml, re.S):
        cells = {}
        for place, body in re.findall(r'<c r="([A-Z]+)\d+"[^>]*?(?:/>|>(.*?)</c>)', row, re.S):
            texts = re.findall(r"<t[^>]*>(.*?)</t>|<v>(.*?)</v>", body, re.S)
            n = 0
            for letter in place:
                n = n * 26 + ord(letter) - 64
            cells[n] = html.unescape("".join(a or b for a, b in texts))
        rows.append([cells.get(i, "") for i in range(1, max(cells, default=0) + 1)])
    return rows


def run_all(*functions):
    tap.run([(f.__name__.replace("_", " "), f) for f in functions])
