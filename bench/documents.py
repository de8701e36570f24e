"""Documents to measure with. The invented ones have five passages, and hold something for each server to find."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bench import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DATA = ROOT / "tests" / "data"
POST = DATA / "planted" / "blog-post.md"
WORDS = 10_700

_TOWNS = ("Marlow", "Tilburg", "Odense", "Graz", "Coimbra", "Tampere", "Ghent", "Lviv", "Cork", "Parma", "Brno")
_PASSAGES = (
    "The harbour museum of {town} holds {number} printed charts, and teh oldest sheet was drawn in {year}. "
    "Many experts agree that the collection deserves a visit.",
    "Trams came to {town} late: teh narrow rails measure {number} millimetres and were laid by Swedish engineers.",
    "Rainwater from the station roof in {town} takes {number} metres of clay pipe on its way into teh canal.",
    "A camera factory near {town} made {number} glass plates a week, and teh shutter contains a steel spring.",
    "Beekeepers around {town} have {number} hives, each of which needs some litres of teh sweet syrup in winter.",
)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def invented(number: int) -> str:
    """Return a document of five passages that no other number gives."""
    return (
        "\n\n".join(
            passage.format(town=_TOWNS[(number + at) % len(_TOWNS)], number=200 + 37 * number + at, year=1600 + number)
            for at, passage in enumerate(_PASSAGES)
        )
        + "\n"
    )


def long_text(words: int = WORDS) -> str:
    """Return so many words of published prose in many documents' Markdown."""
    parts, count = [], 0
    for path in _clean():
        part = _FRONT_MATTER.sub("", path.read_text(encoding="utf-8"))
        parts.append(part)
        count += len(part.split())
        if count >= words:
            break
    paragraphs = "\n\n".join(parts).split("\n\n")
    while sum(len(paragraph.split()) for paragraph in paragraphs) > words:
        paragraphs.pop()
    return "\n\n".join(paragraphs) + "\n"


def _clean() -> list[Path]:
    return sorted(path for path in (DATA / "clean_prose").rglob("*.md") if path.name != "README.md")
