"""The head of a GGUF model file: who made it, under which licence, for what context."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"GGUF"

# Value types of the format: number -> layout. 8 is a string, 9 an array.
_LAYOUTS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
_STRING = 8
_ARRAY = 9
_LONGEST_STRING = 1 << 20


@dataclass(frozen=True, slots=True)
class Head:
    """What a model file says of itself; `context` in tokens as trained, `parameters` like "135M"."""

    name: str | None
    licence: str | None
    context: int | None
    parameters: str | None


def read_head(path: Path) -> Head:
    """Read the metadata that comes before a model's vocabulary; raises ValueError for a file of another kind."""
    found: dict[str, object] = {}
    with path.open("rb") as file:
        try:
            magic, version, _tensors, count = struct.unpack("<4sIQQ", file.read(24))
            if magic != MAGIC or version < 2:
                raise ValueError("not a GGUF model file")
            for _ in range(count):
                key = _string(file)
                # The vocabulary follows the general facts and is as long as a book.
                if key.startswith("tokenizer."):
                    break
                found[key] = _value(file, _number(file, "<I"))
        except (struct.error, UnicodeDecodeError) as error:
            raise ValueError("not a GGUF model file") from error
    context = found.get(f"{found.get('general.architecture')}.context_length")
    return Head(
        name=_text(found.get("general.name")),
        licence=_text(found.get("general.license")),
        context=context if isinstance(context, int) else None,
        parameters=_text(found.get("general.size_label")),
    )


def _number(file: BinaryIO, layout: str) -> int:
    return int(struct.unpack(layout, file.read(struct.calcsize(layout)))[0])


def _string(file: BinaryIO) -> str:
    length = _number(file, "<Q")
    if length > _LONGEST_STRING:
        raise ValueError("not a GGUF model file")
    return file.read(length).decode()


def _value(file: BinaryIO, kind: int) -> object:
    if kind == _STRING:
        return _string(file)
    if kind == _ARRAY:
        inner = _number(file, "<I")
        return [_value(file, inner) for _ in range(_number(file, "<Q"))]
    if kind not in _LAYOUTS:
        raise ValueError("not a GGUF model file")
    layout = _LAYOUTS[kind]
    return struct.unpack(layout, file.read(struct.calcsize(layout)))[0]


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
