"""What a wheel depends on, as CycloneDX 1.6 (PEP 770): made while it is built, from the lock files and budget.toml.

Nothing is looked up, and the same files give the same bytes. Hashes are those of each file that may be installed, of
which a component has many; they stay in the lock file.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).resolve().parent
NAME = "copydesk.cdx.json"

_PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+?))? \\")
_HASH = re.compile(r"\s+--hash=sha256:([0-9a-f]{64})(?: \\)?")
_PARENT = re.compile(r"\s+#(?: via|\s) +([a-z0-9-]+)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Pin(NamedTuple):  # hatchling loads this file in a way in which data classes fail
    """A distribution in a lock file: SHA-256 of the files that may be installed, and what it is needed by (by name)."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    parents: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Return its package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


def pins(path: Path) -> tuple[Pin, ...]:
    """Return what a lock file pins; raises `ValueError` for a line that is not understood."""
    found: list[Pin] = []
    for line in path.read_text("utf-8").splitlines():
        if match := _PIN.fullmatch(line):
            found.append(Pin(match["name"], match["version"], match["marker"] or "", (), ()))
            continue
        if not line.startswith(" "):
            if not line or line.startswith("#"):
                continue
            raise ValueError(f"{path.name}: {line}")
        last = found.pop()
        hashes = (*last.hashes, *_HASH.findall(line))
        parents = (*last.parents, *(() if " -c " in line else _PARENT.findall(line)))
        if (hashes, parents) == (last.hashes, last.parents) and not re.fullmatch(
            r"\s+# (?:via|  -c \S+|via -c \S+)", line
        ):
            raise ValueError(f"{path.name}: {line}")
        found.append(Pin(last.name, last.version, last.marker, hashes, parents))
    return tuple(found)


def canonical(requirement: str) -> str:
    """Return the name in a requirement as indexes spell it (PEP 503)."""
    match = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match is not None else ""


def bill(
    project: Mapping[str, Any], version: str, locked: Sequence[Pin], licences: Mapping[str, str]
) -> dict[str, Any]:
    """Return the bill of materials of a version of the project, with the licence of each distribution by its name."""
    direct = {canonical(one) for one in project["dependencies"]}
    optional = {canonical(one) for extra in project["optional-dependencies"].values() for one in extra}
    required = _closure(direct, locked)
    main = {"type": "application", "bom-ref": f"pkg:pypi/{project['name']}@{version}", "name": project["name"]}
    main |= {"version": version, "purl": main["bom-ref"], "licenses": [{"expression": project["license"]}]}
    needs = {main["bom-ref"]: [one.purl for one in locked if one.name in direct | optional]}
    needs |= {one.purl: [other.purl for other in locked if one.name in other.parents] for one in locked}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": main},
        "components": [
            {
                "type": "library",
                "bom-ref": one.purl,
                "name": one.name,
                "version": one.version,
                "scope": "required" if one.name in required else "optional",
                "licenses": [{"expression": licences[one.name]}],
                "purl": one.purl,
            }
            for one in locked
        ],
        "dependencies": [{"ref": ref, "dependsOn": sorted(on)} for ref, on in needs.items()],
    }


def written(root: Path, version: str) -> str:
    """Return the bill as JSON, for the project whose pyproject.toml is in `root`."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    budget = tomllib.loads((HERE / "budget.toml").read_text("utf-8"))
    licences = {name: licence for table in ("run", "ddg") for name, licence in budget[table].items()}
    locked = {one.name: one for name in ("ddg", "run") for one in pins(HERE / f"{name}.txt")}
    ordered = [locked[name] for name in sorted(locked)]
    return json.dumps(bill(project, version, ordered, licences), indent=1) + "\n"


class SbomHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the bill into the wheel, as `.dist-info/sboms/`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file and name it to hatchling."""
        if version == "editable":
            return
        folder = Path(self.root) / "build"
        folder.mkdir(exist_ok=True)
        arriving = folder / f"{NAME}.{os.getpid()}"  # two builds may be under way
        arriving.write_text(written(Path(self.root), self.metadata.version), "utf-8", newline="\n")
        arriving.replace(folder / NAME)
        build_data["sbom_files"].append(f"build/{NAME}")


def _closure(names: set[str], locked: Sequence[Pin]) -> set[str]:
    """Return names with all that they need."""
    found = set(names)
    while more := {one.name for one in locked if found & set(one.parents)} - found:
        found |= more
    return found
