"""The language server: every registration, in one place."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.protocol import default_converter

from copydesk import __version__
from copydesk.cause import command as cause
from copydesk.core.codes import CODES
from copydesk.lsp import stdio
from copydesk.lsp.actions import code_actions, wanted
from copydesk.lsp.arguments import InvalidArguments, parsed
from copydesk.lsp.convert import span_of
from copydesk.lsp.drafts import recover
from copydesk.lsp.execute import EXECUTE
from copydesk.lsp.hover import Shown, hover
from copydesk.lsp.lenses import code_lenses
from copydesk.lsp.protocol import CopydeskServer
from copydesk.lsp.session import Session
from copydesk.lsp.starting import restoring_actions, starting_actions
from copydesk.lsp.targets import CommandRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from cattrs import Converter

    from copydesk.core.provenance import DraftProvenance
    from copydesk.lsp.arguments import Command
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.placed import PlacedNote
    from copydesk.lsp.ports import Services

REQUEST_FAILED = types.LSPErrorCodes.RequestFailed.value


def serve(services: Services) -> int:
    """Serve one editor on standard input and output; return the exit code."""
    return stdio.run(create_server(services))


def create_server(services: Services, converter: Callable[[], Converter] = default_converter) -> CopydeskServer:
    """Return a server that has not yet been connected; `converter` lets several share what one has learnt."""
    server = CopydeskServer(__version__, converter)
    session = Session(server, services, recover)
    server.protocol.on_shutdown = session.close
    server.protocol.on_misfit = session.misunderstood
    _register_lifecycle(server, session)
    _register_documents(server, session)
    _register_reading(server, session)
    for command, execute in EXECUTE.items():
        server.command(command.id)(partial(_execute, session, command, execute))
    return server


def _register_lifecycle(server: CopydeskServer, session: Session) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.client.introduced(params)
        session.settings.introduced(params)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        session.background(session.settings.start())

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configuration_changed(params: types.DidChangeConfigurationParams) -> None:
        session.background(session.settings.reload(params.settings))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        session.background(session.settings.reload())
        for document in session.documents:
            session.background(session.load_dismissals(document))

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        session.settings.move(params.event.added, params.event.removed)
        session.background(session.settings.reload())

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def progress_cancelled(params: types.WorkDoneProgressCancelParams) -> None:
        session.jobs.cancel_token(params.token)


def _register_documents(server: CopydeskServer, session: Session) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        session.opened(params.text_document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        session.changed(params)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        session.saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        session.closed(params.text_document.uri)


def _register_reading(server: CopydeskServer, session: Session) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        notes = session.notes(params.text_document.uri)
        if notes is None or not wanted(params.context.only):
            return []
        here = _at(session, params.text_document.uri, params.range)
        own = session.client.features.commands
        offered = code_actions(notes, here, params.context.diagnostics, shows_drafts=own)
        return [*offered, *_to_start(session, notes, params)]

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        notes = session.notes(params.text_document.uri)
        here = _at(session, params.text_document.uri, types.Range(params.position, params.position))
        made = _made(session, params)
        if notes is None or not (here or made):
            return None
        today = datetime.now(UTC).date().isoformat()
        shown = [Shown(one.note, CODES.get(one.note.code), notes.rewrite(one.id), today) for one in here]
        return types.Hover(hover(shown, made, as_markdown=session.client.features.markdown))

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        notes = session.notes(uri)
        if notes is None or not session.configuration(uri).code_lens:
            return []
        return code_lenses(uri, notes, session.visible(uri, notes), session.client.features.encoding)


async def _execute(
    session: Session,
    command: Command,
    execute: Callable[[Session, Mapping[str, Any]], Awaitable[dict[str, Any]]],
    arguments: Any,
) -> dict[str, Any]:
    before = cause.set(command.id)
    try:
        return await execute(session, parsed(command, arguments))
    except InvalidArguments as error:
        raise JsonRpcInvalidParams(str(error)) from None
    except CommandRefused as error:
        raise JsonRpcException(str(error), REQUEST_FAILED) from None
    finally:
        cause.reset(before)


def _made(session: Session, params: types.HoverParams) -> DraftProvenance | None:
    """Return what made the sentence at a position, where that is known."""
    notes = session.notes(params.text_document.uri)
    if notes is None or not notes.made:
        return None
    place = types.Range(params.position, params.position)
    return notes.drafted_at(span_of(notes.text, place, session.client.features.encoding).start)


def _at(session: Session, uri: str, extent: types.Range) -> list[PlacedNote]:
    """Return the shown notes that a range touches, by where their words are now."""
    notes = session.notes(uri)
    if notes is None:
        return []
    span = span_of(notes.text, extent, session.client.features.encoding)
    return [one for one in session.visible(uri, notes) if one.span.overlaps(span)]


def _to_start(session: Session, notes: DocumentNotes, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Return what can be begun at a range, for a client that neither has commands for it nor asks for other kinds."""
    if session.client.features.commands or params.context.only:
        return []
    span = span_of(notes.text, params.range, session.client.features.encoding)
    busy = bool(session.jobs.running())
    starting = starting_actions(params.text_document.uri, notes, params.range, span, busy=busy)
    return [*restoring_actions(params.text_document.uri, notes, span), *starting]
