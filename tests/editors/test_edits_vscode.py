"""Edits in a real VS Code: typing races against them, and outside the words that change no byte does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from editors.conftest import DOCUMENT, Place
from editors.polling import poll
from editors.window import position
from harness.nightly import many

if TYPE_CHECKING:
    from pathlib import Path

    from editors.scripted_model import ScriptedModel
    from editors.window import Window

pytestmark = pytest.mark.editor

TEXT = DOCUMENT.read_text("utf-8")
STUDIES = "Studies show that small kilns save money."
BETTER = "We think that small kilns save money."
NOTHING = "The text changed, nothing was edited."


def shown(window: Window) -> str:
    """Return the words of the document, wherever the window breaks its lines."""
    return re.sub(r"\s+", " ", window.text()).strip()


def test_R2_typing_while_a_rewrite_is_accepted_never_mixes_the_two(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """The writer types into the sentence at once: it ends as typed, which is said, or as typed and rewritten."""
    model.rewrites["Studies show"] = STUDIES.replace("Studies show", "Studies in our shop show")
    line, column = position(TEXT, "udies show")  # in front of what the edit changes, so that typing moves that
    with window_on(place, copydesk, model.url) as window:
        window.open("kiln.md")
        window.wait_codes("CD102")
        window.fix("Rewrite:", line, column)
        start = shown(window)
        alone = start.replace("Studies", "Stzqudies")
        both = alone.replace("Stzqudies show", "Stzqudies in our shop show")
        ended = []

        def over() -> str:
            said = window.page.locator(".notifications-toasts").filter(has_text=NOTHING).count()
            return {both: "both", alone: "alone" if said else ""}.get(shown(window), "")

        def back() -> bool:
            if shown(window) != start:
                window.undo()
            return shown(window) == start

        for race in range(many(8, 200)):
            window.fix("Accept rewrite:", line, column)
            window.page.keyboard.type("zq", delay=8 * (race % 8))
            ended.append(poll("an end of the race", over))
            window.page.keyboard.press("Escape")
            window.wait_no_toast(NOTHING)
            poll("the first text", back, every=0.2)
        assert set(ended) <= {"alone", "both"}


def rough() -> dict[str, str]:
    """Return texts with what editors treat each in its own way, by the name of their files.

    None with mixed line ends: VS Code makes them one kind when it saves, whatever was edited.
    """
    return {
        "windows": "\ufeff" + TEXT.replace("\n", "\r\n").rstrip(),
        "other programs": TEXT.replace("kiln behind", "kiln\u2028\u2029\x85\x0b\x0c\x1c behind"),
        "emoji": TEXT.replace(STUDIES, f"👩‍👩‍👧‍👦🇦🇹e\u0301. {STUDIES} 👍🏽"),
    }


def test_R5_R7_outside_the_sentence_every_byte_stays(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """A rewrite is accepted and saved, then undone and saved."""
    model.rewrites["Studies show"] = BETTER
    for name, text in rough().items():
        (place.project / f"{name}.md").write_bytes(text.encode())
    unasked = {"editor.unusualLineTerminators": "off"}  # else VS Code asks whether it may take them out
    with window_on(place, copydesk, model.url, **unasked) as window:
        for name, text in rough().items():
            post = place.project / f"{name}.md"
            line, column = position(text.removeprefix("\ufeff"), STUDIES)
            window.open(post.name)
            window.fix("Rewrite:", line, column + 2)
            window.fix("Accept rewrite:", line, column + 2)
            poll(f"the rewrite: {name}", lambda: "We think that" in shown(window))
            window.save()
            assert post.read_bytes().decode() == text.replace(STUDIES, BETTER), name
            window.undo()
            poll("the first sentence", lambda: "Studies show" in shown(window))
            window.save()
            assert post.read_bytes().decode() == text, name
