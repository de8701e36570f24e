"""The extension runs nothing when it is installed or activated but its own code, which connects to nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

CLIENT = Path(__file__).parents[2] / "editor-clients" / "vscode"
MANIFEST: dict[str, Any] = json.loads((CLIENT / "package.json").read_text("utf-8"))
LOCK: dict[str, dict[str, Any]] = json.loads((CLIENT / "package-lock.json").read_text("utf-8"))["packages"]
PACKAGES = {path: entry for path, entry in LOCK.items() if path}
FORMATTERS = Path(__file__).parents[1] / "editors" / "formatters"
SOURCES = sorted((CLIENT / "src").glob("**/*.ts"))
OWN_SCRIPTS = {"check", "test", "bundle", "package"}
"""None of them one that npm or VS Code runs by itself."""
TOOLS = {
    *("@types/node", "@types/vscode", "@vscode/vsce", "esbuild", "typescript", "vscode-languageclient"),
}


def test_R69_nothing_runs_when_it_is_installed() -> None:
    assert set(MANIFEST["scripts"]) == OWN_SCRIPTS


def test_R69_it_brings_no_other_extension_and_needs_none() -> None:
    assert not {"extensionPack", "extensionDependencies", "enabledApiProposals"} & set(MANIFEST)
    assert set(MANIFEST["activationEvents"]) <= {
        f"onLanguage:{name}" for name in ("markdown", "quarto", "rmd", "mdx", "plaintext")
    } | {event for event in MANIFEST["activationEvents"] if event.startswith(("onView:", "onWalkthrough:"))}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_R69_its_code_has_no_way_to_connect(source: Path) -> None:
    text = source.read_text("utf-8")
    modules = re.findall(r"""(?:from|require\(|import\()\s*["']([^"'\s]+)["']""", text)
    allowed = re.compile(
        r"vscode|vscode-languageclient/node|node:(?:child_process|crypto|fs|fs/promises|os|path|util)|\./\w+"
    )
    assert all(allowed.fullmatch(module) for module in modules), modules
    assert not re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|\beval\(|new Function\(", text)


def test_R66_R67_its_packages_are_these_letter_by_letter() -> None:
    assert set(MANIFEST["devDependencies"]) == TOOLS
    assert not {"dependencies", "optionalDependencies", "peerDependencies", "bundledDependencies"} & set(MANIFEST)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in MANIFEST["devDependencies"].values())


def test_R65_every_package_has_a_hash_and_no_place() -> None:
    assert len(PACKAGES) > 100
    assert {
        path for path, entry in PACKAGES.items() if not str(entry.get("integrity", "")).startswith("sha512-")
    } == set()
    assert {path for path, entry in PACKAGES.items() if "resolved" in entry or entry.get("link")} == set()
    for name, version in MANIFEST["devDependencies"].items():
        assert LOCK[""]["devDependencies"][name] == version == PACKAGES[f"node_modules/{name}"]["version"]


def test_R65_the_tools_of_the_editors_tests_have_a_hash_too() -> None:
    wanted = json.loads((FORMATTERS / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((FORMATTERS / "package-lock.json").read_text("utf-8"))["packages"]
    assert locked.pop("")["dependencies"] == wanted
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in locked.values())
    installing = (FORMATTERS.parent / "setup.py").read_text("utf-8")
    assert "CODE_SERVER_SHA512:" in installing
    assert '_program("npm"), "install"' not in installing, "npm ci alone checks each file against a hash"
