"""The fake editor does what the real ones were measured to do, so that what is tested with it means something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.editor import NEOVIM, VSCODE, Personality
from harness.nearby import NearEditor
from harness.virtual_time import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Make = Callable[[Personality], NearEditor]

URI = "file:///work/post.md"
TEXT = "one\ntwo\nthree\n"


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    """Return a loop whose time passes as it is told."""
    loop = VirtualLoop()
    yield loop
    loop.end()


@pytest.fixture
def editor(loop: VirtualLoop) -> Make:
    """Return a function that makes an editor without a server, with a document that was opened and not touched."""

    async def made(personality: Personality) -> NearEditor:
        editor = NearEditor(personality)
        editor.open(URI, TEXT)
        return editor

    return lambda personality: loop.finish(made(personality))


def edit(version: Any, *edits: tuple[int, int, int, int, str]) -> dict[str, Any]:
    """Return the parameters of a request for edits: line and character from and to, and the words."""
    changes = [
        {"range": {"start": {"line": a, "character": b}, "end": {"line": c, "character": d}}, "newText": words}
        for a, b, c, d, words in edits
    ]
    return {"edit": {"documentChanges": [{"textDocument": {"uri": URI, "version": version}, "edits": changes}]}}


SECOND = (1, 0, 1, 3, "2")
# who, changes before it, the version that the edit is for, what is answered, whether it is made
VERSIONS = {
    "strict: the version it has": (VSCODE, 0, 1, True, True),
    "strict: an older version": (VSCODE, 1, 1, False, False),
    "strict: a later version": (VSCODE, 0, 2, False, False),
    "strict: no version": (VSCODE, 0, None, False, False),
    "lax: version 0, never checked": (NEOVIM, 1, 0, True, True),
    "lax: no version, never checked": (NEOVIM, 1, None, True, True),
    "lax: 1 for a document that nobody touched": (NEOVIM, 0, 1, True, True),
    "lax: 1 for any other, skipped and called done": (NEOVIM, 1, 1, True, False),
    "lax: a later version": (NEOVIM, 1, 99, True, True),
}


@pytest.mark.parametrize(("who", "typed", "version", "answer", "made"), VERSIONS.values(), ids=VERSIONS)
def test_R1_R3_which_edits_are_made_and_what_is_said_of_them(
    loop: VirtualLoop, editor: Make, who: Personality, typed: int, version: int | None, answer: bool, made: bool
) -> None:
    one = editor(who)
    for _ in range(typed):
        one.insert(URI, 0, "x")
    before = one.buffers[URI].text
    assert loop.finish(one.apply(edit(version, SECOND))) == {"applied": answer}
    assert one.buffers[URI].text == (before.replace("two", "2") if made else before)
    assert len(one.buffers[URI].undo) == typed + made


BAD = {
    "R4: overlapping": [(0, 0, 0, 3, "a"), (0, 2, 1, 1, "b")],
    "R4: out of order": [(1, 0, 1, 1, "a"), (0, 0, 0, 1, "b")],
    "R4: reversed": [(0, 3, 0, 0, "a")],
    "R4: past the last line": [(9, 0, 9, 0, "a")],
    "R4: past the end of a line": [(0, 9, 0, 9, "a")],
}


@pytest.mark.parametrize("edits", BAD.values(), ids=BAD)
@pytest.mark.parametrize("who", [VSCODE, NEOVIM], ids=["strict", "lax"])
def test_edits_that_no_editor_could_make_well_are_held_against_the_server(
    loop: VirtualLoop, editor: Make, who: Personality, edits: list[tuple[int, int, int, int, str]]
) -> None:
    one = editor(who)
    assert loop.finish(one.apply(edit(1, *edits))) == {"applied": not who.strict}
    assert one.buffers[URI].text == TEXT
    assert len(one.faults) == 1


def test_several_edits_are_all_of_the_text_before_and_one_undo(loop: VirtualLoop, editor: Make) -> None:
    one = editor(VSCODE)
    loop.finish(one.apply(edit(1, (0, 0, 0, 3, "first"), (2, 0, 2, 0, "> "))))
    assert one.buffers[URI].text == "first\ntwo\n> three\n"
    one.undo(URI)
    assert one.buffers[URI].text == TEXT
    one.redo(URI)
    assert one.buffers[URI].text == "first\ntwo\n> three\n"


@pytest.mark.parametrize(("who", "edited"), [(VSCODE, "one\rtwo\n3\n"), (NEOVIM, "one\rtwo\nthree\n3")])
def test_R5_a_lone_carriage_return_ends_a_line_in_one_and_not_in_the_other(
    loop: VirtualLoop, editor: Make, who: Personality, edited: str
) -> None:
    one = editor(who)
    one.open(URI, "one\rtwo\nthree\n")
    params = edit(one.buffers[URI].version, (2, 0, 2, 5 if who.strict else 0, "3"))
    loop.finish(one.apply(params))
    assert one.buffers[URI].text == edited


def test_versions_and_delays_are_each_editor_s_own(loop: VirtualLoop, editor: Make) -> None:
    strict, lax = editor(VSCODE), editor(NEOVIM)
    for one in (strict, lax):
        one.insert(URI, 0, "x")
    assert (strict.buffers[URI].sent, lax.buffers[URI].sent) == (2, 0)
    loop.let(0.2)
    assert (strict.buffers[URI].sent, lax.buffers[URI].sent) == (2, 3)
