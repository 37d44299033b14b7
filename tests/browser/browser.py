#!/usr/bin/env python3
"""Each role's day in a browser: browser.py XIAOHAO

Makes the sample ledger, serves it, and hands over to walk.js, which speaks TAP. ONLY chooses tests by
a part of their name, as everywhere."""
import atexit
import glob
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.join(HERE, "..", "..", "samples")
sys.path.insert(0, os.path.join(HERE, "..", "web"))
import served  # noqa: E402
from served import desk, tap  # noqa: E402
import npm  # noqa: E402  beside tap.py, which served finds

CAMPAIGNS = (("XC2026", "县委专项巡察整改", "finding", "rectification.xlsx"),
             ("AQ2026", "安全生产隐患排查", "hazard", "hazards.xlsx"))


def accounts():
    with open(os.path.join(SAMPLES, "accounts.txt"), encoding="utf-8") as f:
        rows = [line.split() for line in f if line.strip() and not line.startswith("#")]
    # A second liaison of the liaison's unit, whose sessions drafts.js may end.
    return {**{role: chinese for role, chinese, _ in rows}, "colleague": "zhong.xiulan"}


def sample_ledger():
    office = desk.Desk()
    for kind in ("units", "people"):
        office.run("import", kind, os.path.join(SAMPLES, kind + ".xlsx"))
    for code, name, kind, file in CAMPAIGNS:
        office.run("campaign", "add", code, "--name", name, "--kind", kind)
        office.run("import", "findings", os.path.join(SAMPLES, file), "--campaign", code)
    for person in accounts().values():
        office.run("passwd", person, given=served.PASSWORD)
    return office


def string(lines):
    return json.loads('"%s"' % "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', lines)))


def catalogue():
    """All sentences, as pairs of English and Chinese."""
    pairs = []
    for path in sorted(glob.glob(os.path.join(HERE, "..", "..", "locale", "zh_CN", "*.po"))):
        with open(path, encoding="utf-8") as f:
            for english, chinese in re.findall(
                    r'^msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|$))+)', f.read(), re.M):
                if string(english):
                    pairs.append((string(english), string(chinese)))
    return pairs


def main():
    folder = os.environ.get("BROWSER_FOLDER", "/tmp/xh-browser")
    screens = os.environ.get("SCREENS", os.path.join(folder, "screens"))
    there = npm.modules(HERE, os.path.join(folder, "modules"))
    os.makedirs(screens, exist_ok=True)
    for old in glob.glob(os.path.join(screens, "*.png")):
        os.unlink(old)
    office = sample_ledger()
    house = served.Served(office)
    with open(office.path("plan.json"), "w", encoding="utf-8") as f:
        json.dump({"base": "http://127.0.0.1:%d" % house.port, "password": served.PASSWORD,
                   "people": accounts(), "catalogue": catalogue(), "screens": screens,
                   "workbook": os.path.join(SAMPLES, "hazards.xlsx"),
                   "xiaohao": [desk.XIAOHAO, "-L", office.ledger]}, f)
    env = {**os.environ, "NODE_PATH": os.path.join(there, "node_modules")}
    walk = subprocess.Popen(["node", os.path.join(HERE, "walk.js"), office.path("plan.json")], env=env)
    atexit.register(walk.kill)
    status = walk.wait()
    house.stop()
    sys.exit(status)


main()
