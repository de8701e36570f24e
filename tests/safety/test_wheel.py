"""What is published holds the program and its bill of materials, and nothing else."""

from __future__ import annotations

import json
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from copydesk import __version__
from lock import LOCKS
from sbom import NAME, pins, written

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "daemon" / "copydesk"
INFO = f"copydesk-{__version__}.dist-info"
SBOM = f"{INFO}/sboms/{NAME}"
SOURCES = {"PKG-INFO", "pyproject.toml", ".gitignore", "LICENSE", "README.md", "CHANGELOG.md"}
SOURCE_FOLDERS = {"daemon", "dependencies", "docs"}


def packed(root: Path, folder: Path) -> zipfile.ZipFile:
    """Return the wheel built from `root`; nothing is looked up, for no test may connect."""
    return zipfile.ZipFile(next(WheelBuilder(str(root)).build(directory=str(folder), versions=["standard"])))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return packed(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    with tarfile.open(next(SdistBuilder(str(ROOT)).build(directory=str(folder)))) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"copydesk-{__version__}"


def test_R68_the_wheel_holds_a_bill_of_what_it_depends_on(wheel: zipfile.ZipFile) -> None:
    text = wheel.read(SBOM).decode()
    assert text == written(ROOT, __version__)
    bill = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["purl"] == f"pkg:pypi/copydesk@{__version__}"
    locked = {pin.purl for lock in LOCKS if lock.extras is not None for pin in pins(lock.path)}
    assert {one["purl"] for one in bill["components"]} == locked
    assert all(one["licenses"][0]["expression"] for one in bill["components"])
    refs = {bill["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in bill["components"])}
    graph = {one["ref"]: set(one["dependsOn"]) for one in bill["dependencies"]}
    assert set(graph) == refs
    reached, ahead = set(), {bill["metadata"]["component"]["bom-ref"]}
    while ahead:
        reached |= ahead
        ahead = set().union(*(graph[ref] for ref in ahead)) - reached
    assert reached == refs


def test_R68_what_can_be_left_out_is_told_from_what_cannot(wheel: zipfile.ZipFile) -> None:
    scopes = {one["name"]: one["scope"] for one in json.loads(wheel.read(SBOM))["components"]}
    assert {scopes[name] for name in ("pygls", "httpx", "certifi", "pydantic-core")} == {"required"}
    assert {scopes[name] for name in ("xllamacpp", "trafilatura", "tld", "primp")} == {"optional"}


def test_the_wheel_holds_the_program_alone(wheel: zipfile.ZipFile) -> None:
    files = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*") if path.is_file()}
    program = {name for name in files if "__pycache__" not in name}
    about = {f"{INFO}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    assert set(wheel.namelist()) == program | about | {SBOM}


def test_the_wheel_says_its_licence(wheel: zipfile.ZipFile) -> None:
    metadata = Parser().parsestr(wheel.read(f"{INFO}/METADATA").decode())
    assert (metadata["License-Expression"], metadata.get_all("License-File")) == ("Apache-2.0", ["LICENSE"])
    assert wheel.read(f"{INFO}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()


def test_the_source_archive_holds_what_a_wheel_is_built_from_and_no_test_data(sources: Path) -> None:
    found = {path.name for path in sources.iterdir()}
    assert found == SOURCES | SOURCE_FOLDERS


def test_a_wheel_from_the_source_archive_is_the_same(wheel: zipfile.ZipFile, sources: Path, tmp_path: Path) -> None:
    again = packed(sources, tmp_path)
    assert {name: again.read(name) for name in again.namelist()} == {
        name: wheel.read(name) for name in wheel.namelist()
    }
