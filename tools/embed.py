#!/usr/bin/env python3
"""Embeds text files as NUL-terminated C arrays: embed.py OUT.h NAME=FILE …"""
import sys

out = ["/* Made by tools/embed.py. */"]
for pair in sys.argv[2:]:
    name, path = pair.split("=", 1)
    data = open(path, "rb").read() + b"\0"
    rows = [", ".join(map(str, data[i:i + 24])) for i in range(0, len(data), 24)]
    out.append("/* %s */\nstatic const char %s[] = {\n%s};" % (path.split("/")[-1], name, ",\n".join(rows)))
open(sys.argv[1], "w", encoding="utf-8").write("\n".join(out) + "\n")
