"""Write the server's settings into the extension's manifest: `python editor-clients/vscode/scripts/settings.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from copydesk.cli.reference import settings_schema

MANIFEST = Path(__file__).resolve().parents[1] / "package.json"
OWN = {
    "copydesk.command": {
        "type": "string",
        "default": "copydesk",
        "markdownDescription": "The program: its name on PATH, or its whole path. It is started as `copydesk serve`.",
        "scope": "machine",
    },
    "copydesk.keyBindings": {
        "type": "boolean",
        "default": False,
        "markdownDescription": "Whether the suggested keys are bound in documents of Markdown: Ctrl+K Alt+C critiques, "
        "Ctrl+K Alt+R researches the claim, Ctrl+K Alt+S those of the section, Ctrl+K Alt+D drafts the section "
        "(on macOS with Cmd in place of Ctrl).",
        "scope": "window",
    },
}
"""The extension's own settings, which the server does not know."""


def with_settings(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest that declares every setting, and restricts those that name a program, a host or a model."""
    properties = OWN | settings_schema()
    manifest["contributes"]["configuration"]["properties"] = properties
    manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = [
        key for key, value in properties.items() if value["scope"] == "machine"
    ]
    return manifest


def main() -> None:
    """Bring the manifest up to date."""
    MANIFEST.write_text(written(with_settings(json.loads(MANIFEST.read_text("utf-8")))), "utf-8")


def written(manifest: dict[str, Any]) -> str:
    """Return a manifest as it stands in its file."""
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
