"""The editor at the other end: what it can do, what it is told, and what it is asked."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from copydesk.core.text import Encoding
from copydesk.lsp.crashes import crashed
from copydesk.lsp.wording import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.lsp.protocol import CopydeskServer

logger = logging.getLogger(__name__)

SECTION = "copydesk"
PREVIEW = "copydesk/draftPreview"
"""The notification that carries a draft while it is written."""
STATUS = "copydesk/status"
"""The notification that says who answers and what is running."""
WATCHED = ("**/copydesk.toml", "**/.copydesk/dismissed.jsonl")
"""Files of a project that others change too."""
ANSWER_SECONDS = 10.0
"""How long a client may take to answer what it can answer by itself."""
EDIT_SECONDS = 300.0
"""How long it may take to answer what its user is asked, an edit with some."""


@dataclass(frozen=True, slots=True)
class Features:
    """What a client can do, as far as it matters here."""

    encoding: Encoding = Encoding.UTF16
    progress: bool = False
    configuration: bool = False
    watches_configuration: bool = False
    watches_files: bool = False
    applies_edits: bool = False
    markdown: bool = False
    related_information: bool = False
    tags: bool = False
    refreshes_lenses: bool = False
    shows_documents: bool = False
    previews: bool = False
    status: bool = False
    neovim: bool = False
    silent_while_waiting: bool = False
    commands: bool = False


class Client:
    """The connected client. Nothing here raises because the client is slow, silent, or gone."""

    def __init__(self, server: CopydeskServer) -> None:
        self._protocol = server.protocol
        self.features = Features()
        self.edit_answered = asyncio.Event()
        """Set, and another one put in its place, when the client has answered an edit."""

    def introduced(self, params: types.InitializeParams) -> None:
        """Remember what the client can do."""
        self.features = features(params)

    def publish(self, uri: str, version: int | None, diagnostics: Sequence[types.Diagnostic]) -> None:
        """Replace a document's diagnostics."""
        self._protocol.notify(
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS,
            types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=diagnostics),
        )

    def say(self, sentence: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show a message. Only sentences of this project go here, never a document's or a model's words."""
        self._protocol.notify(types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(type=kind, message=plain(sentence)))

    def crashed(self, work: str, error: BaseException) -> None:
        """Show that an error which nobody foresaw has ended some work, and where to look for it."""
        self.say(crashed(work, error, self._protocol.notify), types.MessageType.Warning)

    def preview(self, uri: str, job: str, token: str | int, state: dict[str, Any]) -> None:
        """Tell a client that shows drafts while they are written how one stands."""
        if self.features.previews:
            self._protocol.notify(PREVIEW, {"uri": uri, "jobId": job, "token": token, **state})

    def status(self, state: dict[str, Any]) -> None:
        """Tell a client that wants to know who answers and what is running."""
        self._protocol.notify(STATUS, state)

    def progress(
        self,
        token: str | int,
        value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd,
    ) -> None:
        """Send one step of a progress."""
        self._protocol.notify(types.PROGRESS, types.ProgressParams(token=token, value=value))

    async def create_progress(self, token: str | int) -> bool:
        """Ask for a progress of our own; False if the client has none to give."""
        if not self.features.progress:
            return False
        params = types.WorkDoneProgressCreateParams(token=token)
        return await self._ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params) is not _NO_ANSWER

    async def apply(self, edit: types.WorkspaceEdit) -> bool:
        """Ask for an edit; what the client answers is not yet what it did."""
        try:
            params = types.ApplyWorkspaceEditParams(edit=edit)
            answer = await self._ask(types.WORKSPACE_APPLY_EDIT, params, EDIT_SECONDS)
        finally:
            self.edit_answered.set()
            self.edit_answered = asyncio.Event()
        return isinstance(answer, types.ApplyWorkspaceEditResult) and answer.applied

    async def choice(self, question: str, *titles: str) -> str | None:
        """Ask the user to choose; return the title that was chosen, "" for none of them, None if nobody could be asked.

        The question is a sentence of this project, as in `say`.
        """
        kind, actions = types.MessageType.Warning, [types.MessageActionItem(title) for title in titles]
        params = types.ShowMessageRequestParams(type=kind, message=plain(question), actions=actions)
        answer = await self._ask(types.WINDOW_SHOW_MESSAGE_REQUEST, params, EDIT_SECONDS)
        if answer is _NO_ANSWER:
            return None
        return answer.title if isinstance(answer, types.MessageActionItem) and answer.title in titles else ""

    async def show(self, uri: str, *, external: bool = False, selection: types.Range | None = None) -> bool:
        """Ask the client to open something, in itself or outside; tell whether it did."""
        if not self.features.shows_documents:
            return False
        params = types.ShowDocumentParams(uri=uri, external=external, take_focus=True, selection=selection)
        answer = await self._ask(types.WINDOW_SHOW_DOCUMENT, params)
        return isinstance(answer, types.ShowDocumentResult) and answer.success

    async def configuration(self) -> Any:
        """Return the client's section `copydesk`, None if it has none. All sections are never asked for."""
        if not self.features.configuration:
            return None
        items = [types.ConfigurationItem(section=SECTION)]
        answer = await self._ask(types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items=items))
        return answer[0] if isinstance(answer, list | tuple) and answer else None

    async def watch(self) -> None:
        """Ask to be told when settings change, as far as the client lets a server ask."""
        wanted = []
        if self.features.watches_configuration:
            options: Any = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
            wanted.append(types.Registration(SECTION, types.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
        if self.features.watches_files:
            watchers = [types.FileSystemWatcher(pattern) for pattern in WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            wanted.append(types.Registration("copydesk.toml", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
        if wanted:
            await self._ask(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(wanted))

    async def refresh_lenses(self) -> None:
        """Ask the client to ask for code lenses again, if it can."""
        if self.features.refreshes_lenses:
            await self._ask(types.WORKSPACE_CODE_LENS_REFRESH, None)

    async def _ask(self, method: str, params: object, seconds: float = ANSWER_SECONDS) -> Any:
        try:
            return await self._protocol.ask(method, params, seconds)
        except (TimeoutError, JsonRpcException) as error:
            logger.info("the client did not answer %s: %s", method, type(error).__name__)
            return _NO_ANSWER


_NO_ANSWER = object()


def features(params: types.InitializeParams) -> Features:
    """Return what a client can do."""
    capabilities = params.capabilities
    general, window = capabilities.general, capabilities.window
    workspace, document = capabilities.workspace, capabilities.text_document
    diagnostics = document.publish_diagnostics if document else None
    hover = document.hover if document else None
    configuration = workspace.did_change_configuration if workspace else None
    files = workspace.did_change_watched_files if workspace else None
    lenses = workspace.code_lens if workspace else None
    return Features(
        encoding=_encoding(general.position_encodings if general else None),
        progress=bool(window and window.work_done_progress),
        configuration=bool(workspace and workspace.configuration),
        watches_configuration=bool(configuration and configuration.dynamic_registration),
        watches_files=bool(files and files.dynamic_registration),
        applies_edits=bool(workspace and workspace.apply_edit),
        markdown=bool(hover and types.MarkupKind.Markdown in (hover.content_format or ())),
        related_information=bool(diagnostics and diagnostics.related_information),
        tags=bool(diagnostics and diagnostics.tag_support),
        refreshes_lenses=bool(lenses and lenses.refresh_support),
        shows_documents=bool(window and window.show_document and window.show_document.support),
        previews=_experimental(capabilities.experimental, "draftPreview"),
        status=_experimental(capabilities.experimental, "status"),
        commands=any(_experimental(capabilities.experimental, own) for own in ("commands", "draftPreview", "status")),
        neovim=bool(params.client_info and params.client_info.name == "Neovim"),
        silent_while_waiting=_is_eglot(params),
    )


def _is_eglot(params: types.InitializeParams) -> bool:
    """Tell whether the client is eglot, which sends changes when Emacs is idle: never while a command waits."""
    if params.client_info is not None:
        return params.client_info.name.lower() == "eglot"
    # Versions that give no name (1.9 and others) offer no experiments, in so many words.
    return params.capabilities.experimental == {}


def _experimental(offered: Any, name: str) -> bool:
    """Tell whether a client says under `experimental.copydesk` that it can do something of this project's own."""
    own = offered.get("copydesk") if isinstance(offered, dict) else getattr(offered, "copydesk", None)
    return bool(own.get(name) if isinstance(own, dict) else getattr(own, name, False))


def _encoding(offered: Sequence[types.PositionEncodingKind | str] | None) -> Encoding:
    """Return the first encoding offered that we know, as pygls announces it; UTF-16 without an offer."""
    known = {encoding.value: encoding for encoding in Encoding}
    for offer in offered or ():
        name = offer.value if isinstance(offer, types.PositionEncodingKind) else offer
        if name in known:
            return known[name]
    return Encoding.UTF16
