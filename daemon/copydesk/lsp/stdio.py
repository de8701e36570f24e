"""The daemon's only transport: messages on standard input and output, which nothing else may touch."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from copydesk.lsp.protocol import CopydeskProtocol, CopydeskServer

logger = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024 * 1024
LARGEST_HEADER = 8 * 1024
WAITING = 64
"""Messages that may wait to be handled before reading pauses."""

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:\s*(\d{1,12})\s*$", re.IGNORECASE | re.MULTILINE)


class FramingError(Exception):
    """The stream lost its frames; where the next message begins cannot be known."""


class Frames:
    """Cuts a stream of bytes into message bodies."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._length: int | None = None

    def fed(self, data: bytes) -> Iterator[bytes]:
        """Yield the bodies that `data` completes; raises `FramingError` for headers without a usable length."""
        self._pending += data
        while True:
            if self._length is None and not self._read_header():
                return
            if self._length is None or len(self._pending) < self._length:
                return
            body = bytes(self._pending[: self._length])
            del self._pending[: self._length]
            self._length = None
            yield body

    def _read_header(self) -> bool:
        end = _HEADER_END.search(self._pending, 0, LARGEST_HEADER)
        if end is None:
            if len(self._pending) > LARGEST_HEADER:
                raise FramingError("no header ends here")
            return False
        length = _LENGTH.search(self._pending, 0, end.start())
        if length is None or int(length.group(1)) > LARGEST_BODY:
            raise FramingError("no usable Content-Length")
        self._length = int(length.group(1))
        del self._pending[: end.end()]
        return True


class DescriptorWriter:
    """Writes whole messages to a file descriptor, one at a time.

    Python's own standard output is unbuffered under PYTHONUNBUFFERED and then mixes messages of several threads.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def write(self, data: bytes) -> None:
        """Write all of `data`; raises `OSError` when nobody reads any more."""
        view = memoryview(data)
        with self._lock:
            while view:
                view = view[os.write(self._descriptor, view) :]

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._descriptor)


def private_stdio() -> tuple[int, int]:
    """Take standard input and output for the protocol alone and return their descriptors.

    What a library or a child process prints goes to standard error, and reading standard input finds its end.
    """
    incoming, outgoing = os.dup(0), os.dup(1)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(incoming, os.O_BINARY)
        msvcrt.setmode(outgoing, os.O_BINARY)
    return incoming, outgoing


def run(server: CopydeskServer) -> int:
    """Serve on standard input and output until `exit`, end of input, SIGTERM or SIGHUP; return the exit code."""
    incoming, outgoing = private_stdio()
    return asyncio.run(_run(server, incoming, outgoing))


async def serve(server: CopydeskServer, incoming: int, outgoing: int) -> int:
    """Handle messages from one descriptor, answer on another, and return the exit code."""
    loop = asyncio.get_running_loop()
    inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
    room = threading.BoundedSemaphore(WAITING)
    server.protocol.set_writer(DescriptorWriter(outgoing))

    def deliver(body: bytes | None) -> None:
        try:
            loop.call_soon_threadsafe(inbox.put_nowait, body)
        except RuntimeError:
            logger.debug("the server ended first")

    threading.Thread(target=_read, args=(incoming, deliver, room), name="copydesk-stdin", daemon=True).start()
    return await attend(server.protocol, inbox, room.release)


async def attend(
    protocol: CopydeskProtocol, inbox: asyncio.Queue[bytes | None], handled: Callable[[], None] = lambda: None
) -> int:
    """Handle the bodies in `inbox` until None comes or the client says `exit`; return the exit code.

    `handled` is called after each. However it comes to an end, the work in flight is ended as for a shutdown request.
    """
    left = asyncio.Event()

    def leave() -> None:
        left.set()
        inbox.put_nowait(None)

    protocol.on_exit = leave
    try:
        # What came behind `exit` is not looked at.
        while (body := await inbox.get()) is not None and not left.is_set():
            protocol.receive(body)
            handled()
            # Without a pause a burst of messages would be handled before any answer is computed.
            await asyncio.sleep(0)
    finally:
        protocol.silence()
        if protocol.on_shutdown is not None:
            await protocol.on_shutdown()
    return protocol.exit_code


async def _run(server: CopydeskServer, incoming: int, outgoing: int) -> int:
    loop = asyncio.get_running_loop()

    def terminate(signum: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(server.protocol.lsp_exit)

    signal.signal(signal.SIGTERM, terminate)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, terminate)
    if not os.isatty(incoming):
        # A Ctrl-C in the terminal that the editor runs in is meant for the editor.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return await serve(server, incoming, outgoing)


def _read(incoming: int, deliver: Callable[[bytes | None], None], room: threading.BoundedSemaphore) -> None:
    """Deliver message bodies until the stream ends. Raw reads: no lock is held when the interpreter ends."""
    frames = Frames()
    try:
        while data := os.read(incoming, 1 << 16):
            for body in frames.fed(data):
                room.acquire()
                deliver(body)
    except (OSError, FramingError) as error:
        logger.error("input unusable: %s", error)
    deliver(None)
