"""A writer with an editor and as many daemons as get killed, on a loop of virtual time: what they do, step by step."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any

from harness.editor import BadEdit, RefusedRequest
from harness.engine import MemoryCache
from harness.held import Disk, DiskDrafts, HeldDesk, HeldEngine
from harness.manuscript import Manuscript
from harness.memory_stores import MemoryDismissals, MemorySources
from harness.nearby import NearDaemon, NearEditor, learnt
from harness.reader import DRAFTS, VERDICTS, Accepted, Account, Shown
from harness.scripted import services
from harness.virtual_time import VirtualLoop

if TYPE_CHECKING:
    from harness.editor import Personality

URIS = ("file:///work/post.md", "untitled:other.md")
TEXT = (
    "---\ntitle: Mills\n---\n\n# Mills\n\n👩‍🚀 Cafe\u0301\u2028. The first wheel is a flaw here. It was very old.\n\n"
    "The mill was built in 1790.\r\n\r\n## The Lund canal\n\n"
    "## Afterwards\n\nThe third wheel is a flaw here. The mill has four wheels. It was very new.\n"
)
REWRITTEN = frozenset({"CD402", "CD104"})


class Faults(logging.Handler):
    """Keeps what the daemon logs as its own fault; an engine that is gone, or a missing heading, is none."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if not re.match(r"job \S+ failed: (EngineUnreachable|DocumentError) ", line):
            self.records.append(line)


