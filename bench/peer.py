"""textLSP in a virtual environment of its own. It is run as a process, never imported."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from bench import ROOT

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "0.4.0"
FOLDER = ROOT / "build" / "bench" / "textlsp"
SECONDS = 300
INSTRUCTION = "Correct this text: "


def install() -> Path | None:
    """Return textLSP's program, installed if need be; None where it cannot be had."""
    program = FOLDER / ("Scripts" if os.name == "nt" else "bin") / ("textlsp.exe" if os.name == "nt" else "textlsp")
    ready = FOLDER / f"ready-{VERSION}"
    if ready.is_file():
        return program
    python = program.with_name("python.exe" if os.name == "nt" else "python")
    commands = (
        [sys.executable, "-m", "venv", str(FOLDER)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"textLSP=={VERSION}"],
    )
    for command in commands:
        try:
            subprocess.run(command, check=True, timeout=SECONDS, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"textLSP could not be installed: {error}", file=sys.stderr)
            return None
    ready.touch()
    return program


def options(model: str, *, on_change: bool = False) -> dict[str, Any]:
    """Return textLSP's settings: the model is asked when a document is opened, and on each change if so wanted."""
    check = {"on_open": True, "on_save": True, "on_change": on_change}
    ollama = {"enabled": True, "model": model, "edit_instruction": INSTRUCTION, "check_text": check}
    return {"textLSP": {"analysers": {"ollama": ollama}}}
