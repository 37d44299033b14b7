"""tap.py: the little that a test written in Python needs.

A test is a function; `check` inside it says what must hold. `run` calls each, prints one TAP line
for each, and ends with status 1 when one failed. A test may raise Skip to say why it cannot run."""
import os
import sys
import traceback


class Skip(Exception):
    pass


class Failure(Exception):
    pass


def check(condition, *what):
    if not condition:
        raise Failure(" ".join(str(w) for w in what) or "it does not hold")


def run(tests):
    """tests: pairs of a name and a function without arguments."""
    # The tests are grown one by one, also by generators.
    number = failed = 0
    only = os.environ.get("ONLY", "")
    for name, function in tests:
        if only not in name:
            continue
        number += 1
        try:
            function()
            print("ok %d - %s" % (number, name))
        except Skip as why:
            print("ok %d - %s # SKIP %s" % (number, name, why))
        except Failure as why:
            failed += 1
            print("not ok %d - %s" % (number, name))
            print("# " + str(why).replace("\n", "\n# "))
        except Exception:  # a test that breaks has failed; the others go on
            failed += 1
            print("not ok %d - %s" % (number, name))
            print("# " + traceback.format_exc().replace("\n", "\n# "))
        sys.stdout.flush()
    print("1..%d" % number)
    sys.exit(1 if failed else 0)
