"""A fake editor with two personalities. It owns the text, applies edits, keeps an undo list, and answers the server.

`VSCODE` is strict: UTF-16, documents begin at version 1, changes are sent at once, an edit of another version is
refused. `NEOVIM` is lax: UTF-8, documents begin at version 0 and then jump, changes are sent a little later, an edit
of version 0 or none is never checked, nor is one of a later version, an older one is skipped, and the answer is always
that it was applied; only a line feed ends a line. Both are as measured with the real ones (VS Code 1.100.3, Neovim
0.11.4, without this project's own clients, which are stricter).

An edit that no editor could make well (ranges that overlap, are out of order or lie outside the text, several
documents) is not made, and noted in `faults`, which a test expects to be empty.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import queue
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Edits = list[tuple[int, int, str]]
    """Code points from and to, and the words that take their place; all of the text as it was before."""

CAPABILITIES = Path(__file__).parents[1] / "data" / "capabilities"
SECONDS = 60.0
"""The bound of every wait, on a machine that does other work as well."""


@dataclass(frozen=True)
class Personality:
    """How an editor differs from others."""

    name: str
    capabilities: str
    units: str
    first_version: int
    strict: bool
    delay: float
    line_end: str


VSCODE = Personality(
    "Visual Studio Code", "vscode.client11.json", "utf-16", 1, strict=True, delay=0.0, line_end=r"\r\n|\r|\n"
)
NEOVIM = Personality("Neovim", "neovim.0.11.4.json", "utf-8", 0, strict=False, delay=0.03, line_end=r"\r?\n")


class RefusedRequest(Exception):
    """The server answered a request with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code = error["code"]
        self.data = error.get("data")


@dataclass
class Buffer:
    """A document as the writer sees it. `sent` is the version that the server was last told of."""

    text: str
    version: int
    sent: int
    undo: list[str] = field(default_factory=list)
    redo: list[str] = field(default_factory=list)


class BadEdit(Exception):
    """An edit that no editor could make well."""


