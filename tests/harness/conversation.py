"""A client's end of a connection to the server: requests both ways, notifications, and waiting for what comes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import queue
import re
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SECONDS = 60.0
"""The bound of every wait, on a machine that does other work as well."""


class RefusedRequest(Exception):
    """The server answered a request with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code = error["code"]
        self.data = error.get("data")


class Conversation:
    """One end of a connection, over two file descriptors.

    `messages` are all that came. `answers` has what answers the server's requests, by method; null answers any other,
    but for those in `unknown`, which are refused.
    """

    def __init__(self, incoming: int, outgoing: int) -> None:
        self.messages: list[dict[str, Any]] = []
        self.unknown: set[str] = set()
        self.answers: dict[str, Callable[[Any], Awaitable[Any]]] = {}
        self.closed = asyncio.Event()
        self._incoming, self._outgoing = incoming, outgoing
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Condition()
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._outbox: queue.Queue[bytes | None] = queue.Queue()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._next = 0
        self._connect()
        self._pump = asyncio.create_task(self._handle())
        self._tasks: set[asyncio.Task[None]] = set()

    def _connect(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def start(self, method: str, params: Any) -> tuple[int, asyncio.Future[Any]]:
        """Send a request and return its id and the future of its answer."""
        self._next += 1
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting[self._next] = future
        self.send({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params})
        return self._next, future

    async def request(self, method: str, params: Any) -> Any:
        """Send a request and return its result; raises `RefusedRequest`."""
        async with asyncio.timeout(SECONDS):
            return await self.start(method, params)[1]

    async def command(self, command: str, **arguments: Any) -> Any:
        """Execute a command of the server."""
        return await self.request("workspace/executeCommand", {"command": command, "arguments": [arguments]})

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: Any) -> None:
        """Send anything that JSON can hold."""
        self.send_raw(json.dumps(message).encode())

    def send_raw(self, body: bytes) -> None:
        """Send a body that may be no message at all."""
        self.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def send_bytes(self, data: bytes) -> None:
        """Send bytes without a frame."""
        self._outbox.put(data)

    async def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds, looking again after each message; return it."""
        async with asyncio.timeout(SECONDS), self._arrived:
            while not (result := holds()):
                await self._arrived.wait()
            return result

    async def leave(self) -> None:
        """Shut the server down and say good-bye."""
        await self.request("shutdown", None)
        self.notify("exit", None)
        await self.hang_up()

    async def hang_up(self) -> None:
        """Close the connection without a word."""
        self._outbox.put(None)
        await asyncio.to_thread(self._writer.join, SECONDS)
        self._pump.cancel()

    def stop_reading(self) -> None:
        """Let nobody hear what the server says from its next message on: it writes to a pipe that has no reader."""
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, self._incoming)
        os.close(nothing)

    async def _handle(self) -> None:
        while (body := await self._inbox.get()) is not None:
            message = json.loads(body)
            self.messages.append(message)
            if "method" not in message:
                self._answered(message)
            elif "id" in message:
                task = asyncio.create_task(self._answer(message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            else:
                self._told(message["method"], message["params"])
            async with self._arrived:
                self._arrived.notify_all()
        self.closed.set()

    def _answered(self, message: dict[str, Any]) -> None:
        future = self._waiting.pop(message["id"], None) if message["id"] is not None else None
        if future is None or future.done():
            return
        if "error" in message:
            future.set_exception(RefusedRequest(message["error"]))
        else:
            future.set_result(message["result"])

    async def _answer(self, message: dict[str, Any]) -> None:
        if message["method"] in self.unknown:
            error = {"code": -32601, "message": "Method Not Found"}
            self.send({"jsonrpc": "2.0", "id": message["id"], "error": error})
            return
        answer = self.answers.get(message["method"])
        result = await answer(message.get("params")) if answer is not None else None
        self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _told(self, method: str, params: Any) -> None:
        """Take a notification."""

    def _read(self) -> None:
        pending = bytearray()
        with contextlib.suppress(OSError, RuntimeError):
            while data := os.read(self._incoming, 1 << 16):
                pending += data
                while head := re.match(rb"Content-Length: (\d+)\r\n\r\n", pending):
                    end = head.end() + int(head.group(1))
                    if len(pending) < end:
                        break
                    self._deliver(bytes(pending[head.end() : end]))
                    del pending[:end]
        with contextlib.suppress(OSError):
            os.close(self._incoming)
        with contextlib.suppress(RuntimeError):
            self._deliver(None)

    def _deliver(self, body: bytes | None) -> None:
        self._loop.call_soon_threadsafe(self._inbox.put_nowait, body)

    def _write(self) -> None:
        while (data := self._outbox.get()) is not None:
            view = memoryview(data)
            with contextlib.suppress(OSError):
                while view:
                    view = view[os.write(self._outgoing, view) :]
        with contextlib.suppress(OSError):
            os.close(self._outgoing)
