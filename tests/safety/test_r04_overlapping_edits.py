"""R4: edits that overlap, run backwards or lie outside are never sent; of two that meet, one is made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis.strategies import integers, lists, tuples

from copydesk.core.edit import Edit, applied
from copydesk.core.text import Encoding, Span, Text
from copydesk.lsp.applying import sent
from copydesk.lsp.convert import workspace_edit
from copydesk.lsp.session import Session
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from harness.connection import Connect
    from harness.editor import Personality

URI = "file:///work/post.md"
TEXT = "One.\r\nTwo 👩‍🚀 flaws.\u2028Three.\n"
OUT_OF_ORDER = {
    "overlapping": (Edit(Span(0, 6), "x"), Edit(Span(4, 9), "y")),
    "one within the other": (Edit(Span(0, 9), "x"), Edit(Span(2, 3), "y")),
    "backwards": (Edit(Span(6, 9), "x"), Edit(Span(0, 3), "y")),
    "ending before it begins": (Edit(Span(4, 4), "x"), Edit(Span(3, 4), "y")),
    "past the end": (Edit(Span(0, len(TEXT) + 1), "x"),),
    "before the beginning": (Edit(Span(-2, 1), "x"),),
}


@pytest.mark.parametrize("edits", OUT_OF_ORDER.values(), ids=OUT_OF_ORDER.keys())
async def test_R4_what_overlaps_or_lies_outside_is_refused_before_it_is_sent(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, edits: tuple[Edit, ...]
) -> None:
    sessions: list[Session] = []
    created = Session.__init__

    def remembered(self: Session, *arguments: Any) -> None:
        sessions.append(self)
        created(self, *arguments)

    monkeypatch.setattr(Session, "__init__", remembered)
    editor = (await connect()).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.jobs")
    (session,) = sessions
    document = session.documents.get(URI)
    assert document is not None
    with pytest.raises(ValueError, match="overlap"):
        await sent(session, document, edits)
    await editor.command("copydesk.jobs")
    assert [m for m in editor.messages if m.get("method") == "workspace/applyEdit"] == []
    assert editor.buffers[URI].text == TEXT


@given(lists(tuples(integers(-3, 40), integers(0, 6)), max_size=4))
def test_R4_whatever_is_applied_is_in_order_and_apart(places: list[tuple[int, int]]) -> None:
    text = Text(TEXT)
    try:
        edits = [Edit(Span(start, start + length), "new") for start, length in places]
        applied(text, *edits)
    except ValueError:
        return
    ends = [0]
    for edit in edits:
        assert ends[-1] <= edit.span.start <= edit.span.end <= len(text)
        ends.append(edit.span.end)
    for encoding in Encoding:
        (change,) = workspace_edit(URI, 1, text, edits, encoding).document_changes or ()
        told = [(edit.range.start, edit.range.end) for edit in change.edits]
        flat = [(place.line, place.character) for pair in told for place in pair]
        assert flat == sorted(flat)


async def test_R4_of_two_proposals_for_the_same_words_one_is_made(connect: Connect, personality: Personality) -> None:
    """A rule flags a word of the sentence that the model flags: both rewrites are accepted in one moment."""
    desk = ScriptedDesk(words="One better thing is here.")
    editor = (await connect(personality, services(desk))).editor
    await editor.initialize()
    text = "Before. One very flawed flaw is here. After.\n"
    editor.open(URI, text)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    notes = await editor.until(lambda: (found := editor.diagnostics.get(URI)) and len(found) == 2 and found)
    by_code = {note["code"]: note["data"]["id"] for note in notes}
    await editor.command("copydesk.rewriteNote", noteId=by_code["CD104"])
    await editor.ended(2)
    desk.words = "really"
    await editor.command("copydesk.rewriteNote", noteId=by_code["CD402"])
    await editor.ended(3)
    answers = [
        editor.start("workspace/executeCommand", {"command": "copydesk.applyNote", "arguments": [{"noteId": identity}]})
        for identity in by_code.values()
    ]
    done = await asyncio.wait_for(asyncio.gather(*(answer for _, answer in answers)), 60)
    whole = text.replace("One very flawed flaw is here.", "One better thing is here.")
    word = text.replace("very", "really")
    assert sorted(one["applied"] for one in done) == [False, True]
    assert editor.buffers[URI].text in (whole, word)
