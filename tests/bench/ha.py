"""How long a cluster does not serve after each fault of tests/cluster/faults.py. A fault that loses
something that was acknowledged ends the benchmark."""
import os
import sys

from common import ROOT, here, line, say

sys.path[:0] = [os.path.join(ROOT, "tests"), os.path.join(ROOT, "tests/cluster")]
import drill  # noqa: E402
import faults  # noqa: E402
import tap  # noqa: E402
from cluster import Broken  # noqa: E402

DISK = 400  # MiB: a database, its log, and what programs write in some minutes


def ha():
    """a primary lost in every way, with programs at work"""
    chosen = [faults.connections_dropped, faults.primary_killed, faults.standby_paused,
              faults.primary_paused, faults.standby_behind, faults.primary_cut_off]
    small = {}
    if faults.can_mount():
        chosen.append(faults.disk_full)
        small = {"disk": DISK}
    else:
        say("  no full disk: only root may give a database a disk of its own")
    try:
        said = drill.primary_lost(os.path.join(here.build, "xiaohao"), *(chosen[:2] if here.quick else chosen), **small)
    except (Broken, tap.Failure) as why:
        sys.exit(str(why))
    for what, seconds in said:
        line("ha", what, "%.1f s" % seconds, "%d s" % drill.BACK, seconds / drill.BACK, "≤ 1")
