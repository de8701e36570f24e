"""A writer, an editor and a daemon that may do anything at any moment: the text is what was typed and accepted.

Hypothesis chooses what happens next and how far the event loop gets before that: typing, moving, undoing, saving,
closing, every command, a model that answers late and badly, an editor that is busy, a daemon that is killed. After
each step the text must be what the writer typed plus the edits that were accepted, each made once and at exactly the
place that was offered. 500 interleavings are tried, 10,000 with COPYDESK_NIGHTLY, or what COPYDESK_INTERLEAVINGS says.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from copydesk.lsp.log import start_log
from harness.editor import NEOVIM, VSCODE
from harness.held import OUTCOMES
from harness.life import REWRITTEN, TEXT, URIS, Life
from harness.nightly import many
from harness.reader import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

TRIED = int(os.environ.get("COPYDESK_INTERLEAVINGS", 0)) or many(500, 10_000)
STEPS = 30
TYPED = (
    *(
        "x",
        " very ",
        "é",
        "👩‍🚀",
        "\n",
        "\n\n",
        "\r\n",
        "**",
        "\n```\n",
        "# ",
        "\n# Top\n\n",
        "[^1]",
        "\u2028",
        "<!-- ",
    ),
    *("The first wheel is a flaw here. ", "The mill has four wheels. ", "very ", "## The Lund canal\n\n", "flaw"),
)
EDITORS = {"strict": VSCODE, "lax": NEOVIM}
ROUNDS = st.sampled_from((0, 1, 2, 3, 5, 9, 99))
PLACE = st.integers(0, 9999)
READY = st.sampled_from(("", "rewrites", "rewrites", "verdicts", "draft"))
LITTLE = ("dismissNote", "explainNote", "discardDraft", "showDraft")
ENDS = st.sampled_from(OUTCOMES)
DOCUMENT = st.sampled_from(URIS)


class Interleavings(RuleBasedStateMachine):
    """What may happen in a life, and what must hold after each step."""

    tried = 0
    made = 0

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    @initialize(personality=st.sampled_from(tuple(EDITORS)), texts=st.sampled_from((1, 2)), ready=READY, end=ENDS)
    def begin(self, personality: str, texts: int, ready: str, end: str) -> None:
        self.life.begin(EDITORS[personality], texts, ready, end)

    @rule(
        uri=DOCUMENT,
        how=st.sampled_from(("type", "type", "cut", "replace")),
        at=PLACE,
        words=st.sampled_from(TYPED),
        length=st.sampled_from((1, 2, 7, 40)),
        rounds=ROUNDS,
    )
    def writes(self, uri: str, how: str, at: int, words: str, length: int, rounds: int) -> None:
        if not self.life.is_open(uri):
            return
        start = self.life.place(uri, at)
        end = start if how == "type" else self.life.place(uri, min(len(self.life.manuscript(uri).text), start + length))
        self.life.write(uri, start, max(start, end), "" if how == "cut" else words)
        self.life.run(rounds)

    @rule(
        uri=DOCUMENT,
        which=PLACE,
        at=PLACE,
        rounds=ROUNDS,
        how=st.sampled_from(("move", "copy", "delete", "retype", "undo", "undo", "redo", "save")),
    )
    def does_something_with_words(self, uri: str, which: int, at: int, how: str, rounds: int) -> None:
        if not self.life.is_open(uri):
            return
        manuscript = self.life.manuscript(uri)
        match how:
            case "undo" if manuscript.before:
                manuscript.undo()
                self.life.editor.undo(uri)
            case "redo" if manuscript.undone:
                manuscript.redo()
                self.life.editor.redo(uri)
            case "save":
                self.life.editor.save(uri)
            case _ if notes := self.life.notes(lambda one: one.uri == uri):
                self.life.edit_words(uri, notes[which % len(notes)], self.life.place(uri, at), how)
        self.life.run(rounds)

    @rule(
        uri=DOCUMENT,
        which=PLACE,
        rounds=ROUNDS,
        what=st.sampled_from(("critique", "rewrite", "rewrite", "research", "draft")),
    )
    def asks(self, uri: str, which: int, what: str, rounds: int) -> None:
        words = ("The mill", "wheel", "very", "## The Lund", "## After", "")[which % 6]
        text = self.life.editor.buffers[uri].text if self.life.is_open(uri) else ""
        match what:
            case "critique":
                self.life.command("copydesk.critiqueDocument", uri=uri)
            case "rewrite" if notes := self.life.notes(lambda one: one.code in REWRITTEN):
                self.life.command("copydesk.rewriteNote", noteId=notes[which % len(notes)].id)
            case "research" if text and words in text:
                self.life.command("copydesk.researchClaim", uri=uri, position=self.life.editor.position(uri, words))
            case "draft" if text and words in text:
                self.life.draft(uri, text.index(words))
        self.life.run(rounds)

    @rule(which=PLACE, old=st.integers(0, 5), rounds=ROUNDS)
    def accepts(self, which: int, old: int, rounds: int) -> None:
        self.life.accept(which, anything=not old)
        self.life.run(rounds)

    @rule(which=PLACE, at=PLACE, words=st.sampled_from(TYPED), rounds=ROUNDS, more=ROUNDS)
    def accepts_and_types_on(self, which: int, at: int, words: str, rounds: int, more: int) -> None:
        if (note := self.life.accept(which)) is not None and self.life.is_open(note.uri):
            self.life.run(rounds)
            at = self.life.place(note.uri, at)
            self.life.write(note.uri, at, at, words)
            self.life.run(more)

    @rule(which=PLACE, rounds=ROUNDS, first=st.booleans())
    def types_beside_what_is_accepted(self, which: int, rounds: int, first: bool) -> None:
        """Type right before, behind or into the words, or under a heading, before the edit is asked for or after."""
        busy, self.life.busy = self.life.busy, self.life.busy or asyncio.Event()
        if first:
            notes = self.life.acceptable()
            note = notes[which % len(notes)] if notes else None
        else:
            note = self.life.accept(which)
            self.life.run(99)
        if note is not None and self.life.is_open(note.uri):
            region = self.life.manuscript(note.uri).state.region(note.ids)
            if region is not None:
                start, end = region
                at = self.life.place(note.uri, (start, end, (start + end) // 2, end + 1)[which // 7 % 4])
                self.life.write(note.uri, at, at, ("x", " ", "\n\n")[which % 3])
                self.life.run(rounds)
        if first:
            self.life.accept(which)
        if busy is None:
            self.life.unbusied()

    @rule(
        which=PLACE,
        rounds=ROUNDS,
        what=st.sampled_from((*LITTLE, "close", "cancel", "cancel", "$", "$", "busy", "kill")),
    )
    def something_else_happens(self, which: int, what: str, rounds: int) -> None:
        uri = URIS[which % 2]
        pending = [identity for identity, answer in self.life.commands if not answer.done()]
        match what:
            case "close" if self.life.is_open(uri):
                self.life.unbusied()
                self.life.editor.close(uri)
                self.life.editor.diagnostics.pop(uri, None)
            case "close":
                self.life.open(uri, TEXT)
            case "cancel":
                self.life.command("copydesk.cancel")
            case "$" if pending:
                self.life.editor.notify("$/cancelRequest", {"id": pending[which % len(pending)]})
            case "busy" if self.life.busy is None:
                self.life.busy = asyncio.Event()
            case "busy":
                self.life.unbusied()
            case "kill" if self.life.lives < 4:
                self.life.kill()
            case _ if what in LITTLE and (
                notes := self.life.notes(lambda one: one.code in DRAFTS or "Draft" not in what)
            ):
                self.life.command(f"copydesk.{what}", noteId=notes[which % len(notes)].id)
        self.life.run(rounds)

    @precondition(lambda self: self.life.engine.waiting)
    @rule(which=PLACE, count=st.sampled_from((1, 1, 2, 5, 20)), outcome=ENDS, rounds=ROUNDS)
    def the_model_answers(self, which: int, count: int, outcome: str, rounds: int) -> None:
        for _ in range(count):
            if self.life.engine.waiting:
                self.life.engine.let(which, outcome)
                self.life.run(rounds)

    @rule(seconds=st.sampled_from((0.0, 0.02, 0.05, 0.3, 3.0)))
    def time_passes(self, seconds: float) -> None:
        if seconds > 1:
            self.life.unbusied()
        self.life.loop.let(seconds)

    @invariant()
    def nothing_else_happens(self) -> None:
        self.life.nothing_is_wrong()

    def teardown(self) -> None:
        try:
            if hasattr(self.life, "editor"):
                self.life.end()
        finally:
            self.life.cleared()
        type(self).tried += 1
        type(self).made += self.life.account.edits


def test_R2_R3_R4_R12_R13_R54_the_text_is_what_was_typed_and_accepted(
    record_property: Callable[[str, object], None],
) -> None:
    start_log(None)
    Interleavings.tried = Interleavings.made = 0
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=TRIED,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
        ),
    )
    record_property("interleavings", Interleavings.tried)
    record_property("edits made", Interleavings.made)
    assert Interleavings.tried >= TRIED
    assert Interleavings.made > TRIED / 20, "too few edits were made to tell anything"
