"""A project with a section to draft, a small library for it, and a model that can write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editors.conftest import Place
from harness.draft_models import FACTS, PAGES, POST, competent

if TYPE_CHECKING:
    from pathlib import Path

    from editors.scripted_model import ScriptedModel

HEADING = "## The Lund canal"
FIRST, SECOND = "writer P1", "writer P2"
"""What the model is asked in writing the draft's paragraphs, to be held back."""

SAYS = tuple(FACTS.values())
"""The sentences that the model writes."""


def canal(folder: Path) -> Place:
    """Return a fresh project that holds the document and its library."""
    place = Place(folder / "project", folder / "home", "canal.md")
    (place.project / ".git").mkdir(parents=True)
    (place.project / "sources").mkdir()
    place.home.mkdir()
    place.post.write_bytes(POST.encode())
    for name, text in PAGES.items():
        (place.project / "sources" / f"{name.lower()}.md").write_text(text, "utf-8")
    (place.project / "copydesk.toml").write_text('[search]\nlibrary = ["sources"]\n', "utf-8")
    return place


def drafts(model: ScriptedModel) -> None:
    """Have the model draft the section."""
    model.drafter = competent()
