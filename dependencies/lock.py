"""Write the lock files beside this one from pyproject.toml: `make lock`, or `make lock UPGRADE=--upgrade`.

Each names every distribution of one kind of installation, for all systems and Pythons that copydesk supports, with the
SHA-256 of every file that may be installed for it. What stands in a lock file stays as it is while pyproject.toml
allows it. Needs uv and the package index; what is checked afterwards (tests/safety) needs neither.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
OLDEST_PYTHON = "3.11"


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file: for extras of copydesk (None: without copydesk) or a dependency group.

    It takes over the versions of the lock files named in `after`. A `bare` one is for the extras alone, beside another
    that has all the rest. What is named in `apart` is for systems that copydesk is not for.
    """

    name: str
    extras: tuple[str, ...] | None = None
    group: str = ""
    after: tuple[str, ...] = ()
    bare: bool = False
    apart: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Return where the file is."""
        return HERE / f"{self.name}.txt"

    def wanted(self, project: dict[str, Any]) -> list[str]:
        """Return the requirements that it answers, from what pyproject.toml holds."""
        wanted = [*project["dependency-groups"].get(self.group, ())]
        if self.extras is not None:
            optional = project["project"]["optional-dependencies"]
            own = () if self.bare else project["project"]["dependencies"]
            wanted += [*own, *(one for extra in self.extras for one in optional[extra])]
        return wanted


LOCKS = (
    Lock("run", extras=("embedded", "web")),
    Lock("ddg", extras=("ddg",), bare=True, after=("run",)),
    Lock("build", group="build", after=("run",)),
    Lock("dev", group="dev", after=("run", "build")),
    Lock("editors", group="editors", after=("run", "build", "dev")),
    Lock("ollama-proxy", group="ollama-proxy", after=("run",), apart=("httpx2-jsfetch",)),
    Lock("lock", group="lock"),
)
"""All of them, each after those that it depends on. `run` is what users and `make try` install."""


def compiled(lock: Lock, project: dict[str, Any], *more: str) -> None:
    """Write a lock file; `more` are options for uv."""
    constraints = [word for name in lock.after for word in ("--constraint", str(HERE / f"{name}.txt"))]
    apart = [word for name in lock.apart for word in ("--no-emit-package", name)]
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--output-file", str(lock.path)),
        *("--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--only-binary", ":all:"),
        *("--custom-compile-command", "make lock", *constraints, *apart, *more),
    ]
    subprocess.run(command, input="\n".join(lock.wanted(project)), encoding="utf-8", check=True)


def main(more: list[str]) -> None:
    """Write all lock files."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))
    for lock in LOCKS:
        compiled(lock, project, *more)


if __name__ == "__main__":
    main(sys.argv[1:])
