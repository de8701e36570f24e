"""A writer, an editor and a daemon that may do anything at any moment: the text is what was typed and accepted.

Hypothesis chooses what happens next and how far the event loop gets before that: typing, moving, undoing, saving,
closing, every command, a model that answers late and badly, an editor that is busy, a daemon that is killed. After
each step the text must be what the writer typed plus the edits that were accepted, each made once and at exactly the
place that was offered. 500 interleavings are tried, 10,000 with COPYDESK_NIGHTLY, or what COPYDESK_INTERLEAVINGS says.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import re
from typing import TYPE_CHECKING, Any

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
from pygls.protocol import default_converter

from copydesk.lsp.log import start_log
from harness.editor import NEOVIM, VSCODE, BadEdit, RefusedRequest
from harness.engine import MemoryCache
from harness.held import OUTCOMES, Disk, DiskDrafts, HeldDesk, HeldEngine
from harness.manuscript import Manuscript
from harness.nearby import NearDaemon, NearEditor
from harness.nightly import many
from harness.reader import DRAFTS, VERDICTS, Accepted, Account, Shown
from harness.scripted import MemoryDismissals, MemorySources, services
from harness.virtual_time import VirtualLoop

if TYPE_CHECKING:
    from cattrs import Converter

    from harness.editor import Personality

pytestmark = pytest.mark.slow

TRIED = int(os.environ.get("COPYDESK_INTERLEAVINGS", 0)) or many(500, 10_000)
STEPS = 30
URIS = ("file:///work/post.md", "untitled:other.md")
TEXT = (
    "---\ntitle: Mills\n---\n\n# Mills\n\n👩‍🚀 Cafe\u0301\u2028. The first wheel is a flaw here. It was very old.\n\n"
    "The mill was built in 1790.\r\n\r\n## The Lund canal\n\n"
    "## Afterwards\n\nThe third wheel is a flaw here. The mill has four wheels. It was very new.\n"
)
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
REWRITTEN = frozenset({"CD402", "CD104"})
LITTLE = ("dismissNote", "explainNote", "discardDraft", "showDraft")
ENDS = st.sampled_from(OUTCOMES)
DOCUMENT = st.sampled_from(URIS)


@functools.cache
def learnt() -> Converter:
    """Return a converter for all servers."""
    return default_converter()


class Faults(logging.Handler):
    """Keeps what the daemon logs as its own fault; an engine that is gone, or a missing heading, is none."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if not re.match(r"job \S+ failed: (EngineUnreachable|DocumentError) ", line):
            self.records.append(line)


