"""What is in the packaged extension, and that it says so itself."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

LICENCES = {"MIT", "ISC", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"}
"""What may be in the bundle; none of them asks more than its own text to be passed on."""
CLIENT = Path(__file__).resolve().parents[2] / "editor-clients" / "vscode"
FILES = {
    *("package.json", "readme.md", "LICENSE.txt", "sbom.cdx.json", "third-party-licences.txt", "example.md"),
    *("dist/extension.js", "program/run.txt"),
}


@pytest.fixture(scope="module")
def package(extension: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(extension)


def test_R68_it_says_what_is_in_its_bundle(package: zipfile.ZipFile) -> None:
    bill = json.loads(package.read("extension/sbom.cdx.json"))
    locked = json.loads((CLIENT / "package-lock.json").read_text("utf-8"))["packages"]
    read = {
        match[1]
        for path in json.loads((CLIENT / "dist" / "meta.json").read_text("utf-8"))["inputs"]
        if (match := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/", path))
    }
    assert {one["name"] for one in bill["components"]} == read > {"vscode-languageclient", "vscode-jsonrpc"}
    for one in bill["components"]:
        assert one["version"] == locked[f"node_modules/{one['name']}"]["version"]
        assert one["licenses"][0]["expression"] in LICENCES
        assert one["hashes"][0]["alg"] == "SHA-512"
    texts = package.read("extension/third-party-licences.txt").decode()
    assert all(f"{one['name']} {one['version']}\n" in texts for one in bill["components"])


def test_R68_the_program_in_it_brings_its_own(package: zipfile.ZipFile) -> None:
    (wheel,) = [name for name in package.namelist() if name.endswith(".whl")]
    with package.open(wheel) as file, zipfile.ZipFile(file) as inner:
        assert any(name.endswith(".dist-info/sboms/copydesk.cdx.json") for name in inner.namelist())


def test_R69_it_holds_what_it_needs_and_nothing_else(package: zipfile.ZipFile) -> None:
    names = {name.removeprefix("extension/") for name in package.namelist() if name.startswith("extension/")}
    others = {name for name in names if not name.startswith("media/") and not name.endswith(".whl")}
    assert others == FILES
    manifest = json.loads(package.read("extension/package.json"))
    assert not {"extensionPack", "extensionDependencies", "dependencies"} & set(manifest)
    assert not {"preinstall", "install", "postinstall", "prepare", "vscode:uninstall"} & set(manifest["scripts"])
    assert (package.read("extension/program/run.txt").count(b"--hash=sha256:")) > 100
