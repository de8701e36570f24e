"""Model files that hold metadata and nothing else."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LLAMA: Mapping[str, object] = {
    "general.architecture": "llama",
    "general.name": "A Model",
    "general.license": "apache-2.0",
    "general.size_label": "8B",
    "general.tags": ["text", "small"],
    "llama.context_length": 4096,
    "llama.rope.freq_base": 10000.0,
}


def write_gguf(path: Path, metadata: Mapping[str, object] = LLAMA) -> Path:
    """Write a file whose head says this, then a vocabulary that no reader should need; return its path."""
    entries = [*metadata.items(), ("tokenizer.ggml.tokens", ["a"] * 100)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        struct.pack("<4sIQQ", b"GGUF", 3, 0, len(entries))
        + b"".join(_string(key) + _typed(value) for key, value in entries)
    )
    return path


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _typed(value: object) -> bytes:
    kind, plain = _plain(value)
    return struct.pack("<I", kind) + plain


def _plain(value: object) -> tuple[int, bytes]:
    if isinstance(value, str):
        return 8, _string(value)
    if isinstance(value, int):
        return 4, struct.pack("<I", value)
    if isinstance(value, float):
        return 6, struct.pack("<f", value)
    assert isinstance(value, list)
    inner = [_plain(each) for each in value]
    return 9, struct.pack("<IQ", inner[0][0], len(inner)) + b"".join(each for _, each in inner)
