"""Both editors as a writer has them: with the plugin or the extension installed, and the settings written."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from editors.conftest import ROOT
from editors.neovim import Neovim
from editors.vscode import VSCodeServer, open_window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from editors.conftest import Place
    from editors.window import Window

PLUGIN = ROOT / "editor-clients" / "neovim"
NOWHERE = "http://127.0.0.1:1"
"""Where no engine answers."""

_INIT = """
vim.g.copydesk_cmd = [[{command}]]
vim.o.statusline = "%f %m%=%{{v:lua.require'copydesk'.status()}} "
vim.o.laststatus = 2
vim.lsp.config("copydesk", {{ settings = {{ copydesk = {{
  engine = {{ kind = "ollama", host = "{host}" }},
  critique = {{ max_per_1000_words = 1000 }},
}} }} }})
"""


@contextmanager
def neovim(
    program: Path, place: Place, command: object, host: str = NOWHERE, size: tuple[int, int] = (100, 30)
) -> Iterator[Neovim]:
    """Start Neovim with the plugin."""
    init = _INIT.format(command=command, host=host)
    with Neovim(program, place.home, init=init, plugin=PLUGIN, environment=place.environment, size=size) as editor:
        yield editor


@contextmanager
def vscode(
    folder: Path,
    extensions: Path,
    chromium: str,
    failure: Path,
    place: Place,
    settings: dict[str, Any],
    environment: Mapping[str, str] | None = None,
) -> Iterator[Window]:
    """Start a fresh VS Code with the extension, and open a window on a place's project.

    `environment` replaces the place's own variables.
    """
    settings = {"copydesk.critique.max_per_1000_words": 1000, **settings}
    with (
        VSCodeServer(folder, place.home, extensions, settings, environment or place.environment) as server,
        open_window(server, place.project, chromium, failure) as window,
    ):
        yield window
