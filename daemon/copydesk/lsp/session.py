"""One client's session: open documents, their notes, and keeping both in step with what the writer types."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from copydesk.errors import CopydeskError
from copydesk.lsp.client import Client
from copydesk.lsp.configuring import Settings
from copydesk.lsp.convert import diagnostic
from copydesk.lsp.desks import Desks
from copydesk.lsp.documents import Arrivals, Documents, OpenDocument, Sync
from copydesk.lsp.evidence import EvidencePages
from copydesk.lsp.jobs import Job, Jobs
from copydesk.lsp.log import fault
from copydesk.lsp.notes import DocumentNotes
from copydesk.lsp.status import Status
from copydesk.lsp.wording import named

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from copydesk.core.document import Document
    from copydesk.core.instant import InstantReading
    from copydesk.lsp.placed import PlacedNote
    from copydesk.lsp.ports import Configuration, Services
    from copydesk.lsp.protocol import CopydeskServer

logger = logging.getLogger(__name__)

FAREWELL_SECONDS = 0.5
"""How long the end of a session waits for its jobs to let go."""

TOO_LARGE = "This document is larger than 2 MB, so copydesk is off for it."
APART = "copydesk lost track of this document. It offers no edits until the document changes or is opened again."


class Session:
    """The state behind the handlers. All of it lives on the event loop; only analysis and files use threads.

    `recover` is run once for each document, after it was first read.
    """

    def __init__(
        self,
        server: CopydeskServer,
        services: Services,
        recover: Callable[[Session, OpenDocument], Coroutine[Any, Any, None]],
    ) -> None:
        self.services = services
        self.client = Client(server)
        self.documents = Documents()
        self.arrivals = Arrivals()
        self.jobs = Jobs(self.client, self._failed, self._jobs_changed)
        self.desks = Desks(services.desk)
        self.settings = Settings(self.client, services.configure, self._configured)
        self.status = Status(self.client, self.jobs, self.desks, self.settings, self.background)
        self.evidence = EvidencePages()
        self._recover = recover
        self._notes: dict[str, DocumentNotes] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="copydesk-analysis")
        self._analyses: dict[str, asyncio.Task[None]] = {}
        self._unpublished: set[str] = set()
        self._background: set[asyncio.Task[None]] = set()
        self._editing: dict[str, asyncio.Lock] = {}

    def opened(self, item: types.TextDocumentItem) -> None:
        """Take over an opened document and analyse it at once."""
        self.jobs.cancel_document(item.uri)
        document = self.documents.open(item)
        if document is not None:
            self._notes[document.uri] = DocumentNotes(document.text)
            self._inform(document, None)
            self.background(self.load_dismissals(document))
            self._analyse(document, 0)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """Take over a change, move the notes, and analyse once the writer pauses."""
        uri = params.text_document.uri
        before = self.documents.get(uri)
        document = self.documents.change(uri, params.text_document.version, params.content_changes)
        if document is None or before is None:
            return
        self._inform(document, before)
        if document.text is not before.text:
            self._notes[uri].follow(document.text)
            self.arrivals.tell(document)
            self._analyse(document, self.services.debounce)

    def saved(self, uri: str) -> None:
        """Look again for what is known of sources: a document may cite others than before, or be cited by another."""
        if self.documents.get(uri) is not None:
            self.background(self.sources_changed())

    def misunderstood(self, method: str, params: Any) -> None:
        """Stop trusting a document whose change could not be understood."""
        if method != types.TEXT_DOCUMENT_DID_CHANGE or not isinstance(params, dict):
            return
        identifier = params.get("textDocument")
        uri = identifier.get("uri") if isinstance(identifier, dict) else None
        before = self.documents.get(uri) if isinstance(uri, str) else None
        if before is not None and (document := self.documents.lose(before.uri)) is not None:
            self._inform(document, before)

    def closed(self, uri: str) -> None:
        """Forget a document, its work, and what was shown in it."""
        self.jobs.cancel_document(uri)
        if (analysis := self._analyses.pop(uri, None)) is not None:
            analysis.cancel()
        if self.documents.close(uri) is not None:
            del self._notes[uri]
            self._editing.pop(uri, None)
            self.settings.keep(path for document in self.documents if (path := document.path) is not None)
            self.client.publish(uri, None, [])

    async def close(self) -> None:
        """End all work and release the engine, within bounds."""
        for analysis in self._analyses.values():
            analysis.cancel()
        await self.jobs.close(FAREWELL_SECONDS)
        for task in self._background:
            task.cancel()
        self._worker.shutdown(wait=False, cancel_futures=True)
        try:
            await asyncio.wait_for(self.desks.close(), FAREWELL_SECONDS)
        except Exception as error:
            logger.error("desk not closed: %s", fault(error))

    def notes(self, uri: str) -> DocumentNotes | None:
        """Return the notes of an open document that is in step with the client's."""
        document = self.documents.get(uri)
        return self._notes[uri] if document is not None and document.sync is Sync.TOGETHER else None

    def owner(self, identity: str) -> tuple[OpenDocument, DocumentNotes] | None:
        """Return the open document that has, or had, a note."""
        for document in self.documents:
            if self._notes[document.uri].known(identity) is not None:
                return document, self._notes[document.uri]
        return None

    def visible(self, uri: str, notes: DocumentNotes) -> tuple[PlacedNote, ...]:
        """Return the notes that are shown of a document."""
        return notes.visible(self.configuration(uri))

    def configuration(self, uri: str) -> Configuration:
        """Return the settings in force for a document."""
        document = self.documents.get(uri)
        return self.settings.of(document.path if document is not None else None)

    def publish_soon(self, uri: str) -> None:
        """Publish a document's notes when the loop comes round; many calls before that make one message."""
        if not self._unpublished:
            asyncio.get_running_loop().call_soon(self._publish)
        self._unpublished.add(uri)

    def editing(self, uri: str) -> asyncio.Lock:
        """Return the lock under which a document is edited: one edit is confirmed before the next is sent."""
        return self._editing.setdefault(uri, asyncio.Lock())

    def background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something nobody has to wait for; its failure is logged."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background_ended)
        return task

    async def load_dismissals(self, document: OpenDocument) -> None:
        """Read what the project dismissed, and hide it."""
        path, notes = document.path, self._notes.get(document.uri)
        if path is None or notes is None:
            return
        try:
            load = self.services.dismissals.load
            notes.dismissals.recorded = await asyncio.to_thread(load, path, self.settings.folders)
        except CopydeskError as error:
            self.client.say(error.sentence, types.MessageType.Warning)
        self.publish_soon(document.uri)

    async def load_sources(self, document: OpenDocument) -> None:
        """Read what is stored of the sources that a document cites, and check its citations against it."""
        notes = self._notes.get(document.uri)
        if notes is None or notes.document is None:
            return
        try:
            configuration = await self.settings.loaded(document.path)
            sources = self.services.sources
            known = await asyncio.to_thread(sources.known, notes.document, document.path, configuration)
        except CopydeskError as error:
            self.client.say(error.sentence, types.MessageType.Warning)
            return
        current = self.documents.get(document.uri)
        if known.version != notes.sources.version and current is not None:
            notes.sources = known
            self._analyse(current, 0)

    async def sources_changed(self) -> None:
        """Check the citations of all open documents against the store anew."""
        for document in self.documents:
            await self.load_sources(document)

    async def read(self, document: OpenDocument) -> Document:
        """Return a document as the desk reads it; the last analysis is used where it still holds."""
        notes = self._notes.get(document.uri)
        if notes is not None and notes.document is not None and notes.document.text is document.text:
            return notes.document
        previous = notes.document if notes is not None else None
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, self.services.read, document.text, document.format, previous)

    def _analyse(self, document: OpenDocument, delay: float) -> None:
        if (running := self._analyses.pop(document.uri, None)) is not None:
            running.cancel()
        self._analyses[document.uri] = asyncio.create_task(self._analysis(document, delay))

    async def _analysis(self, document: OpenDocument, delay: float) -> None:
        """Read a document and run the instant checks; a result for a text that has moved on is thrown away."""
        await asyncio.sleep(delay)
        configuration = await self.settings.loaded(document.path)
        notes = self._notes[document.uri]
        if document.sync is Sync.TOO_LARGE:
            self.publish_soon(document.uri)
            return
        loop = asyncio.get_running_loop()
        try:
            read, words, found = await loop.run_in_executor(
                self._worker, _analysed, self.services, configuration, document, notes
            )
        except Exception as error:
            logger.error("not analysed: %s", fault(error))
            return
        if notes.text is document.text:
            before = notes.reading
            notes.analysed(read, words, found)
            self.publish_soon(document.uri)
            if before is None or before.citations.targets != found.citations.targets:
                self.background(self.load_sources(document))
            if before is None:
                self.background(self._recover(self, document))

    def _publish(self) -> None:
        for uri in tuple(self._unpublished):
            document, notes = self.documents.get(uri), self._notes.get(uri)
            if document is not None and notes is not None:
                features = self.client.features
                shown = [
                    diagnostic(uri, notes.text, one, features, self._quotes(one), notes.offered_on(one.id))
                    for one in self.visible(uri, notes)
                    if not one.note.quiet
                ]
                self.client.publish(uri, notes.text.version, shown)
                if (news := notes.overflow()) is not None:
                    self.client.say(news)
        self._unpublished.clear()
        if any(self.configuration(document.uri).code_lens for document in self.documents):
            self.background(self.client.refresh_lenses())

    def _quotes(self, one: PlacedNote) -> list[tuple[types.Location, str]]:
        """Return where the quotes of a verdict stand in files on this machine, with what they are."""
        located = [(self.evidence.location(quote, self.client.features.encoding), quote) for quote in one.note.evidence]
        return [(place, named(quote)) for place, quote in located if place is not None]

    def _configured(self) -> None:
        self.status.failed(None)
        for document in self.documents:
            self.background(self.load_dismissals(document))
            self._analyse(document, 0)

    def _inform(self, document: OpenDocument, before: OpenDocument | None) -> None:
        """Tell the writer, once each time, that a document is not followed."""
        if before is not None and before.sync is document.sync:
            return
        if document.sync is Sync.TOO_LARGE:
            self.client.say(TOO_LARGE)
        elif document.sync is Sync.APART:
            self.client.say(APART, types.MessageType.Warning)

    def _failed(self, job: Job, error: BaseException) -> None:
        if isinstance(error, CopydeskError):
            logger.warning("job %s failed: %s", job.id, fault(error))
            self.client.say(error.sentence, types.MessageType.Warning)
        else:
            self.client.crashed(f"job {job.id}", error)

    def _jobs_changed(self) -> None:
        self.status.changed()

    def _background_ended(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("background work failed: %s", fault(error))


def _analysed(
    services: Services,
    configuration: Configuration,
    document: OpenDocument,
    notes: DocumentNotes,
) -> tuple[Document, int, InstantReading]:
    read = services.read(document.text, document.format, notes.document)
    return read, read.words, services.instant(read, configuration, notes.reading, notes.sources)