class Editor:
    """One end of a connection to the server, over two file descriptors."""

    def __init__(self, incoming: int, outgoing: int, personality: Personality = VSCODE) -> None:
        self.personality = personality
        self.buffers: dict[str, Buffer] = {}
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.versions: dict[str, int | None] = {}
        self.messages: list[dict[str, Any]] = []
        self.said: list[str] = []
        self.logged: list[str] = []
        self.faults: list[str] = []
        self.progress: dict[str | int, list[dict[str, Any]]] = {}
        self.settings: Any = None
        self.asked: list[str] = []
        self.unknown: set[str] = set()
        self.answers: dict[str, Callable[[Any], Awaitable[Any]]] = {
            "window/showMessageRequest": self._choose,
            "workspace/applyEdit": self.apply,
            "workspace/configuration": self._configuration,
        }
        self.closed = asyncio.Event()
        self._incoming, self._outgoing = incoming, outgoing
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Condition()
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._outbox: queue.Queue[bytes | None] = queue.Queue()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._next = 0
        self._late: dict[str, asyncio.TimerHandle] = {}
        self._connect()
        self._pump = asyncio.create_task(self._handle())
        self._tasks: set[asyncio.Task[None]] = set()

    def _connect(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    async def initialize(self, folders: list[str] | None = None, **more: Any) -> dict[str, Any]:
        """Introduce this editor with the capabilities of the real one, changed by `more`, a merge into them."""
        capabilities = json.loads((CAPABILITIES / self.personality.capabilities).read_text("utf-8"))
        options = more.pop("options", None)
        result: dict[str, Any] = await self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "clientInfo": {"name": self.personality.name},
                "rootUri": None,
                "workspaceFolders": [{"uri": uri, "name": "folder"} for uri in folders or []] or None,
                "initializationOptions": options,
                "capabilities": _merged(capabilities, more),
            },
        )
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, language: str = "markdown") -> None:
        """Open a document."""
        first = self.personality.first_version
        self.buffers[uri] = Buffer(text, first, first)
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": language, "version": first, "text": text}},
        )

    def type(self, uri: str, old: str, new: str) -> None:
        """Replace the first occurrence of some words, as one undoable change by the writer."""
        buffer = self.buffers[uri]
        assert old in buffer.text
        self._edited(uri, buffer.text.replace(old, new, 1))

    def insert(self, uri: str, offset: int, words: str) -> None:
        """Insert words, as one undoable change by the writer."""
        text = self.buffers[uri].text
        self._edited(uri, text[:offset] + words + text[offset:])

    def replace(self, uri: str, start: int, end: int, words: str) -> None:
        """Replace what stands from one offset to another, as one undoable change by the writer."""
        text = self.buffers[uri].text
        self._edited(uri, text[:start] + words + text[end:])

    def undo(self, uri: str) -> None:
        """Take the last change back, whoever made it."""
        buffer = self.buffers[uri]
        buffer.redo.append(buffer.text)
        self._changed(uri, buffer.undo.pop())

    def redo(self, uri: str) -> None:
        """Make the change again that was taken back last."""
        buffer = self.buffers[uri]
        buffer.undo.append(buffer.text)
        self._changed(uri, buffer.redo.pop())

    def save(self, uri: str) -> None:
        """Save a document."""
        self.flush(uri)
        self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def close(self, uri: str) -> None:
        """Close a document."""
        self.flush(uri)
        del self.buffers[uri]
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def flush(self, uri: str) -> None:
        """Send a change that was held back."""
        if (late := self._late.pop(uri, None)) is not None:
            late.cancel()
            self._send_change(uri)

    def start(self, method: str, params: Any) -> tuple[int, asyncio.Future[Any]]:
        """Send a request and return its id and the future of its answer."""
        for uri in tuple(self._late):
            self.flush(uri)
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

    async def ended(self, jobs: int) -> None:
        """Wait until the progress of so many jobs has ended."""
        await self.until(lambda: sum(steps[-1]["kind"] == "end" for steps in self.progress.values()) >= jobs)

    async def notes(self, uri: str, *messages: str) -> list[dict[str, Any]]:
        """Wait until exactly these messages, in any order, are shown in a document; return its diagnostics."""
        wanted = sorted(messages)
        try:
            await self.until(lambda: self.shown(uri) == wanted)
        except TimeoutError:
            raise AssertionError(f"shown are {self.shown(uri)}, not {wanted}") from None
        return self.diagnostics[uri]

    def shown(self, uri: str) -> list[str] | None:
        """Return the messages shown in a document, None if nothing was ever published."""
        found = self.diagnostics.get(uri)
        return None if found is None else sorted(one["message"] for one in found)

    def quoted(self, uri: str, extent: dict[str, Any]) -> str:
        """Return the words of a range in the text as the writer sees it; a range of an older text may miss it."""
        text = self.buffers[uri].text
        try:
            return text[self.offset(text, extent["start"]) : self.offset(text, extent["end"])]
        except BadEdit:
            return ""

    def position(self, uri: str, words: str) -> dict[str, int]:
        """Return where some words begin, in this editor's units."""
        text = self.buffers[uri].text
        before = text[: text.index(words)]
        lines = re.split(self.personality.line_end, before)
        return {"line": len(lines) - 1, "character": self._length(lines[-1])}

    def place(self, uri: str, words: str) -> dict[str, dict[str, int]]:
        """Return the range of words."""
        start = self.position(uri, words)
        text = self.buffers[uri].text
        end = text.index(words) + len(words)
        line = text.rfind("\n", 0, end) + 1
        return {"start": start, "end": {"line": text.count("\n", 0, end), "character": self._length(text[line:end])}}

    async def actions(self, uri: str, words: str) -> dict[str, dict[str, Any]]:
        """Return the code actions offered where some words begin, by title."""
        at = self.position(uri, words)
        found = await self.request(
            "textDocument/codeAction",
            {"textDocument": {"uri": uri}, "range": {"start": at, "end": at}, "context": {"diagnostics": []}},
        )
        return {action["title"]: action for action in found}

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
        for late in self._late.values():
            late.cancel()

    def stop_reading(self) -> None:
        """Let nobody hear what the server says from its next message on: it writes to a pipe that has no reader."""
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, self._incoming)
        os.close(nothing)

    def _edited(self, uri: str, text: str) -> None:
        buffer = self.buffers[uri]
        buffer.undo.append(buffer.text)
        buffer.redo.clear()
        self._changed(uri, text)

    def _changed(self, uri: str, text: str) -> None:
        buffer = self.buffers[uri]
        buffer.text = text
        buffer.version += 1 if self.personality.strict else 3
        if not self.personality.delay:
            self._send_change(uri)
        elif uri not in self._late:
            self._late[uri] = self._loop.call_later(self.personality.delay, self.flush, uri)

    def _send_change(self, uri: str) -> None:
        buffer = self.buffers[uri]
        buffer.sent = buffer.version
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": buffer.version},
                "contentChanges": [{"text": buffer.text}],
            },
        )

    def accepts(self, params: Any) -> bool:
        """Tell whether this editor makes an edit that it is asked for; what it answers is another matter."""
        document = params["edit"]["documentChanges"][0]["textDocument"]
        buffer, version = self.buffers.get(document["uri"]), document["version"]
        if buffer is None:
            return False
        if self.personality.strict:
            return bool(version == buffer.version)
        return not version or version >= buffer.version

    def edits(self, params: Any) -> Edits:
        """Return what an edit would replace in the text as it is; raises `BadEdit`."""
        if len(params["edit"]["documentChanges"]) != 1:
            raise BadEdit("not one document")
        (change,) = params["edit"]["documentChanges"]
        text, found, last = self.buffers[change["textDocument"]["uri"]].text, [], 0
        for edit in change["edits"]:
            start, end = (self.offset(text, edit["range"][name]) for name in ("start", "end"))
            if not last <= start <= end:
                raise BadEdit("ranges overlap or are not in order")
            found.append((start, end, edit["newText"]))
            last = end
        return found

    async def apply(self, params: Any) -> Any:
        """Make an edit that the server asks for, or not, and answer as this editor does."""
        if not self.accepts(params):
            return {"applied": not self.personality.strict}
        uri = params["edit"]["documentChanges"][0]["textDocument"]["uri"]
        text = self.buffers[uri].text
        try:
            edits = self.edits(params)
        except BadEdit as error:
            self.faults.append(str(error))
            return {"applied": not self.personality.strict}
        # All places are in the text as it was (LSP 3.17, "TextEdit[]").
        pieces, at = [], 0
        for start, end, words in edits:
            pieces += [text[at:start], words]
            at = end
        self._edited(uri, "".join([*pieces, text[at:]]))
        return {"applied": True}

    async def _choose(self, params: Any) -> Any:
        """Choose the first of what is offered, as a writer who means it."""
        self.asked.append(params["message"])
        return params["actions"][0]

    async def _configuration(self, params: Any) -> Any:
        return [self.settings if item["section"] == "copydesk" else None for item in params["items"]]

    def _length(self, text: str) -> int:
        return (
            len(text.encode("utf-8", "surrogatepass"))
            if self.personality.units == "utf-8"
            else (len(text.encode("utf-16-le", "surrogatepass")) // 2)
        )

    def offset(self, text: str, position: dict[str, int]) -> int:
        """Return the offset of a position in a text; raises `BadEdit` where it has no such place."""
        ends = list(re.finditer(self.personality.line_end, text))
        starts = [0, *(end.end() for end in ends)]
        if position["line"] >= len(starts):
            raise BadEdit("a line past the end")
        offset, units = starts[position["line"]], 0
        last = ends[position["line"]].start() if position["line"] < len(ends) else len(text)
        while units < position["character"]:
            if offset >= last:
                raise BadEdit("a place past the end of its line")
            units += self._length(text[offset])
            offset += 1
        if units != position["character"]:
            raise BadEdit("a place inside a character")
        return offset

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
        match method:
            case "textDocument/publishDiagnostics":
                self.diagnostics[params["uri"]] = params["diagnostics"]
                self.versions[params["uri"]] = params.get("version")
            case "window/showMessage":
                self.said.append(params["message"])
            case "window/logMessage":
                self.logged.append(params["message"])
            case "$/progress":
                self.progress.setdefault(params["token"], []).append(params["value"])

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


def _merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merged(result[key], value)
        else:
            result[key] = value
    return result
