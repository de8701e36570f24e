"""Getting the text out of pages and PDF files in a process that is killed when it takes too long.

Parsers written in C, and pages written to choke them, stay out of the daemon: a page of 10 MB has kept trafilatura busy
for half a minute with 900 MB.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.adapters.extraction.frames import LENGTHS, LONGEST_HEAD, Request, frame
from copydesk.adapters.extraction.unreadable import Fault, NotTried, Unreadable
from copydesk.adapters.extraction.values import Extracted
from copydesk.adapters.interpreter import isolated_python, start
from copydesk.errors import PageUnusable

if TYPE_CHECKING:
    from typing import Any, Literal

_COMMAND = isolated_python("-m", "copydesk.adapters.extraction.child")
_ENVIRONMENT = (
    "HOME", "USERPROFILE", "APPDATA", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "TMPDIR",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
)  # fmt: skip
"""What Python needs to find its libraries; nothing else of the user's environment reaches the process."""

_FATAL = (Fault.HUNGRY, Fault.BROKEN)
"""Faults after which a process is not asked again."""

_OPEN = "Open it yourself if you need it."
_REMEDIES = {
    Fault.NOT_INSTALLED: "Install copydesk with its part for web pages: pipx install --force '.[web]' in a checkout.",
    Fault.ENCRYPTED: "Save a copy without a password.",
    Fault.SCANNED: "Run text recognition (OCR) over it first.",
    Fault.DAMAGED: "Open it in a PDF viewer and save it again.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one document, in seconds and bytes; `start` and `idle` are seconds of the process.

    `memory` and the processor's time are bounded inside the process, where the system can do that.
    """

    html_seconds: float = 5.0
    pdf_seconds: float = 20.0
    html_bytes: int = 2 << 20
    pdf_bytes: int = 50 << 20
    text_bytes: int = 2_000_000
    memory: int = 512 << 20
    start: float = 60.0
    idle: float = 60.0


class ParseWorker:
    """One parsing process for one document at a time; it is started when first needed, and ends when nothing comes.

    It ends with this process, however that happens. Every failure is a `PageUnusable`.
    """

    def __init__(self, limits: Limits | None = None, command: tuple[str, ...] = _COMMAND) -> None:
        self._limits = limits or Limits()
        self._command = command
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._used = False
        self._closed = self._dismissed = False
        self._idling: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """Return the process id, or None while nothing runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def html(self, body: bytes, url: str, charset: str | None) -> Extracted:
        """Return the visible main text of a page; `charset` is what the HTTP header named. Raises `PageUnusable`.

        The text does not depend on the address: the same bytes give the same text.
        """
        return await self._read("html", body, charset)

    async def pdf(self, body: bytes, url: str) -> Extracted:
        """Return the text of a PDF file; raises `PageUnusable`."""
        return await self._read("pdf", body, None)

    async def close(self) -> None:
        """End the process; a document that is being read becomes unusable, and so do those to come."""
        self._closed = True
        if self._process is not None:
            _killed(self._process)
        async with self._turn:
            self._stop_idling()
            await self._end()

    async def _read(self, kind: Literal["html", "pdf"], body: bytes, charset: str | None) -> Extracted:
        limits = self._limits
        if len(body) > (limits.html_bytes if kind == "html" else limits.pdf_bytes):
            raise _unusable(Fault.LARGE)
        seconds = limits.html_seconds if kind == "html" else limits.pdf_seconds
        request = Request(kind, charset[:100] if charset else None, seconds, limits.memory, limits.text_bytes)
        async with self._turn:
            self._stop_idling()
            try:
                return await self._asked(request, body)
            except Unreadable as unreadable:
                raise _unusable(unreadable.fault) from None
            finally:
                if self.pid is not None:
                    self._idling = asyncio.get_running_loop().call_later(limits.idle, self._dismiss)

    async def _asked(self, request: Request, body: bytes) -> Extracted:
        """Ask, and ask a new process again where an old one may have failed for what it read before."""
        for _ in range(2):
            try:
                return await self._answer(request, body)
            except Unreadable as unreadable:
                if not self._used or unreadable.fault not in _FATAL:
                    raise
        raise AssertionError("a new process has read nothing before")

    async def _answer(self, request: Request, body: bytes) -> Extracted:
        process = await self._running()
        try:
            async with asyncio.timeout(self._limits.start):
                await _send(process, frame(request, body))
                head, text = await self._frame(process)
            if "ready" in head:
                async with asyncio.timeout(request.seconds):
                    head, text = await self._frame(process)
            extracted = _extracted(head, text)
        except TimeoutError:
            await self._end()
            raise Unreadable(Fault.SLOW) from None
        except Unreadable as unreadable:
            if unreadable.fault in _FATAL:
                await self._end()
            raise
        except BaseException:
            await self._end()
            raise
        self._used = True
        return extracted

    async def _frame(self, process: asyncio.subprocess.Process) -> tuple[dict[str, Any], bytes]:
        assert process.stdout is not None
        try:
            head, body = LENGTHS.unpack(await process.stdout.readexactly(LENGTHS.size))
            if head > LONGEST_HEAD or body > self._limits.text_bytes:
                raise Unreadable(Fault.BROKEN)
            read = json.loads(await process.stdout.readexactly(head))
            return (read if isinstance(read, dict) else {}), await process.stdout.readexactly(body)
        except asyncio.IncompleteReadError:
            raise Unreadable(Fault.STOPPED if self._closed else await _fate(process)) from None
        except ValueError:
            raise Unreadable(Fault.BROKEN) from None

    async def _running(self) -> asyncio.subprocess.Process:
        if self._closed:
            raise Unreadable(Fault.STOPPED)
        if self._process is None or self.pid is None or self._dismissed:
            await self._end()
            environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
            self._process = await start(self._command, environment, subprocess.DEVNULL)
            self._used = self._dismissed = False
        return self._process

    async def _end(self) -> None:
        """Kill the process, if there is one, and wait until it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        _killed(process)
        assert process.stdout is not None
        await process.stdout.read()  # a process counts as gone when all that it said was heard
        await process.wait()

    def _dismiss(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._dismissed = True
            self._process.stdin.close()

    def _stop_idling(self) -> None:
        if self._idling is not None:
            self._idling.cancel()
            self._idling = None


def _killed(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


async def _send(process: asyncio.subprocess.Process, request: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):  # a process that is gone is noticed when it says nothing
        process.stdin.write(request)
        await process.stdin.drain()


async def _fate(process: asyncio.subprocess.Process) -> Fault:
    """Return why a process ended in the middle of a document."""
    code = await process.wait()
    if code == -getattr(signal, "SIGXCPU", 0):
        return Fault.SLOW
    # Only the system kills so: it does when memory runs out.
    return Fault.HUNGRY if code == -getattr(signal, "SIGKILL", 0) else Fault.BROKEN


def _extracted(head: dict[str, Any], text: bytes) -> Extracted:
    match head:
        case {"fault": str(name)} if name in Fault.__members__:
            raise Unreadable(Fault[name])
        case {"title": str(title), "hidden": bool(hidden)}:
            return Extracted(text.decode("utf-8", "replace"), title, hidden)
        case _:
            raise Unreadable(Fault.BROKEN)


def _unusable(fault: Fault) -> PageUnusable:
    kind = NotTried if fault in (Fault.STOPPED, Fault.NOT_INSTALLED) else PageUnusable
    return kind(fault.value, _REMEDIES.get(fault, _OPEN))
