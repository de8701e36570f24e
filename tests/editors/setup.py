"""Install what the editor tests need into build/editors: `python tests/editors/setup.py [--check]`.

Everything comes from Debian, PyPI and npm, at pinned versions, and is kept: a second run only looks. What cannot be
had is said at the end, and the exit code is 1. With --check nothing is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from dataclasses import dataclass
from hashlib import sha256, sha512
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "editors"
EXTENSION = ROOT / "editor-clients" / "vscode"
BIN = "Scripts" if os.name == "nt" else "bin"

DEBIAN = {
    "chromium": "chromium",
    "tmux": "tmux",
    "luacheck": "lua-check",
    "emacs": "emacs-nox",
    "/usr/share/emacs/site-lisp/elpa-src/eglot-1.9": "elpa-eglot",
    "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf": "fonts-noto-color-emoji",
}
"""Programs, or files, by the Debian package that has them."""

PYTHON_PACKAGES = ROOT / "dependencies" / "editors.txt"
"""The lock file of the tests' own environment."""
CODE_SERVER = "4.100.3"
"""The npm package that holds VS Code 1.100 with its web interface; it runs on Node 20."""

CODE_SERVER_SHA512 = (
    "abf161d833b10913610bf5a21bfeac02148a9e3ed90024d505a79e67ead68e89"
    "7fff41426e5fea835967e5e719f7d8d871fa8cc59640c9670df98048a340e0a4"
)
LEFT_OUT = {
    "node_modules/tslib": {
        "version": "2.9.1",
        "integrity": "sha512-a4Ux9VKuIMHsOS7ENbEq6hK2ZGYIT27Rtl0E4eD9KqwxhKiQeMZE/9xb3IdYwWaSOyIBQLExhQgXDTYoiCxnWA==",
        "license": "0BSD",
        "peer": True,
    }
}
"""A peer dependency that the lock file in that package leaves out, without which npm refuses the whole."""

FORMATTERS = Path(__file__).parent / "formatters"
"""Where the formatters' own lock file is."""
NEEDED_NODE = 20


class CannotInstall(Exception):
    """Something could not be had; the message says what and what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to install: `stamp` names its version, `place` is where it is, `install` gets it there."""

    name: str
    stamp: str
    place: Path
    install: Callable[[], None]

    @property
    def mark(self) -> Path:
        """Return the file that says which version is there."""
        return BUILD / f"{self.name}.installed"

    def done(self) -> bool:
        """Tell whether this version is there."""
        return self.mark.is_file() and self.mark.read_text("utf-8") == self.stamp and self.place.exists()


def main() -> int:
    """Install what is missing, or say what is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="install nothing, only say what is missing")
    check: bool = parser.parse_args().check
    BUILD.mkdir(parents=True, exist_ok=True)
    problems = _debian_packages(check)
    for step in STEPS:
        if step.done():
            print(f"{step.name}: {step.stamp}, there already")
            continue
        if check:
            problems.append(f"{step.name}: not installed")
            continue
        started = time.monotonic()
        try:
            step.install()
        except (CannotInstall, OSError) as error:
            problems.append(f"{step.name}: {error}")
            continue
        step.mark.write_text(step.stamp, "utf-8")
        print(f"{step.name}: {step.stamp}, installed in {time.monotonic() - started:.0f} s")
    for problem in problems:
        print(f"MISSING {problem}", file=sys.stderr)
    return 1 if problems else 0


def _debian_packages(check: bool) -> list[str]:
    wanted = [f"{what}={package}" for what, package in DEBIAN.items()]
    command = [sys.executable, str(ROOT / "tests" / "debian.py"), *(["--check"] if check else []), *wanted]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    print(done.stdout, end="")
    return [done.stderr.strip().removeprefix("MISSING ")] if done.returncode else []


def _environment() -> None:
    folder = BUILD / "venv"
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    hashed = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(PYTHON_PACKAGES))
    _run([str(folder / BIN / "python"), "-m", "pip", "install", "--quiet", *hashed])


def _vscode() -> None:
    """Unpack the server out of code-server, with its dependencies but without their install scripts."""
    node = _node()
    folder = BUILD / "vscode"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _run([_program("npm"), "pack", "--silent", f"code-server@{CODE_SERVER}"], cwd=folder)
    (archive,) = folder.glob("code-server-*.tgz")
    if sha512(archive.read_bytes()).hexdigest() != CODE_SERVER_SHA512:
        raise CannotInstall(f"{archive.name} is not the file whose hash tests/editors/setup.py knows")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="tar")
    archive.unlink()
    (folder / "package" / "lib" / "vscode").rename(folder / "server")
    shutil.rmtree(folder / "package")
    locked = folder / "server" / "npm-shrinkwrap.json"
    content = json.loads(locked.read_text("utf-8"))
    content["packages"] |= LEFT_OUT
    locked.write_text(json.dumps(content), "utf-8")
    _run([_program("npm"), "ci", "--omit=dev", "--ignore-scripts", *QUIET], cwd=folder / "server")
    for source_map in (folder / "server").rglob("*.map"):
        source_map.unlink()
    _run([node, "out/server-main.js", "--accept-server-license-terms", "--version"], cwd=folder / "server")


def _formatters() -> None:
    # Apart from the extension's own packages: not all their builds for other systems can be had everywhere.
    folder = BUILD / "formatters"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(FORMATTERS, folder)
    _run([_program("npm"), "ci", "--ignore-scripts", *QUIET], cwd=folder)


def _extension() -> None:
    _run([_program("npm"), "ci", "--ignore-scripts", *QUIET], cwd=EXTENSION)


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:12]


QUIET = ("--no-audit", "--no-fund", "--loglevel=error")
STEPS = (
    Step("venv", f"packages {_digest(PYTHON_PACKAGES)}", BUILD / "venv", _environment),
    Step("vscode", f"code-server {CODE_SERVER} {CODE_SERVER_SHA512[:12]}", BUILD / "vscode", _vscode),
    Step(
        "formatters",
        f"packages {_digest(FORMATTERS / 'package-lock.json')}",
        BUILD / "formatters" / "node_modules",
        _formatters,
    ),
    Step(
        "extension",
        f"packages {_digest(EXTENSION / 'package-lock.json')}",
        EXTENSION / "node_modules",
        _extension,
    ),
)


def _node() -> str:
    node = _program("node")
    major = int(json.loads(_run([node, "-p", "process.versions.node.split('.')[0]"])))
    if major != NEEDED_NODE:
        raise CannotInstall(f"Node {NEEDED_NODE} is needed, this is Node {major}")
    return node


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CannotInstall(f"`{name}` is not on PATH; Node {NEEDED_NODE} brings it")
    return found


def _run(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise CannotInstall(f"`{' '.join(command)}` failed with {done.returncode}:\n{last}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