class Life:
    """One life of an editor with as many daemons as get killed, and two documents.

    While `busy` is set the editor applies no edit. `account` knows what the writer typed and accepted.
    """

    def __init__(self) -> None:
        self.loop = VirtualLoop()
        self.engine, self.cache, self.disk = HeldEngine(), MemoryCache(), Disk()
        self.account = Account(self.engine.given)
        self.faults = Faults()
        logging.getLogger("copydesk").addHandler(self.faults)
        self.lives = 0
        self.busy: asyncio.Event | None = None
        self.commands: list[tuple[int, asyncio.Future[Any]]] = []

    def begin(self, personality: Personality, texts: int, ready: str, end: str) -> None:
        """Start an editor and a daemon, and open documents; have the first one `ready` for something."""
        self.editor = self.loop.finish(self._made(personality))
        self._start()
        for uri in URIS[:texts]:
            self.open(uri, TEXT)
        if ready:
            self._have(ready, end)

    async def _made(self, personality: Personality) -> NearEditor:
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

    def open(self, uri: str, text: str) -> None:
        """Open a document."""
        self.account.manuscripts[uri] = Manuscript(text)
        self.editor.open(uri, text)

    def _have(self, ready: str, end: str) -> None:
        """Have the first document rewritten, researched or drafted by a model that answers well, but for one answer."""
        uri = URIS[0]
        self.loop.let(0.5)
        match ready:
            case "rewrites":
                self.command("copydesk.critiqueDocument", uri=uri)
                self._well()
                for note in self.notes(lambda one: one.code in REWRITTEN)[:2]:
                    self.command("copydesk.rewriteNote", noteId=note.id)
                    self.loop.let()
                    if self.engine.waiting:
                        self.engine.let(0, end)
                    self._well()
                    end = "good"
            case "verdicts":
                for words in ("The mill was", "The mill has"):
                    self.command("copydesk.researchClaim", uri=uri, position=self.editor.position(uri, words))
                    self._well()
            case "draft":
                self.draft(uri, TEXT.index("## The Lund"))
                self._well()

    def _well(self) -> None:
        self.loop.let(0.3)
        while self.engine.waiting:
            self.engine.let(0, "good")
            self.loop.let()
        self.loop.let(0.3)

    def command(self, command: str, **arguments: Any) -> asyncio.Future[Any]:
        """Send a command, whose answer nobody waits for."""
        identity, answer = self.editor.start("workspace/executeCommand", {"command": command, "arguments": [arguments]})
        self.commands.append((identity, answer))
        answer.add_done_callback(lambda one: one.cancelled() or one.exception())
        return answer

    def run(self, rounds: int) -> None:
        """Let the event loop go on so many rounds; 99 stands for until nothing moves."""
        if rounds == 99:
            self.loop.let()
        elif rounds:
            self.loop.steps(rounds)

    def notes(self, wanted: Any) -> list[Shown]:
        """Return the notes that are shown and wanted."""
        here = [one["data"]["id"] for found in self.editor.diagnostics.values() for one in found]
        return [one for identity in here if (one := self.account.shown.get(identity)) is not None and wanted(one)]

    def manuscript(self, uri: str) -> Manuscript:
        """Return a document as its writer knows it."""
        return self.account.manuscripts[uri]

    def place(self, uri: str, at: int) -> int:
        """Return a place where an editor lets its writer type: not within a line end."""
        text = self.manuscript(uri).text
        at %= len(text) + 1
        return at + 1 if text[max(0, at - 1) : at + 1] == "\r\n" else at

    def is_open(self, uri: str) -> bool:
        """Tell whether a document is open."""
        return uri in self.editor.buffers

    def write(self, uri: str, start: int, end: int, words: str) -> None:
        """Type in place of what stands between two places."""
        self.manuscript(uri).edit([(start, end, words)])
        self.editor.replace(uri, start, end, words)

    def edit_words(self, uri: str, note: Shown, at: int, how: str) -> None:
        """Do something with the very words that a note is on."""
        manuscript = self.manuscript(uri)
        if (region := manuscript.state.region(note.ids)) is None:
            return
        start, end = region
        match how:
            case "move" if not start < at < end:
                manuscript.move(start, end, at)
                self.editor.replace(uri, 0, len(self.editor.buffers[uri].text), manuscript.text)
            case "copy":
                self.write(uri, at, at, note.words)
            case "delete":
                self.write(uri, start, end, "")
            case "retype":
                self.write(uri, start, end, note.words)

    def draft(self, uri: str, offset: int) -> None:
        """Ask for a draft of the section at an offset."""
        self.account.asked_to_draft(uri, offset)
        words = self.editor.buffers[uri].text[offset:]
        self.command("copydesk.draftSection", uri=uri, position=self.editor.position(uri, words))

    def acceptable(self) -> list[Shown]:
        """Return the notes with something to accept."""
        return self.notes(lambda one: one.code in DRAFTS | VERDICTS or self.engine.given.get(one.words))

    def accept(self, which: int, *, anything: bool = False) -> Shown | None:
        """Accept a rewrite, a draft or a citation, one that is offered or any that ever was."""
        notes = list(self.account.shown.values())[-20:] if anything else self.acceptable()
        if not notes:
            return None
        note = notes[which % len(notes)]
        command = "copydesk.citeNote" if note.code in VERDICTS else "copydesk.applyNote"
        more = {"paragraphs": [which % 2]} if note.code in DRAFTS and which % 3 == 0 else {}
        answer = self.command(command, noteId=note.id, **more)
        self.account.accepted.append(Accepted(command, note, answer))
        return note

    def unbusied(self) -> None:
        """Have the editor come round."""
        if self.busy is not None:
            self.busy.set()
            self.busy = None
            self.loop.let()

    def kill(self) -> None:
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

    def nothing_is_wrong(self) -> None:
        """See that the texts are what was typed and accepted, and that nobody complains."""
        self.account.answered()
        assert self.account.wrong == [], self.account.wrong
        if hasattr(self, "editor"):
            assert self.editor.faults == [], self.editor.faults
            for uri, buffer in self.editor.buffers.items():
                assert buffer.text == self.manuscript(uri).text
        assert self.faults.records == [], self.faults.records

    def end(self) -> None:
        """Let everything come to its end, and see that it does so as it should."""
        self.unbusied()
        self._well()
        self.loop.let(15)
        self._well()
        self.nothing_is_wrong()
        assert [answer for _, answer in self.commands if not answer.done()] == []
        for _, answer in self.commands:
            error = None if answer.cancelled() else answer.exception()
            assert error is None or (isinstance(error, RefusedRequest) and error.code in (-32803, -32800))
        self.loop.finish(self.editor.leave())
        assert self.loop.finish(_ended(self.daemon)) == 0
        self.nothing_is_wrong()

    def cleared(self) -> None:
        """Clear away what would outlast the test."""
        logging.getLogger("copydesk").removeHandler(self.faults)
        self.loop.end()


async def _ended(daemon: NearDaemon) -> int:
    return await daemon.ending
