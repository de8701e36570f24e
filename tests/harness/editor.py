"""A fake editor with two personalities. It owns the text, applies edits, keeps an undo list, and answers the server.

An edit that no editor could make well (ranges that overlap, are out of order or lie outside the text, several
documents) is not made, and noted in `faults`, which a test expects to be empty.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.conversation import SECONDS, Conversation, RefusedRequest
from harness.personality import NEOVIM, VSCODE, BadEdit, Personality

if TYPE_CHECKING:
    import asyncio

    Edits = list[tuple[int, int, str]]
    """Code points from and to, and the words that take their place; all of the text as it was before."""

__all__ = ["NEOVIM", "SECONDS", "VSCODE", "BadEdit", "Buffer", "Editor", "Personality", "RefusedRequest"]

CAPABILITIES = Path(__file__).parents[1] / "data" / "capabilities"


@dataclass
class Buffer:
    """A document as the writer sees it. `sent` is the version that the server was last told of."""

    text: str
    version: int
    sent: int
    undo: list[str] = field(default_factory=list)
    redo: list[str] = field(default_factory=list)


class Editor(Conversation):
    """The editor's end of a connection to the server."""

    def __init__(self, incoming: int, outgoing: int, personality: Personality = VSCODE) -> None:
        self.personality = personality
        self.buffers: dict[str, Buffer] = {}
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.versions: dict[str, int | None] = {}
        self.said: list[str] = []
        self.logged: list[str] = []
        self.faults: list[str] = []
        self.progress: dict[str | int, list[dict[str, Any]]] = {}
        self.settings: Any = None
        self.asked: list[str] = []
        self._late: dict[str, asyncio.TimerHandle] = {}
        super().__init__(incoming, outgoing)
        self.answers |= {
            "window/showMessageRequest": self._choose,
            "workspace/applyEdit": self.apply,
            "workspace/configuration": self._configuration,
        }

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
        """Send a request, after all changes that were held back; return its id and the future of its answer."""
        for uri in tuple(self._late):
            self.flush(uri)
        return super().start(method, params)

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
            return text[self.personality.offset(text, extent["start"]) : self.personality.offset(text, extent["end"])]
        except BadEdit:
            return ""

    def position(self, uri: str, words: str) -> dict[str, int]:
        """Return where some words begin, in this editor's units."""
        text = self.buffers[uri].text
        before = text[: text.index(words)]
        lines = re.split(self.personality.line_end, before)
        return {"line": len(lines) - 1, "character": self.personality.length(lines[-1])}

    def place(self, uri: str, words: str) -> dict[str, dict[str, int]]:
        """Return the range of words."""
        start = self.position(uri, words)
        text = self.buffers[uri].text
        end = text.index(words) + len(words)
        line = text.rfind("\n", 0, end) + 1
        return {
            "start": start,
            "end": {"line": text.count("\n", 0, end), "character": self.personality.length(text[line:end])},
        }

    async def actions(self, uri: str, words: str) -> dict[str, dict[str, Any]]:
        """Return the code actions offered where some words begin, by title."""
        at = self.position(uri, words)
        found = await self.request(
            "textDocument/codeAction",
            {"textDocument": {"uri": uri}, "range": {"start": at, "end": at}, "context": {"diagnostics": []}},
        )
        return {action["title"]: action for action in found}

    async def hang_up(self) -> None:
        """Close the connection without a word."""
        await super().hang_up()
        for late in self._late.values():
            late.cancel()

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
            start, end = (self.personality.offset(text, edit["range"][name]) for name in ("start", "end"))
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

    async def _choose(self, params: Any) -> Any:
        """Choose the last of what is offered, as a writer who means it; the first leaves things as they are."""
        self.asked.append(params["message"])
        return params["actions"][-1]

    async def _configuration(self, params: Any) -> Any:
        return [self.settings if item["section"] == "copydesk" else None for item in params["items"]]

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


def _merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merged(result[key], value)
        else:
            result[key] = value
    return result
