"""The documentation's links and pictures lead somewhere, and pictures say what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
LARGEST = 220_000
"""Bytes of a picture, so that a page of several opens at once."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_points_to_is_there(page: Path) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for picture, words, target in LINK.findall(text):
        if re.match(r"[a-z]+:|#", target):
            continue
        place = page.parent / target.partition("#")[0]
        assert place.exists(), f"{target} is not there"
        assert words if not picture else len(words) > 20, f"{target} is not described"


def test_pictures_are_shown_and_small() -> None:
    shown = {
        (page.parent / target).resolve()
        for page in PAGES
        for picture, _, target in LINK.findall(page.read_text("utf-8"))
        if picture
    }
    pictures = set((ROOT / "docs" / "images").iterdir())
    assert pictures <= shown, "a picture is on no page"
    assert max(one.stat().st_size for one in pictures) < LARGEST
