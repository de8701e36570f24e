"""Which program a real Neovim starts as the server, and with what environment: nothing of a workspace runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from editors.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.editor,
    pytest.mark.skipif(sys.platform == "win32", reason="the programs here are scripts of a Unix shell"),
]

PLUGIN = ROOT / "editor-clients" / "neovim"
START = """
vim.opt.runtimepath:prepend(...)
local daemon = require("copydesk.daemon")
local command = daemon.command()
if command then
  local ignore = function() end
  local handlers = { notification = ignore, server_request = ignore, on_exit = ignore, on_error = ignore }
  daemon.start(handlers)
  vim.wait(5000, function() return vim.uv.fs_stat(vim.env.REPORT) ~= nil end, 20)
end
print(vim.json.encode({ command = command or vim.NIL }))
"""
SERVER = """#!/bin/sh
echo "$0 [$PYTHONPATH$PYTHONUSERBASE$PYTHONBREAKPOINT] [$PYTHONSAFEPATH] $PWD" > "$REPORT.new"
mv "$REPORT.new" "$REPORT"
"""
"""A server that notes which one it is and what Python would be told, and does nothing more."""

# name of the program in the settings, entries of PATH, whether it is found
PROGRAMS = {
    "R26: on the path": ("copydesk", ("{good}",), True),
    "R26: the workspace is on the path": ("copydesk", (".",), False),
    "R26: a relative folder is on the path": ("copydesk", ("tools",), False),
    "R26: an empty entry is on the path": ("copydesk", ("",), False),
    "R26: the workspace comes first": ("copydesk", (".", "{good}"), False),
    "R26: a relative name": ("./copydesk", ("{good}",), False),
    "R26: an absolute name": ("{good}/copydesk", (), True),
}


def program(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "copydesk"
    path.write_text(SERVER)
    path.chmod(0o755)


@pytest.mark.parametrize(("name", "entries", "found"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_R26_a_program_of_the_workspace_is_not_started(
    neovim_program: Path, tmp_path: Path, name: str, entries: tuple[str, ...], found: bool
) -> None:
    work, good, report = tmp_path / "work", tmp_path / "good", tmp_path / "report"
    for folder in (work, work / "tools", good):
        program(folder)
    (tmp_path / "start.lua").write_text(START)
    path = os.pathsep.join([*(entry.format(good=good) for entry in entries), "/usr/bin", "/bin"])
    home = {f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    lent = {"PYTHONPATH": str(work), "PYTHONUSERBASE": str(work), "PYTHONBREAKPOINT": "evil.run"}
    more = {"PATH": path, "REPORT": str(report), "HOME": str(tmp_path), **lent}
    settings = f"vim.g.copydesk_cmd = {json.dumps(name.format(good=good))}"
    steps = (f"lua {settings}", f"lua loadfile([[{tmp_path}/start.lua]])([[{PLUGIN}]])", "qa!")
    done = subprocess.run(
        [neovim_program, "--headless", "-u", "NONE", "-n", *(word for step in steps for word in ("-c", step))],
        cwd=work,
        env=os.environ | home | more,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done
    (answer,) = [line for line in done.stderr.splitlines() if line.startswith("{")]
    command = json.loads(answer)["command"]
    if not found:
        assert command is None
        assert not report.exists()
    else:
        assert command == [str(good / "copydesk")]
        started, pythonpath, safe, where = report.read_text().split()
        assert (started, pythonpath, safe) == (str(good / "copydesk"), "[]", "[1]")
        assert where != str(work)
