#!/usr/bin/env python3
"""Makes the table that folds traditional Chinese characters to simplified ones: simplify.py OUT.h

Asks OpenCC (t2s) for every Han character by itself: a search compares characters out of any
context, so the same character must always fold to the same one. Pairs are sorted by the first;
a second is never itself the first of another. The fingerprint changes whenever the table does."""
import ctypes
import sys
import zlib

HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32000))


def convert(characters):
    cc = ctypes.CDLL("libopencc.so")
    cc.opencc_open.restype = ctypes.c_void_p
    cc.opencc_convert_utf8.restype = ctypes.c_void_p
    cc.opencc_convert_utf8.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    context = cc.opencc_open(b"t2s.json")
    if context in (None, ctypes.c_void_p(-1).value):
        sys.exit("OpenCC cannot read t2s.json: is libopencc-data installed?")
    # One a line: no character stands beside another, so none is part of a phrase.
    given = "\n".join(characters).encode()
    made = cc.opencc_convert_utf8(context, given, len(given))
    if not made:
        sys.exit("OpenCC did not convert")
    return ctypes.string_at(made).decode().split("\n")


def main():
    characters = [chr(c) for first, end in HAN for c in range(first, end)]
    pairs = {a: b for a, b in zip(characters, convert(characters)) if a != b and len(b) == 1}
    for a in pairs:
        while pairs[a] in pairs:
            pairs[a] = pairs[pairs[a]]
    if len(pairs) < 2000:
        sys.exit("OpenCC knows only %d traditional characters: something is wrong" % len(pairs))
    rows = "".join("    {0x%x, 0x%x},\n" % (ord(a), ord(b)) for a, b in sorted(pairs.items()))
    with open(sys.argv[1], "w", encoding="utf-8") as f:
        f.write("/* Made by tools/simplify.py from OpenCC's dictionaries (Apache-2.0). */\n"
                "#pragma once\n#include <stdint.h>\n\n#define SIMPLIFIED_FINGERPRINT %d\n"
                "static const uint32_t simplified[][2] = {\n%s};\n"
                % (zlib.crc32(rows.encode()), rows))


main()
