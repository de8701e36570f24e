"""Writes the pages of docs/ that are made from code: `python -m copydesk.cli.pages docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from copydesk.cli.code_pages import code_pages
from copydesk.cli.reference import configuration_page
from copydesk.lsp.reference import protocol_page


def generated_pages() -> dict[str, str]:
    """Return the text of each generated page by its path below docs/."""
    pages = {"configuration.md": configuration_page(), "protocol.md": protocol_page()}
    return pages | {f"codes/{name}": page for name, page in code_pages().items()}


def main(folder: Path) -> None:
    """Write every generated page below a folder."""
    for name, page in generated_pages().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