class Interleavings(RuleBasedStateMachine):
    """One life of an editor with as many daemons as get killed, and two documents."""

    tried = 0
    made = 0

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.engine, self.cache, self.disk = HeldEngine(), MemoryCache(), Disk()
        self.account = Account(self.engine.given)
        self.faults = Faults()
        logging.getLogger("copydesk").addHandler(self.faults)
        self.lives = 0
        self.busy: asyncio.Event | None = None
        self.commands: list[tuple[int, asyncio.Future[Any]]] = []

    @initialize(personality=st.sampled_from(tuple(EDITORS)), texts=st.sampled_from((1, 2)), ready=READY, end=ENDS)
    def begin(self, personality: str, texts: int, ready: str, end: str) -> None:
        self.editor = self.loop.finish(self._editor(EDITORS[personality]))
        self._start()
        for uri in URIS[:texts]:
            self._open(uri, TEXT)
        if ready:
            self._have(ready, end)

    async def _editor(self, personality: Personality) -> NearEditor:
        editor = NearEditor(personality, lambda uri, version: self.account.manuscripts[uri].tell(version))
        make = editor.apply

        async def apply(params: Any) -> Any:
            uri = params["edit"]["documentChanges"][0]["textDocument"]["uri"]
            due = self.account.due(uri)
            if self.busy is not None:
                await self.busy.wait()
            if editor.accepts(params):
                try:
                    self.account.edited(uri, editor.edits(params), due)
                except BadEdit as error:
                    self.account.wrong.append(f"an edit that no editor can make: {error}")
            return await make(params)

        editor.answers["workspace/applyEdit"] = apply
        hear = editor._told

        def told(method: str, params: Any) -> None:
            if method == "textDocument/publishDiagnostics" and params["uri"] in editor.buffers:
                self.account.published(editor, params)
            hear(method, params)

        editor._told = told  # type: ignore[method-assign]
        return editor

    def _start(self) -> None:
        self.lives += 1
        self.drafts = DiskDrafts(self.disk)
        built = services(
            HeldDesk(self.engine, self.cache), MemoryDismissals(), drafts=self.drafts, sources=MemorySources()
        )

        async def start() -> NearDaemon:
            daemon = NearDaemon(self.editor, built, learnt())
            await self.editor.initialize()
            return daemon

        self.daemon = self.loop.finish(start())

    def _open(self, uri: str, text: str) -> None:
        self.account.manuscripts[uri] = Manuscript(text)
        self.editor.open(uri, text)

    def _have(self, ready: str, end: str) -> None:
        """Have the first document rewritten, researched or drafted by a model that answers well, but for one answer."""
        uri = URIS[0]
        self.loop.let(0.5)
        match ready:
            case "rewrites":
                self._command("copydesk.critiqueDocument", uri=uri)
                self._well()
                for note in self._notes(lambda one: one.code in REWRITTEN)[:2]:
                    self._command("copydesk.rewriteNote", noteId=note.id)
                    self.loop.let()
                    if self.engine.waiting:
                        self.engine.let(0, end)
                    self._well()
                    end = "good"
            case "verdicts":
                for words in ("The mill was", "The mill has"):
                    self._command("copydesk.researchClaim", uri=uri, position=self.editor.position(uri, words))
                    self._well()
            case "draft":
                self._draft(uri, TEXT.index("## The Lund"))
                self._well()

    def _well(self) -> None:
        self.loop.let(0.3)
        while self.engine.waiting:
            self.engine.let(0, "good")
            self.loop.let()
        self.loop.let(0.3)

    def _command(self, command: str, **arguments: Any) -> asyncio.Future[Any]:
        identity, answer = self.editor.start("workspace/executeCommand", {"command": command, "arguments": [arguments]})
        self.commands.append((identity, answer))
        answer.add_done_callback(lambda one: one.cancelled() or one.exception())
        return answer

    def _run(self, rounds: int) -> None:
        if rounds == 99:
            self.loop.let()
        elif rounds:
            self.loop.steps(rounds)

    def _notes(self, wanted: Any) -> list[Shown]:
        here = [one["data"]["id"] for found in self.editor.diagnostics.values() for one in found]
        return [one for identity in here if (one := self.account.shown.get(identity)) is not None and wanted(one)]

    def _manuscript(self, uri: str) -> Manuscript:
        return self.account.manuscripts[uri]

    def _place(self, uri: str, at: int) -> int:
        """Return a place where an editor lets its writer type: not within a line end."""
        text = self._manuscript(uri).text
        at %= len(text) + 1
        return at + 1 if text[max(0, at - 1) : at + 1] == "\r\n" else at

    def _is_open(self, uri: str) -> bool:
        return uri in self.editor.buffers

    @rule(
        uri=DOCUMENT,
        how=st.sampled_from(("type", "type", "cut", "replace")),
        at=PLACE,
        words=st.sampled_from(TYPED),
        length=st.sampled_from((1, 2, 7, 40)),
        rounds=ROUNDS,
    )
    def writes(self, uri: str, how: str, at: int, words: str, length: int, rounds: int) -> None:
        if not self._is_open(uri):
            return
        start = self._place(uri, at)
        end = start if how == "type" else self._place(uri, min(len(self._manuscript(uri).text), start + length))
        self._write(uri, start, max(start, end), "" if how == "cut" else words)
        self._run(rounds)

    @rule(
        uri=DOCUMENT,
        which=PLACE,
        at=PLACE,
        rounds=ROUNDS,
        how=st.sampled_from(("move", "copy", "delete", "retype", "undo", "undo", "redo", "save")),
    )
    def does_something_with_words(self, uri: str, which: int, at: int, how: str, rounds: int) -> None:
        if not self._is_open(uri):
            return
        manuscript = self._manuscript(uri)
        match how:
            case "undo" if manuscript.before:
                manuscript.undo()
                self.editor.undo(uri)
            case "redo" if manuscript.undone:
                manuscript.redo()
                self.editor.redo(uri)
            case "save":
                self.editor.save(uri)
            case _ if notes := self._notes(lambda one: one.uri == uri):
                self._edit_words(uri, notes[which % len(notes)], self._place(uri, at), how)
        self._run(rounds)

    def _edit_words(self, uri: str, note: Shown, at: int, how: str) -> None:
        """Do something with the very words that a note is on."""
        manuscript = self._manuscript(uri)
        if (region := manuscript.state.region(note.ids)) is None:
            return
        start, end = region
        match how:
            case "move" if not start < at < end:
                manuscript.move(start, end, at)
                self.editor.replace(uri, 0, len(self.editor.buffers[uri].text), manuscript.text)
            case "copy":
                self._write(uri, at, at, note.words)
            case "delete":
                self._write(uri, start, end, "")
            case "retype":
                self._write(uri, start, end, note.words)

    def _write(self, uri: str, start: int, end: int, words: str) -> None:
        self._manuscript(uri).edit([(start, end, words)])
        self.editor.replace(uri, start, end, words)

    @rule(
        uri=DOCUMENT,
        which=PLACE,
        rounds=ROUNDS,
        what=st.sampled_from(("critique", "rewrite", "rewrite", "research", "draft")),
    )
    def asks(self, uri: str, which: int, what: str, rounds: int) -> None:
        words = ("The mill", "wheel", "very", "## The Lund", "## After", "")[which % 6]
        text = self.editor.buffers[uri].text if self._is_open(uri) else ""
        match what:
            case "critique":
                self._command("copydesk.critiqueDocument", uri=uri)
            case "rewrite" if notes := self._notes(lambda one: one.code in REWRITTEN):
                self._command("copydesk.rewriteNote", noteId=notes[which % len(notes)].id)
            case "research" if text and words in text:
                self._command("copydesk.researchClaim", uri=uri, position=self.editor.position(uri, words))
            case "draft" if text and words in text:
                self._draft(uri, text.index(words))
        self._run(rounds)

    def _draft(self, uri: str, offset: int) -> None:
        self.account.asked_to_draft(uri, offset)
        words = self.editor.buffers[uri].text[offset:]
        self._command("copydesk.draftSection", uri=uri, position=self.editor.position(uri, words))

    @rule(which=PLACE, old=st.integers(0, 5), rounds=ROUNDS)
    def accepts(self, which: int, old: int, rounds: int) -> None:
        self._accept(which, anything=not old)
        self._run(rounds)

    @rule(which=PLACE, at=PLACE, words=st.sampled_from(TYPED), rounds=ROUNDS, more=ROUNDS)
    def accepts_and_types_on(self, which: int, at: int, words: str, rounds: int, more: int) -> None:
        if (note := self._accept(which)) is not None and self._is_open(note.uri):
            self._run(rounds)
            at = self._place(note.uri, at)
            self._write(note.uri, at, at, words)
            self._run(more)

    @rule(which=PLACE, rounds=ROUNDS, first=st.booleans())
    def types_beside_what_is_accepted(self, which: int, rounds: int, first: bool) -> None:
        """Type right before, behind or into the words, or under a heading, before the edit is asked for or after."""
        busy, self.busy = self.busy, self.busy or asyncio.Event()
        if first:
            notes = self._acceptable()
            note = notes[which % len(notes)] if notes else None
        else:
            note = self._accept(which)
            self._run(99)
        if note is not None and self._is_open(note.uri):
            region = self._manuscript(note.uri).state.region(note.ids)
            if region is not None:
                start, end = region
                at = self._place(note.uri, (start, end, (start + end) // 2, end + 1)[which // 7 % 4])
                self._write(note.uri, at, at, ("x", " ", "\n\n")[which % 3])
                self._run(rounds)
        if first:
            self._accept(which)
        if busy is None:
            self._unbusied()

    def _acceptable(self) -> list[Shown]:
        return self._notes(lambda one: one.code in DRAFTS | VERDICTS or self.engine.given.get(one.words))

    def _accept(self, which: int, *, anything: bool = False) -> Shown | None:
        """Accept a rewrite, a draft or a citation, one that is offered or any that ever was."""
        notes = list(self.account.shown.values())[-20:] if anything else self._acceptable()
        if not notes:
            return None
        note = notes[which % len(notes)]
        command = "copydesk.citeNote" if note.code in VERDICTS else "copydesk.applyNote"
        more = {"paragraphs": [which % 2]} if note.code in DRAFTS and which % 3 == 0 else {}
        answer = self._command(command, noteId=note.id, **more)
        self.account.accepted.append(Accepted(command, note, answer))
        return note

    @rule(
        which=PLACE,
        rounds=ROUNDS,
        what=st.sampled_from((*LITTLE, "close", "cancel", "cancel", "$", "$", "busy", "kill")),
    )
    def something_else_happens(self, which: int, what: str, rounds: int) -> None:
        uri = URIS[which % 2]
        pending = [identity for identity, answer in self.commands if not answer.done()]
        match what:
            case "close" if self._is_open(uri):
                self._unbusied()
                self.editor.close(uri)
                self.editor.diagnostics.pop(uri, None)
            case "close":
                self._open(uri, TEXT)
            case "cancel":
                self._command("copydesk.cancel")
            case "$" if pending:
                self.editor.notify("$/cancelRequest", {"id": pending[which % len(pending)]})
            case "busy" if self.busy is None:
                self.busy = asyncio.Event()
            case "busy":
                self._unbusied()
            case "kill" if self.lives < 4:
                self._killed()
            case _ if what in LITTLE and (notes := self._notes(lambda one: one.code in DRAFTS or "Draft" not in what)):
                self._command(f"copydesk.{what}", noteId=notes[which % len(notes)].id)
        self._run(rounds)

    @precondition(lambda self: self.engine.waiting)
    @rule(which=PLACE, count=st.sampled_from((1, 1, 2, 5, 20)), outcome=ENDS, rounds=ROUNDS)
    def the_model_answers(self, which: int, count: int, outcome: str, rounds: int) -> None:
        for _ in range(count):
            if self.engine.waiting:
                self.engine.let(which, outcome)
                self._run(rounds)

    @rule(seconds=st.sampled_from((0.0, 0.02, 0.05, 0.3, 3.0)))
    def time_passes(self, seconds: float) -> None:
        if seconds > 1:
            self._unbusied()
        self.loop.let(seconds)

    def _unbusied(self) -> None:
        if self.busy is not None:
            self.busy.set()
            self.busy = None
            self.loop.let()

    def _killed(self) -> None:
        """Kill the daemon and start another, as an editor does."""
        self.drafts.alive = False
        self.editor.abandoned()
        self.engine.waiting.clear()
        self.account.accepted.clear()
        self.commands.clear()
        self.busy = None
        # What is left of it does nothing that anyone could see; it is cleared away to save memory.
        self.daemon.inbox.put_nowait(None)
        self.loop.let(1)
        self._start()
        for uri in self.editor.buffers:
            self.editor.open_again(uri)

    @invariant()
    def nothing_else_happens(self) -> None:
        self.account.answered()
        assert self.account.wrong == [], self.account.wrong
        if hasattr(self, "editor"):
            assert self.editor.faults == [], self.editor.faults
            for uri, buffer in self.editor.buffers.items():
                assert buffer.text == self._manuscript(uri).text
        assert self.faults.records == [], self.faults.records

    def teardown(self) -> None:
        try:
            if hasattr(self, "editor"):
                self._unbusied()
                self._well()
                self.loop.let(15)
                self._well()
                self.nothing_else_happens()
                assert [answer for _, answer in self.commands if not answer.done()] == []
                for _, answer in self.commands:
                    error = None if answer.cancelled() else answer.exception()
                    assert error is None or (isinstance(error, RefusedRequest) and error.code in (-32803, -32800))
                self.loop.finish(self.editor.leave())
                assert self.loop.finish(_ended(self.daemon)) == 0
                self.nothing_else_happens()
        finally:
            logging.getLogger("copydesk").removeHandler(self.faults)
            self.loop.end()
        type(self).tried += 1
        type(self).made += self.account.edits


async def _ended(daemon: NearDaemon) -> int:
    return await daemon.ending


def test_R2_R3_R4_R12_R13_R54_the_text_is_what_was_typed_and_accepted() -> None:
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
    print(f"\n{Interleavings.tried} interleavings, {Interleavings.made} edits made")
    assert Interleavings.tried >= TRIED
    assert Interleavings.made > TRIED / 20, "too few edits were made to tell anything"
