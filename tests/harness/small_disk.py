"""Runs a command while the disk under one folder is full or read-only, and once more when it is not any longer.

`unshare -rm python small_disk.py full|read-only FOLDER COMMAND…` mounts a disk of 1 MB over FOLDER in a mount namespace
of its own. Prints, as one line of JSON, status, output and errors of both runs, and what lay there after the second.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from full_disk import empty, fill, mount


def run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    return {"status": done.returncode, "out": done.stdout, "err": done.stderr}


if __name__ == "__main__":
    kind, folder, command = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    mount("-t", "tmpfs", "-o", "size=1m,mode=700", "none", str(folder))
    fill("read-only" if kind == "read-only" else "tmpfs", folder)
    during = run(command)
    empty("read-only" if kind == "read-only" else "tmpfs", folder)
    after = run(command)
    kept = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    print(json.dumps({"during": during, "after": after, "kept": kept}))
