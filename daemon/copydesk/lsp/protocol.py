"""pygls 2.1.1's protocol with its defects corrected, each as one override that can go when upstream is mended.

Documents are not pygls's business here: its built-in document handlers are taken out, so that its text store
(which splits lines with `str.splitlines` and reads unopened files from disk) is never filled nor asked.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter, lsp_method

from copydesk.lsp.crashes import crashed
from copydesk.lsp.log import fault
from copydesk.lsp.refusals import failure, misfit, refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from cattrs import Converter

logger = logging.getLogger(__name__)

OWN = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
    types.WINDOW_WORK_DONE_PROGRESS_CANCEL,
)
"""Methods that pygls handles by itself and copydesk handles instead."""


class CopydeskProtocol(LanguageServerProtocol):
    """The language server protocol as copydesk needs it.

    `on_shutdown` is awaited before a shutdown request is answered, `on_exit` is called when the server has to end,
    `on_misfit` with the method and raw parameters of a notification that cannot be understood.
    """

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        # pygls looks at every property while it is made.
        self._leaving: str | int | None = None  # the id of the shutdown request
        self._exiting = False
        super().__init__(server, converter)
        for method in OWN:
            self.fm.builtin_features.pop(method, None)
        self.on_shutdown: Callable[[], Awaitable[None]] | None = None
        self.on_exit: Callable[[], None] | None = None
        self.on_misfit: Callable[[str, Any], None] | None = None
        self._initialized = False
        self._silent = False

    @property
    def exit_code(self) -> int:
        """Return 0 once a shutdown was asked for, else 1, as the specification of `exit` asks."""
        return 1 if self._leaving is None else 0

    def receive(self, body: bytes) -> None:
        """Handle one message as it came from the client; whatever it is, nothing is raised."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            logger.warning("unreadable message: %s", type(error).__name__)
            self._refuse(None, JsonRpcParseError("The message is not JSON."))
            return
        try:
            self.handle_message(message)
        except Exception as error:
            logger.error("message not handled: %s", fault(error))

    def silence(self) -> None:
        """Send nothing from now on: the client is gone, or was told good-bye."""
        self._silent = True

    async def ask(self, method: str, params: object, seconds: float) -> Any:
        """Send a request and return its result; raises `TimeoutError` or a `JsonRpcException`."""
        return await asyncio.wait_for(self.send_request_async(method, params), seconds)

    # Upstream structures every nested object that has a key "jsonrpc" (json.loads' object_hook), and never answers
    # a request whose parameters do not fit. No upstream issue known; see pygls 2.1.1 `run_async`.
    def handle_message(self, message: Any) -> None:
        """Answer or dispatch one decoded message: every request gets an answer."""
        if not isinstance(message, dict) or message.get("jsonrpc") != self.VERSION:
            identity = message.get("id") if isinstance(message, dict) else None
            self._refuse(identity, JsonRpcInvalidRequest("The message is not JSON-RPC 2.0."))
            return
        method = message.get("method")
        if "id" in message and not isinstance(message["id"], int | str):
            self._refuse(None, JsonRpcInvalidRequest("The request's id is neither a number nor a string."))
        elif "method" not in message and "id" in message:
            self._receive_response(message)
        elif not isinstance(method, str):
            self._refuse(message.get("id"), JsonRpcInvalidRequest("The message names no method."))
        elif (refusal := self._untimely(method)) is not None:
            if "id" in message:
                self._refuse(message["id"], refusal)
        else:
            self._dispatch(message)

    def _untimely(self, method: str) -> JsonRpcException | None:
        """Return why a method cannot be handled now: lifecycle (LSP 3.17) or unknown."""
        if method == types.EXIT:
            return None
        if self._leaving is not None:
            return JsonRpcInvalidRequest("The server is shutting down.")
        if not self._initialized and method != types.INITIALIZE:
            return JsonRpcServerNotInitialized("The server is not initialized.")
        if self._initialized and method == types.INITIALIZE:
            return JsonRpcInvalidRequest("The server is initialized already.")
        if method == types.CANCEL_REQUEST or method in self.fm.builtin_features or method in self.fm.features:
            return None
        return JsonRpcMethodNotFound("The server does not know this method.")

    def _dispatch(self, message: dict[str, Any]) -> None:
        if "id" in message and types.METHOD_TO_TYPES.get(message["method"], (None, None))[1] is None:
            self._refuse(message["id"], JsonRpcMethodNotFound("This method is a notification, not a request."))
            return
        try:
            structured = super().structure_message(message)
        except JsonRpcException as error:
            logger.warning("parameters of %s do not fit", message["method"])
            if "id" in message:
                self._refuse(message["id"], JsonRpcInvalidParams(misfit(error)))
            elif self.on_misfit is not None:
                self.on_misfit(message["method"], message.get("params"))
            return
        if message["method"] == types.SHUTDOWN and "id" in message:
            self._leaving = message["id"]
        super().handle_message(structured)

    def _receive_response(self, message: dict[str, Any]) -> None:
        if message["id"] not in self._result_types:  # nobody asked, or it is the id of a request of the client's
            return
        try:
            structured = super().structure_message(message)
        except JsonRpcException as error:
            self._handle_response(message["id"], error=error.to_response_error())
            return
        super().handle_message(structured)

    # Upstream keeps the future of every notification, and of each step of a built-in handler, for ever (pygls #608
    # is its sister): 20,000 changes of a document cost 38 MB.
    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[[Any], Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        def finished(future: Future[Any]) -> None:
            self._request_futures.pop(msg_id, None)
            callback(future)

        super()._execute_handler(msg_id, handler, finished, args, kwargs)

    # A client that sends `exit` right behind `shutdown` gets its answer first.
    def _send_handler_result(self, future: Future[Any], *, msg_id: str | int) -> None:
        self._answer(future, msg_id)
        if self._exiting and msg_id == self._leaving:
            self._leave()

    # Upstream puts tracebacks, with paths, into the error's data and parameters into its log.
    def _answer(self, future: Future[Any], msg_id: str | int) -> None:
        error = failure(future, partial(crashed, "request", notify=self.notify))
        if error is None:
            self._send_response(msg_id, result=future.result())
        else:
            self._refuse(msg_id, error)

    def _check_handler_result(self, future: Future[Any]) -> None:
        if not future.cancelled() and (exception := future.exception()) is not None:
            logger.error("notification failed: %s", fault(exception))

    # Upstream looks up whatever it is given, and warns of each cancellation that comes too late.
    def _handle_cancel_notification(self, msg_id: Any) -> None:
        if isinstance(msg_id, int | str) and msg_id in self._request_futures:
            super()._handle_cancel_notification(msg_id)

    # Upstream sets a result on a future that was cancelled while the client thought about its answer, which raises
    # InvalidStateError, and keeps the result type of every request that was answered with an error (pygls #608).
    def _handle_response(
        self, msg_id: str | int, result: Any | None = None, error: types.ResponseError | None = None
    ) -> None:
        self._result_types.pop(msg_id, None)
        future = self._request_futures.get(msg_id)
        if future is not None and future.done():
            del self._request_futures[msg_id]
            return
        super()._handle_response(msg_id, result, error)

    # Upstream goes on writing after `exit` and reports each failure by writing; it logs every body.
    def _send_data(self, data: Any) -> None:
        if self._silent or not data or self.writer is None:
            return
        body = json.dumps(data, default=self._serialize_message).encode("ascii")
        try:
            self.writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        except (OSError, ValueError):
            logger.info("the client is gone")
            self.silence()

    def notify(self, method: str, params: Any | None = None) -> None:
        """Send a notification, unless the client has asked to shut down."""
        if not self._shutdown:
            super().notify(method, params)

    def send_request(
        self,
        method: str,
        params: Any | None = None,
        callback: Callable[[Any], None] | None = None,
        msg_id: str | int | None = None,
    ) -> Future[Any]:
        """Send a request; once the client has asked to shut down, it counts as refused."""
        if not self._shutdown:
            return super().send_request(method, params, callback, msg_id)
        refused: Future[Any] = Future()
        refused.set_exception(JsonRpcRequestCancelled("The server is shutting down."))
        return refused

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Initialize, and accept other requests from then on."""
        self._initialized = True
        return (yield from super().lsp_initialize(params))

    # Upstream answers a cancelled command at once and lets it run to its end: it registers the future of the
    # built-in handler under the request's id and that of the command under another. It also fills in arguments by
    # annotation, without defaults. No upstream issue known.
    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """Run a command with its list of arguments; a cancelled request cancels it."""
        command = self.fm.commands.get(params.command)
        if command is None:
            raise JsonRpcInvalidParams("The server does not know this command.")
        result = command(params.arguments)
        return await result if inspect.isawaitable(result) else result

    # Upstream iterates over the futures while their callbacks remove them: RuntimeError with any work in flight
    # (pygls #606), after which editors cannot restart the server.
    @lsp_method(types.SHUTDOWN)
    async def lsp_shutdown(self, *args: Any) -> None:  # type: ignore[override]
        """End all work, then answer."""
        if self.on_shutdown is not None:
            await self.on_shutdown()
        for msg_id, future in list(self._request_futures.items()):
            if msg_id != self.msg_id and not future.done():
                future.cancel()
        self._shutdown = True

    # Upstream ends with SystemExit inside a handler, which its own loop swallows: the exit code is always 0.
    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> None:  # type: ignore[override]
        """Stop the server, as soon as a shutdown that is under way has been answered."""
        self._exiting = True
        if self._leaving is None or self._leaving not in self._request_futures:
            self._leave()

    def _leave(self) -> None:
        self.silence()
        if self.on_exit is not None:
            self.on_exit()

    def _refuse(self, request: object, error: JsonRpcException) -> None:
        self._send_data(refusal(request, error))


class CopydeskServer(LanguageServer):
    """A language server on the corrected protocol, with full-text synchronisation.

    Full text costs less than incremental changes on a long line and cannot drift from what the editor shows.
    """

    protocol: CopydeskProtocol

    def __init__(self, version: str, converter: Callable[[], Converter] = default_converter) -> None:
        super().__init__(
            "copydesk",
            version,
            text_document_sync_kind=types.TextDocumentSyncKind.Full,
            protocol_cls=CopydeskProtocol,
            converter_factory=converter,
        )

    # Upstream shows a toast for every packet that it cannot read.
    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error that belongs to no request."""
        logger.error("outside a request: %s", fault(error))
