"""Starting, watching and restarting the process that holds llama.cpp's server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import subprocess
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk.adapters.interpreter import isolated_python, start
from copydesk.errors import EngineBroken, OutOfMemory

if TYPE_CHECKING:
    from copydesk.adapters.engines.embedded_child import ChildSettings
    from copydesk.errors import EngineError

_COMMAND = isolated_python("-m", "copydesk.adapters.engines.embedded_child")
_REMEMBERED_BYTES = 8192
_SHOWN_LINES = 3
_LOG_PREFIX = re.compile(r"^\d[\d.]*\s+[A-Z]\s+")
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FAREWELL = 2.0


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """At most `most` restarts within `window` seconds, the n-th after `delay * 2**(n-1)` seconds."""

    most: int = 3
    window: float = 300.0
    delay: float = 0.5


@dataclass(frozen=True, slots=True)
class Serving:
    """A running server; the key is this process's and changes with each start."""

    address: str
    api_key: str


class ChildProcess:
    """One llama.cpp server, started when first needed; it ends when this process does, however that happens."""

    def __init__(
        self, settings: ChildSettings, restarts: RestartPolicy | None = None, command: tuple[str, ...] = _COMMAND
    ) -> None:
        self._command = command
        self._settings = settings
        self._restarts = restarts or RestartPolicy()
        self._starts: deque[float] = deque()
        self._starting: asyncio.Task[Serving] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._said = b""

    @property
    def pid(self) -> int | None:
        """Return the process id, or None while nothing runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def serving(self) -> Serving:
        """Return the running server, started or restarted if need be.

        A caller that is cancelled does not stop the start: the next one will want it.
        """
        if self._starting is None or (self._starting.done() and self.pid is None):
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(_retrieve)
        return await asyncio.shield(self._starting)

    async def death(self) -> EngineError | None:
        """Return why the process is gone, or None while it lives; waits a moment for one that is just dying."""
        if self._process is None:
            return None
        try:
            async with asyncio.timeout(_FAREWELL / 2):
                await self._process.wait()
        except TimeoutError:
            return None
        return self._fault(f"The embedded engine stopped with exit code {self._process.returncode}")

    async def close(self) -> None:
        """End the process and wait until it is gone."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
            self._starting = None
        await self._end()

    async def _start(self) -> Serving:
        await self._end()
        await self._back_off()
        key = secrets.token_urlsafe(32)
        try:
            line = await self._spawn(replace(self._settings, api_key=key))
        except BaseException:
            await self._end()
            raise
        try:
            answer = json.loads(line) if line else {}
        except ValueError:
            answer = {}
        if "address" not in answer:
            await self._end()
            raise self._fault("The embedded engine could not load the model")
        return Serving(answer["address"], key)

    async def _back_off(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._starts and now - self._starts[0] > self._restarts.window:
            self._starts.popleft()
        if len(self._starts) > self._restarts.most:
            raise self._fault(f"The embedded engine failed {len(self._starts)} times and is not started again for now")
        if self._starts:
            await asyncio.sleep(self._restarts.delay * 2 ** (len(self._starts) - 1))
        self._starts.append(asyncio.get_running_loop().time())

    async def _spawn(self, settings: ChildSettings) -> bytes:
        self._said = b""
        # OpenMP's waiting threads otherwise burn the cores that the editor needs; read when the library loads.
        environment = {**os.environ, "GOMP_SPINCOUNT": "1000"}
        process = self._process = await start(self._command, environment, subprocess.PIPE)
        assert process.stdin and process.stdout and process.stderr
        self._listening = asyncio.create_task(self._listen(process.stderr))
        try:
            process.stdin.write(settings.to_line())
            await process.stdin.drain()
            async with asyncio.timeout(settings.deadline):
                return await process.stdout.readline()
        except TimeoutError as error:
            raise self._fault(f"The embedded engine was not ready after {settings.deadline:g} seconds") from error
        except (ConnectionError, ValueError):
            return b""

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.read(4096):
            self._said = (self._said + chunk)[-_REMEMBERED_BYTES:]

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            async with asyncio.timeout(_FAREWELL):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._listening:
            await self._listening

    def _fault(self, what: str) -> EngineError:
        lines = _ESCAPES.sub("", self._said.decode("utf-8", "replace")).splitlines()
        words = [_LOG_PREFIX.sub("", " ".join(line.split())) for line in lines if line.strip()]
        ends = "; ".join(words[-_SHOWN_LINES:])[-400:]
        message = f"{what}. Its last words: {ends}" if ends else f"{what}."
        if "out of memory" in ends or "failed to allocate" in ends:
            return OutOfMemory(message, "Choose a smaller model or a smaller context.")
        return EngineBroken(message, "Try again; if it stays so, choose another model file.")


def _retrieve(task: asyncio.Task[Serving]) -> None:
    """Look at a failed start's exception, which whoever waited has been told already."""
    if not task.cancelled():
        task.exception()
