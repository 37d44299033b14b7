#!/usr/bin/env python3
"""Merges one language's .po files and embeds the compiled catalogue: catalog.py OUT.h A.po B.po …

gettext's own tools do the work (msgcat, msgfmt); this only puts the bytes into a C header."""
import subprocess
import sys
import tempfile

out, sources = sys.argv[1], sys.argv[2:]
with tempfile.NamedTemporaryFile(suffix=".po") as merged, tempfile.NamedTemporaryFile() as mo:
    subprocess.run(["msgcat", "--use-first", "-o", merged.name, *sources], check=True)
    subprocess.run(["msgfmt", "--check", "--no-hash", "-o", mo.name, merged.name], check=True)
    data = open(mo.name, "rb").read()
name = "catalog_zh"
rows = [", ".join(map(str, data[i:i + 24])) for i in range(0, len(data), 24)]
with open(out, "w") as f:
    f.write("/* Made by tools/catalog.py from locale/. */\n")
    f.write("static const _Alignas(8) unsigned char %s[] = {\n%s};\n" % (name, ",\n".join(rows)))
