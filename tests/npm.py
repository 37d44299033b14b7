"""npm.py: packages from the npm registry, exactly those of a package-lock.json beside a test."""
import os
import shutil
import subprocess


def modules(here, there):
    """Installs the packages of the lock file in `here` into `there`, once; returns `there`."""
    with open(os.path.join(here, "package-lock.json"), encoding="utf-8") as f:
        wanted = f.read()
    done = os.path.join(there, "installed")
    if os.path.exists(done):
        with open(done, encoding="utf-8") as f:
            if f.read() == wanted:
                return there
    shutil.rmtree(there, ignore_errors=True)
    os.makedirs(there)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(here, name), there)
    made = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=there,
                          capture_output=True, text=True)
    if made.returncode:
        raise RuntimeError("npm ci: " + made.stderr[-2000:])
    with open(done, "w", encoding="utf-8") as out:
        out.write(wanted)
    return there
