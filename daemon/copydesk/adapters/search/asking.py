"""Asking a search server: one request, and every way in which it can fail as one sentence with the next step.

A server that says "later" is not asked before then; the wait is kept in memory, and by `cached` for other processes. No
answer is ever taken for an empty one: a page that asks for a human, a redirect or JSON of another shape are failures.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from copydesk.adapters.web.pace import rest_asked
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.errors import PageUnusable, SearchUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from copydesk.ports import Hit, Page

PURPOSE = "search"
JSON = ("application/json",)
XML = ("application/xml", "application/rss+xml", "application/atom+xml", "text/xml")
_TOO_MANY, _OVERLOADED = 429, 503
_CAPTCHA = re.compile(rb"captcha|are you (?:a )?(?:human|robot)|unusual traffic|challenge-platform", re.IGNORECASE)
_DOWN = frozenset({Reason.UNREACHABLE, Reason.UNKNOWN_HOST})
_REDIRECTED = frozenset({Reason.ELSEWHERE, Reason.CIRCLE, Reason.MANY_REDIRECTS, Reason.NOWHERE})


class Response(Protocol):
    """What a server answered; header names in lower case, the body unpacked."""

    @property
    def url(self) -> str:
        """Return the address that answered."""
        ...

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers."""
        ...

    @property
    def body(self) -> bytes:
        """Return the body."""
        ...


class Fetching(Protocol):
    """What gets one address safely; raises `PageUnusable`."""

    async def get(self, url: str, *, purpose: str, accept: Collection[str], named: bool) -> Response:
        """Return the answer; `named` is for an address that the user's settings name."""
        ...


class Reading(Protocol):
    """What reads the page behind a result; raises `PageUnusable`."""

    async def read(self, hit: Hit, *, named: bool = False) -> Page:
        """Return the page's text."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """A server as messages name it: `address` has no slash at its end; `start` says what to do when nothing answers.

    `refused` says what to do when it refuses access.
    """

    name: str
    address: str
    start: str
    refused: str

    def unavailable(self, what: str, remedy: str, wait: float = 0.0) -> SearchUnavailable:
        """Return an error that says what this server did and what to do next."""
        return SearchUnavailable(f"Search unavailable: {self.name} at {self.address} {what}.", remedy, wait)


class Pause:
    """Remembers until when a server wants to be left alone; `clock` is monotonic time in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = -math.inf

    def left(self) -> float:
        """Return for how many seconds not to ask."""
        return max(self._until - self._clock(), 0.0)

    def start(self, seconds: float) -> None:
        """Leave the server alone for so long."""
        self._until = self._clock() + seconds


class Server:
    """One search server: what it is asked, and the pause that it asked for."""

    def __init__(self, site: Site, fetcher: Fetching, clock: Callable[[], float]) -> None:
        self.site = site
        self._fetcher = fetcher
        self._pause = Pause(clock)

    async def ask(self, url: str, kinds: tuple[str, ...], *, also: Collection[int] = ()) -> Response:
        """Return the answer to a GET, of one of the content types `kinds` and with status 200 or one of `also`.

        Raises `SearchUnavailable` for everything else.
        """
        self._require_no_pause()
        try:
            response = await self._fetcher.get(url, purpose=PURPOSE, accept=(*kinds, "text/html"), named=True)
        except PageUnusable as error:
            raise self._not_asked(error) from error
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status not in {200, *also}:
            raise self._refusal(response)
        if kind not in kinds:
            raise self._other_kind(response.body)
        return response

    def later(self, seconds: float, why: str) -> SearchUnavailable:
        """Start a pause and return the error that says so."""
        self._pause.start(seconds)
        remedy = f"Try again in {in_words(seconds)}." if seconds else "Try again later."
        return self.site.unavailable(why, remedy, seconds)

    def _require_no_pause(self) -> None:
        left = self._pause.left()
        if left:
            raise self.site.unavailable(
                f"asked to be left alone for another {in_words(left)}; it was not asked", "Try again after that."
            )

    def _refusal(self, response: Response) -> SearchUnavailable:
        status = response.status
        if status == _TOO_MANY:
            return self.later(rest_asked(status, response.headers), "has had too many requests")
        if status == _OVERLOADED:
            return self.later(rest_asked(status, response.headers), "is overloaded or being maintained")
        if 300 <= status < 400:
            return self._redirected()
        if _CAPTCHA.search(response.body):
            return self._captcha()
        if status in {401, 403}:
            return self.site.unavailable("refused access", self.site.refused)
        if status in {404, 410}:
            return self.site.unavailable("has no search there", "Check the address under [search] in your settings.")
        return self.site.unavailable(f"failed with status {status}", "Try again later; its log may say why.")

    def _other_kind(self, body: bytes) -> SearchUnavailable:
        if _CAPTCHA.search(body):
            return self._captcha()
        return self.site.unavailable(
            "answered with a web page or a file instead of search results",
            "Check that the address under [search] is that of the server itself.",
        )

    def _captcha(self) -> SearchUnavailable:
        return self.site.unavailable(
            "wants to see a human (captcha)", "Open it in a browser, wait a while, or use another provider."
        )

    def _redirected(self) -> SearchUnavailable:
        return self.site.unavailable(
            "redirected the query to another address, where it was not sent",
            "Set the address under [search] to where it leads, if you trust that.",
        )

    def _not_asked(self, error: PageUnusable) -> SearchUnavailable:
        reason = error.reason if isinstance(error, Refused) else None
        if reason in _DOWN:
            return self.site.unavailable("does not answer", self.site.start)
        if reason in _REDIRECTED:
            return self._redirected()
        if reason is Reason.CHALLENGE:
            return self._captcha()
        if reason is Reason.TYPE:
            return self._other_kind(b"")
        return SearchUnavailable(
            f"Search unavailable: {self.site.name} at {self.site.address} gave no answer that can be used. {error}",
            "Try again later, or check the address under [search].",
        )


def json_object(site: Site, body: bytes) -> dict[str, Any]:
    """Return a JSON object; raises `SearchUnavailable` for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise wrong_shape(site)
    return found


def wrong_shape(site: Site) -> SearchUnavailable:
    """Return the error for an answer of the right type and the wrong content."""
    return site.unavailable(
        "sent something that is not a list of results",
        "Check that the address under [search] is that of this kind of server, and that its version is current.",
    )


def in_words(seconds: float) -> str:
    """Return a time to wait, in seconds or minutes."""
    whole = math.ceil(seconds)
    return f"{whole} seconds" if whole < 120 else f"{math.ceil(whole / 60)} minutes"
