"""A real VS Code: its web interface in a browser, its extension host in Node, and the packaged extension in it.

with VSCodeServer(...) as server, open_window(server, project, chromium, failure) as window:
    window.open("post.md")
    window.wait_codes("CD102")
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from playwright.sync_api import Error

from editors.browser import page
from editors.polling import EditorError, poll
from editors.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

QUIET: dict[str, Any] = {
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "workbench.welcomePage.walkthroughs.openOnInstall": False,
    "workbench.enableExperiments": False,
    "workbench.settings.enableNaturalLanguageSearch": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.editor.enablePreview": False,
    "workbench.reduceMotion": "on",
    "chat.disableAIFeatures": True,
    "chat.commandCenter.enabled": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "extensions.ignoreRecommendations": True,
    "git.enabled": False,
    "remote.autoForwardPorts": False,
    "files.autoSave": "off",
    "files.hotExit": "off",
    "window.autoDetectColorScheme": False,
    "window.commandCenter": False,
    "editor.minimap.enabled": False,
    "editor.cursorBlinking": "solid",
    "editor.stickyScroll.enabled": False,
    "editor.wordWrap": "on",
    "editor.accessibilitySupport": "off",
    "markdown.validate.enabled": False,
}
"""Settings that keep a fresh profile from talking; a version that does not know one ignores it."""


class VSCodeServer:
    """The process that serves windows: its profile is in `home`, what is installed in `extensions`."""

    def __init__(
        self, folder: Path, home: Path, extensions: Path, settings: Mapping[str, Any], environment: Mapping[str, str]
    ) -> None:
        self._folder, self._home, self._extensions = folder, home, extensions
        self._settings = QUIET | dict(settings)
        self._environment = _environment(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def log(self) -> str:
        """Return what the server has printed."""
        path = self._home / "server.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def __enter__(self) -> Self:
        self._write_settings()
        command = _command(self._folder, self._home / "server-data", self._extensions)
        with (self._home / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--port", "0", "--without-connection-token"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.port = int(poll("VS Code to listen", self._listening, 60)[1])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None:
            return
        for kind in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, kind)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
                break

    def address(self, project: Path) -> str:
        """Return the address of a window on a project."""
        return f"http://127.0.0.1:{self.port}/?{urlencode({'folder': str(project)})}"

    def _listening(self) -> re.Match[str] | None:
        if self._process is not None and self._process.poll() is not None:
            raise EditorError(f"VS Code ended with {self._process.returncode}:\n{self.log}")
        return re.search(r"Extension host agent listening on (\d+)", self.log)

    def _write_settings(self) -> None:
        # Both files: settings of the scope "machine" are read from Machine alone, others from User.
        for scope in ("User", "Machine"):
            folder = self._home / "server-data" / "data" / scope
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "settings.json").write_text(json.dumps(self._settings, indent=2), "utf-8")


def install_extension(folder: Path, extension: Path, home: Path) -> Path:
    """Install a packaged extension into a folder in `home`, and return that folder."""
    extensions = home / "extensions"
    command = [*_command(folder, home / "server-data", extensions), "--install-extension", str(extension), "--force"]
    done = subprocess.run(command, cwd=folder, env=_environment({}), capture_output=True, text=True, timeout=120)
    if done.returncode or "successfully installed" not in done.stdout:
        raise EditorError(f"the extension cannot be installed:\n{done.stdout}\n{done.stderr}")
    return extensions


def _command(folder: Path, data: Path, extensions: Path) -> list[str]:
    node = shutil.which("node")
    assert node is not None
    quiet = ["--accept-server-license-terms", "--telemetry-level", "off"]
    folders = ["--server-data-dir", str(data), "--extensions-dir", str(extensions)]
    return [node, str(folder / "out" / "server-main.js"), *quiet, *folders]


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    # As if started from a terminal: else a login shell is asked for its variables, which undo those given here.
    variables = {**os.environ, **more, "VSCODE_CLI": "1"}
    for name in ("VSCODE_IPC_HOOK_CLI", "ELECTRON_RUN_AS_NODE", "NODE_OPTIONS"):
        variables.pop(name, None)
    return variables


@contextmanager
def open_window(
    server: VSCodeServer,
    project: Path,
    chromium: str,
    failure: Path,
    size: tuple[int, int] = (1280, 800),
    scale: float = 1.0,
) -> Iterator[Window]:
    """Open a window on a project; a picture of it is written to `failure` when the test fails."""
    with page(chromium, size, scale) as opened:
        opened.goto(server.address(project))
        opened.wait_for_selector(".monaco-workbench .statusbar", timeout=60_000)
        try:
            yield Window(opened)
        except BaseException:
            with contextlib.suppress(Error):
                opened.screenshot(path=str(failure))
            raise
