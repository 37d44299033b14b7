#!/usr/bin/env python3
"""Runs the suites of a build folder and counts what they say.

    run.py [--list] [--clang FOLDER] BUILD [NAME …]

A suite speaks TAP on standard output (cmocka with CMOCKA_MESSAGE_OUTPUT=tap, tests/tap.py): each
"ok" is one that passed, each "not ok" one that failed, "# SKIP" one that was not run. A suite that
ends badly without saying why (it crashed, a sanitizer stopped it, it took too long) counts as one
failure more; one that ends well without a word as one that passed. The last line is the sum."""
import json
import os
import re
import subprocess
import sys

LINE = re.compile(r"^(not )?ok\b(.*)$")


def count(result, stdout):
    """Passed, failed, skipped and the names of what failed."""
    passed = skipped = 0
    failed = []
    for line in stdout.splitlines():
        match = LINE.match(line)
        # cmocka writes "not ok 7 # SKIP name" for what was skipped.
        if match and "# skip" in match[2].lower():
            skipped += 1
        elif match and match[1]:
            failed.append(match[2].strip())
        elif match:
            passed += 1
    if result != "OK" and not failed:
        failed.append("ended with %s" % result)
    if result == "OK" and not passed and not skipped:
        passed = 1
    return passed, failed, skipped


def tests_of(build):
    text = subprocess.run(["meson", "introspect", "--tests", build], check=True,
                          capture_output=True, text=True).stdout
    return [(t["name"], [s.split(":")[-1] for s in t["suite"]]) for t in json.loads(text)]


def chosen(tests, names):
    """A name is a suite's folder, or a test's own name."""
    out = [t for t, suites in tests if t in names or set(suites) & set(names)]
    unknown = [n for n in names
               if not any(n == t or n in suites for t, suites in tests)]
    if unknown:
        sys.exit("There is no suite %s; script/test --list names them." % ", ".join(unknown))
    return out


def run_suites(build, names):
    log = os.path.join(build, "meson-logs", "testlog.json")
    if os.path.exists(log):
        os.remove(log)
    subprocess.run(["meson", "test", "-C", build, "--no-rebuild", "--num-processes", "2",
                    "--timeout-multiplier", "4"] + names)
    if not os.path.exists(log):
        return [("meson test", 0, ["it did not run"], 0, "")]
    rows = []
    for line in open(log, encoding="utf-8"):
        test = json.loads(line)
        passed, failed, skipped = count(test["result"], test.get("stdout", ""))
        rows.append((test["name"].split(" / ")[-1], passed, failed, skipped,
                     test.get("stdout", "")[-4000:] + test.get("stderr", "")[-4000:]))
    return rows


# Suites with a test that the sanitizers leave no room for: run in the build without them, too.
PLAIN = ["confined"]


def build_clang(folder):
    """The same sources with the other compiler: warnings are errors; only PLAIN is run."""
    env = dict(os.environ, CC="clang-14")
    log = os.path.join(folder, "ninja.log")
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        made = subprocess.run(["meson", "setup", folder, "-Dwerror=true"], env=env,
                              capture_output=True, text=True)
        if made.returncode:
            return ("clang", 0, ["meson setup"], 0, made.stdout[-4000:] + made.stderr)
    made = subprocess.run(["ninja", "-C", folder, "-k", "0"], capture_output=True, text=True)
    with open(log, "w", encoding="utf-8") as out:
        out.write(made.stdout)
    if made.returncode:
        wrong = [l for l in made.stdout.splitlines() if "error:" in l]
        return ("clang", 0, ["the build with clang-14"], 0, "\n".join(wrong[:40]))
    return ("clang", 1, [], 0, "")


def main():
    args, only_list, clang = sys.argv[1:], False, None
    while args and args[0].startswith("--"):
        option = args.pop(0)
        if option == "--list":
            only_list = True
        elif option == "--clang":
            clang = args.pop(0)
        else:
            sys.exit(__doc__)
    build, names = args[0], args[1:]
    tests = tests_of(build)
    if only_list:
        for name, suites in sorted(tests):
            print("%-24s %s" % (name, " ".join(s for s in suites if s != "xiaohao")))
        return 0
    rows = run_suites(build, chosen(tests, names) if names else [])
    if clang:
        rows.append(build_clang(clang))
        if not rows[-1][2]:
            rows += [("%s, plain" % row[0],) + row[1:] for row in run_suites(clang, PLAIN)]
    print()
    for name, passed, failed, skipped, said in rows:
        print("%-28s %6d passed%s%s" % (name, passed, ", %d failed" % len(failed) if failed else "",
                                        ", %d skipped" % skipped if skipped else ""))
        for what in failed[:20]:
            print("    not ok %s" % what)
        if failed:
            print("    | " + said.strip().replace("\n", "\n    | "))
    passed, failed = sum(r[1] for r in rows), sum(len(r[2]) for r in rows)
    skipped = sum(r[3] for r in rows)
    sys.stdout.flush()
    print("%d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
