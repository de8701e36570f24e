"""A server and a fake editor in one event loop, with nothing between them: neither threads nor descriptors."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any

from pygls.protocol import default_converter

from copydesk.lsp.server import create_server
from copydesk.lsp.stdio import attend
from harness.editor import Editor, Personality

if TYPE_CHECKING:
    from collections.abc import Callable

    from cattrs import Converter

    from copydesk.lsp.ports import Services


class NearEditor(Editor):
    """An editor whose messages are handed over; `told` is called with each version of a document that is sent."""

    def __init__(self, personality: Personality, told: Callable[[str, int], None] = lambda uri, version: None) -> None:
        self.daemon: NearDaemon | None = None
        self.told = told
        super().__init__(-1, -1, personality)

    def _connect(self) -> None:
        pass

    async def initialize(self, folders: list[str] | None = None, **more: Any) -> dict[str, Any]:
        """Introduce this editor with no more than what the server asks about, which takes a hundredth of the time."""
        result: dict[str, Any] = await self.request(
            "initialize",
            {
                "processId": None,
                "clientInfo": {"name": self.personality.name},
                "rootUri": None,
                "capabilities": {
                    "general": {"positionEncodings": [self.personality.units]},
                    "window": {"workDoneProgress": True},
                    "workspace": {"applyEdit": True, "configuration": True},
                },
            },
        )
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, language: str = "markdown") -> None:
        """Open a document."""
        self.told(uri, self.personality.first_version)
        super().open(uri, text, language)

    def open_again(self, uri: str) -> None:
        """Tell a server that was started anew of a document that is open."""
        buffer = self.buffers[uri]
        buffer.sent = buffer.version
        self.told(uri, buffer.version)
        item = {"uri": uri, "languageId": "markdown", "version": buffer.version, "text": buffer.text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def send_bytes(self, data: bytes) -> None:
        """Hand a framed message over."""
        if self.daemon is not None:
            self.daemon.inbox.put_nowait(data.partition(b"\r\n\r\n")[2])

    def deliver(self, data: bytes) -> None:
        """Take a framed message from the server."""
        self._inbox.put_nowait(data.partition(b"\r\n\r\n")[2])

    def abandoned(self) -> None:
        """Forget a server that is gone: what it said and was not yet heard, and what it was asked."""
        self.daemon = None
        while not self._inbox.empty():
            self._inbox.get_nowait()
        for late in self._late.values():
            late.cancel()
        self._late.clear()
        for task in self._tasks:
            task.cancel()
        for future in self._waiting.values():
            future.cancel()
        self._waiting.clear()
        self.diagnostics.clear()
        self.progress.clear()

    async def hang_up(self) -> None:
        """Close the connection without a word."""
        if self.daemon is not None:
            self.daemon.inbox.put_nowait(None)
        self._pump.cancel()

    def _send_change(self, uri: str) -> None:
        self.told(uri, self.buffers[uri].version)
        super()._send_change(uri)


class NearDaemon:
    """One run of the server. Make it while the loop runs."""

    def __init__(self, editor: NearEditor, services: Services, converter: Converter) -> None:
        self.editor = editor
        self.inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.server = create_server(services, lambda: converter)
        self.server.protocol.set_writer(self)
        self.ending = asyncio.create_task(attend(self.server.protocol, self.inbox))
        editor.daemon = self

    def write(self, data: bytes) -> None:
        """Send a framed message to the editor, unless the two have parted."""
        if self.editor.daemon is self:
            self.editor.deliver(data)

    def close(self) -> Any:
        """Take leave, as a writer to a descriptor does."""


@functools.cache
def learnt() -> Converter:
    """Return a converter for all servers."""
    return default_converter()
