"""Install programs that tests run and this machine lacks: `python tests/debian.py [--check] kiwix-serve=kiwix-tools …`.

Each argument is a program, or the path of a file, and the Debian package that has it. What cannot be had is said at the
end, and the exit code is 1. With --check nothing is installed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Install what is missing, or say what is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="install nothing, only say what is missing")
    parser.add_argument("wanted", nargs="+", metavar="PROGRAM=PACKAGE")
    args = parser.parse_args()
    wanted = dict(each.rsplit("=", 1) for each in args.wanted)
    missing = [package for what, package in wanted.items() if shutil.which(what) is None and not Path(what).exists()]
    if not missing:
        print(f"Debian packages: {', '.join(wanted.values())}, there already")
        return 0
    problem = _advice(missing) if args.check else _install(missing)
    if problem:
        print(f"MISSING {' '.join(missing)}: {problem}", file=sys.stderr)
        return 1
    print(f"Debian packages: {', '.join(missing)}, installed")
    return 0


def _install(packages: list[str]) -> str:
    """Install packages and return why that cannot be done, empty if it was."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return _advice(packages)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        command = ["apt-get", *arguments]
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
            return f"`{' '.join(command)}` failed with {done.returncode}:\n{last}"
    return ""


def _advice(packages: list[str]) -> str:
    return f"on Debian `apt-get install {' '.join(packages)}` as root gets them, elsewhere your package manager"


if __name__ == "__main__":
    sys.exit(main())
