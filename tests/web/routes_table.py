"""routes_table.py: the rows of matrix.txt and the routes of src/web/routes.def, read."""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
ROUTES, WORDS = "../../src/web/routes.def", "../../src/domain/words.def"
# What a row can name: {code} …
NAMED = ("code", "campaign", "hash", "instruction", "order", "import")


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read()


class Row:
    """A line of matrix.txt; what its cells mean is said there."""

    def __init__(self, line):
        cells = [c.strip() for c in line.split("|")]
        if len(cells) != 5:
            raise ValueError("matrix.txt: not five cells: " + line)
        self.route, asked, self.who, own, self.hidden = cells
        self.method, path = self.route.split()
        target, _, form = asked.partition("<")
        self.target, self.form = target.strip(), form.strip()
        if self.target == "=":
            self.target = path
        self.own = {int(s) for s in own.split()}
        self.names = [n for n in NAMED if "{%s}" % n in self.target + self.form]

    def __str__(self):
        return "%s asked as %s%s" % (self.route, self.target, " < " + self.form if self.form else "")


ROWS = [Row(line) for line in read("matrix.txt").splitlines() if line and line[0] != "#"]


def routes():
    """{"GET /items": who} of routes.def."""
    words = {"ANYBODY": "anybody", "SIGNED_IN": "signed in",
             **{"BIT(ROLE_%s)" % c: w for c, w in
                re.findall(r'ROLE\((\w+), "([\w-]+)"', read(WORDS))}}
    found = re.findall(r'^ROUTE\((\w+), "([^"]+)", \w+, (.+?), TOKEN_\w+(?: \| TOKEN_\w+)*,',
                       read(ROUTES), re.M)
    return {"%s %s" % (m, p): sorted(words.get(w.strip(), w.strip()) for w in who.split("|")
                                     if w.strip() not in ("PRIMARY_ONLY", "NO_LEDGER"))
            for m, p, who in found}
