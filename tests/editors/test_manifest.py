"""The extension's manifest declares the server's settings as the server has them."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

CLIENT = Path(__file__).resolve().parents[2] / "editor-clients" / "vscode"


def test_the_manifest_is_up_to_date() -> None:
    script = runpy.run_path(str(CLIENT / "scripts" / "settings.py"))
    text = (CLIENT / "package.json").read_text("utf-8")
    assert script["written"](script["with_settings"](json.loads(text))) == text, "run scripts/settings.py"


def test_R25_what_names_a_program_a_host_or_a_file_is_not_taken_from_a_workspace() -> None:
    manifest = json.loads((CLIENT / "package.json").read_text("utf-8"))
    properties = manifest["contributes"]["configuration"]["properties"]
    machine = {key for key, value in properties.items() if value["scope"] == "machine"}
    restricted = manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert machine == set(restricted)
    assert {"copydesk.command", "copydesk.engine.host", "copydesk.engine.base_url"} <= machine
    assert {"copydesk.engine.model_path", "copydesk.engine.allow_remote"} <= machine
