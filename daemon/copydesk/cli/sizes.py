"""Sizes as people read them."""

from __future__ import annotations


def readable_size(size: int | None) -> str:
    """Return bytes as megabytes or gigabytes, as model libraries print them."""
    if size is None:
        return "size unknown"
    if size >= 1e9:
        return f"{size / 1e9:.1f} GB"
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
