"""A server on a virtual loop, and bytes that go in as a client sends them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from copydesk.events import Report, Stats
from copydesk.lsp.server import create_server
from copydesk.lsp.stdio import Frames, FramingError, attend
from harness.nearby import learnt
from harness.scripted import ScriptedDesk, services
from harness.virtual_time import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class Desk(ScriptedDesk):
    """A scripted desk that drafts nothing."""

    async def draft(self, *arguments: Any) -> AsyncGenerator[Report, None]:
        """Report."""
        yield Report(Stats())


@dataclass
class Wire:
    """A server and what it said, with bytes going in as a client sends them."""

    loop: VirtualLoop
    said: list[dict[str, Any]] = field(default_factory=list)
    frames: Frames = field(default_factory=Frames)
    broken: bool = False

    def start(self) -> None:
        """Start the server."""
        self.inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        server = create_server(services(Desk()), learnt)
        server.protocol.set_writer(self)
        self.ending = self.loop.create_task(attend(server.protocol, self.inbox))

    def write(self, data: bytes) -> None:
        """Take one framed message of the server's."""
        head, _, body = data.partition(b"\r\n\r\n")
        assert head == b"Content-Length: %d" % len(body)
        self.said.append(json.loads(body))

    def close(self) -> None:
        """Take leave, as a writer to a descriptor does."""

    def send(self, data: bytes) -> None:
        """Send bytes, as they are read from a descriptor."""
        if self.broken:
            return
        try:
            for body in self.frames.fed(data):
                self.inbox.put_nowait(body)
        except FramingError:
            self.broken = True
            self.inbox.put_nowait(None)
