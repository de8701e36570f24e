"""Search servers as a script, their documented answers, and what else providers need in a test.

    async with SearchServer() as server:
        server.answers = [json_answer({"results": []}), Exchange(status=429)]

Answers are used up in order; the last is given again and again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from copydesk.core.document import Format
from copydesk.core.evidence import Source
from copydesk.ports import Page
from harness.scripted_http import Exchange, Request, ScriptedHttp

if TYPE_CHECKING:
    from copydesk.ports import Hit


class SearchServer(ScriptedHttp):
    """Gives `answers` one after the other."""

    def __init__(self) -> None:
        super().__init__(self._respond)
        self.answers: list[Exchange] = [Exchange(status=404)]

    @property
    def asked(self) -> list[dict[str, str]]:
        """Return the parameters of each request, with its path under the name `path`."""
        parts = [urlsplit(request.path) for request in self.requests]
        return [{"path": each.path, **dict(parse_qsl(each.query, keep_blank_values=True))} for each in parts]

    def _respond(self, request: Request) -> Exchange:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def answer(kind: str, body: str | bytes, status: int = 200, **headers: str) -> Exchange:
    """Return an answer of a media type; header names are given with underscores."""
    content = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Exchange((content,) if content else (), status, {"content-type": kind, **named})


def json_answer(body: object, status: int = 200, **headers: str) -> Exchange:
    """Return an answer in JSON."""
    return answer("application/json", json.dumps(body), status, **headers)


def html_answer(body: str, status: int = 200) -> Exchange:
    """Return a web page."""
    return answer("text/html; charset=utf-8", f"<!DOCTYPE html><html><body>{body}</body></html>", status)


class RecordedPages:
    """Reads every page as one line, and remembers what was read and whether as an address of the settings."""

    def __init__(self) -> None:
        self.read_so_far: list[tuple[str, bool]] = []

    async def read(self, hit: Hit, *, named: bool = False) -> Page:
        """Return a page that says nothing."""
        self.read_so_far.append((hit.url, named))
        return Page(Source(hit.title, hit.url, "2026-01-01T00:00:00Z", "0" * 64), "Nothing.", Format.PLAIN, "a.example")


class Clock:
    """A clock that a test sets, in seconds."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class MemoryCache:
    """A cache that keeps everything for ever: what is too old must be seen by who reads it."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def get(self, key: str) -> bytes | None:
        """Return what was kept."""
        return self.kept.get(key)

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep bytes."""
        self.kept[key] = value

    async def close(self) -> None:
        """Do nothing."""
