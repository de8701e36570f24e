"""Where model files are on this machine: a path, or a Hugging Face reference looked up in the local caches."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.engines.gguf import MAGIC
from copydesk.errors import ModelMissing
from copydesk.user_folders import user_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFIX = "hf:"
_REFERENCE = re.compile(r"hf:(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)(?::(?P<part>[\w.-]+))?", re.ASCII)
_DEFAULT_QUANTISATIONS = ("Q4_K_M", "Q8_0")


@dataclass(frozen=True, slots=True)
class HubReference:
    """`hf:owner/name[:part]`, where `part` is a file name or a quantisation such as Q4_K_M."""

    owner: str
    name: str
    part: str = ""

    def pick(self, files: Iterable[Path]) -> Path | None:
        """Return the file that the reference means; without a part, llama.cpp's own order of preference."""
        found = sorted(file for file in files if not file.name.startswith("mmproj"))
        if self.part:
            return next((file for file in found if _names(file, self.part)), None)
        preferred = (file for part in _DEFAULT_QUANTISATIONS for file in found if _names(file, part))
        return next(preferred, found[0] if found else None)


def parse_reference(text: str) -> HubReference:
    """Read `hf:owner/name[:part]`; raises `ModelMissing` for another spelling."""
    match = _REFERENCE.fullmatch(text)
    if not match or {match["owner"], match["name"]} & {".", ".."}:
        raise ModelMissing(f"{text} names no model.", "Write a GGUF file's path, or hf:owner/repository:quantisation.")
    return HubReference(match["owner"], match["name"], match["part"] or "")


def models_folder() -> Path:
    """Return the folder in the user's data where copydesk keeps the model files that it fetched.

    For a user without a home that is a place where there can be no file: no model is taken from a workspace.
    """
    return user_folder("data", "models") or Path(os.devnull, "models")


def locate(model: str) -> Path:
    """Return the GGUF file that a path or reference names; raises `ModelMissing` where it is not on this machine."""
    if model.startswith(PREFIX):
        reference = parse_reference(model)
        path = reference.pick(_cached(reference))
        if path is None:
            raise ModelMissing(f"{model} is not on this machine.", f"Fetch it with `copydesk model fetch {model}`.")
    else:
        path = Path(os.path.expanduser(model))  # noqa: PTH111 - which raises nothing for a user without a home
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise ModelMissing(f"The model file {path} cannot be used: {reason}.", _another()) from error
    if magic != MAGIC:
        raise ModelMissing(f"{path} is not a GGUF model file.", _another())
    return path.absolute()


def _another() -> str:
    return "Name another model, or get the starter model with `copydesk model fetch starter`."


def _names(file: Path, part: str) -> bool:
    if part.lower().endswith(".gguf"):
        return file.name == part or file.name.endswith(f"_{part}")
    return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(part)}(?![A-Za-z0-9_])", file.name, re.IGNORECASE))


def _cached(reference: HubReference) -> Iterator[Path]:
    yield from (models_folder() / f"{reference.owner}--{reference.name}").glob("*.gguf")
    folder = f"models--{reference.owner}--{reference.name}"
    for hub in hub_caches():
        snapshots = hub / folder / "snapshots"
        try:
            current = (hub / folder / "refs" / "main").read_text().strip()
        except OSError:
            current = ""
        revisions = [snapshots / current] if current and (snapshots / current).is_dir() else snapshots.glob("*")
        for revision in revisions:
            yield from revision.rglob("*.gguf")
    for cache in _llama_caches():
        yield from cache.glob(f"{reference.owner}_{reference.name}_*.gguf")


def known_models() -> Iterator[Path]:
    """Yield every model file that copydesk fetched, or that lies in Hugging Face's or llama.cpp's caches."""
    yield from sorted(models_folder().rglob("*.gguf"))
    for hub in hub_caches():
        yield from sorted(hub.glob("models--*/snapshots/*/*.gguf"))
    for cache in _llama_caches():
        yield from sorted(cache.glob("*.gguf"))


def hub_caches() -> list[Path]:
    """Return the folders where Hugging Face's tools and llama.cpp keep repositories, by their own variables."""
    variables = [("LLAMA_CACHE", ""), ("HF_HUB_CACHE", ""), ("HUGGINGFACE_HUB_CACHE", ""), ("HF_HOME", "hub")]
    named = [Path(os.environ[name]) / below for name, below in variables if os.environ.get(name)]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or _home() / ".cache")
    return [*named, cache / "huggingface" / "hub"]


def _home() -> Path:
    """Return the user's home; for a user without one a place where there can be no file."""
    try:
        home = Path.home()
    except RuntimeError:
        return Path(os.devnull)
    return home if home.is_absolute() else Path(os.devnull)


def _llama_caches() -> list[Path]:
    """Return the folders of llama.cpp before it shared Hugging Face's cache."""
    home = _home()
    if sys.platform == "darwin":
        default = home / "Library" / "Caches"
    elif sys.platform == "win32":
        default = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        default = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    named = os.environ.get("LLAMA_CACHE")
    return [*([Path(named)] if named else []), default / "llama.cpp"]
