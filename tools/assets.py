#!/usr/bin/env python3
"""Embeds the pages' assets: assets.py OUT.h FILE … → a table of name, type, bytes and hash."""
import hashlib
import os
import sys

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json"}
out, rows = ["/* Made by tools/assets.py. */", "#include <stddef.h>"], []
for number, path in enumerate(sys.argv[2:]):
    data = open(path, "rb").read()
    lines = [", ".join(map(str, data[i:i + 24])) for i in range(0, len(data), 24)]
    out.append("static const unsigned char asset_%d[] = {\n%s};" % (number, ",\n".join(lines)))
    rows.append('    {"%s", "%s", "%s", asset_%d, sizeof asset_%d},'
                % (os.path.basename(path), TYPES[os.path.splitext(path)[1]],
                   hashlib.sha256(data).hexdigest()[:16], number, number))
out.append("static const struct asset {\n    const char *name, *type, *hash;\n"
           "    const unsigned char *bytes;\n    size_t size;\n} assets[] = {\n%s\n};" % "\n".join(rows))
open(sys.argv[1], "w", encoding="utf-8").write("\n".join(out) + "\n")
