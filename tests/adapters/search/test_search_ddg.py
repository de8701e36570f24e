"""DuckDuckGo through the package `ddgs`, whose class is replaced: what it is asked, what becomes of its failures."""

from __future__ import annotations

import sys
import threading
from types import ModuleType

import pytest

from copydesk.adapters.ledger import Ledger, read_ledger
from copydesk.adapters.search.ddg import DuckDuckGoSearch
from copydesk.errors import SearchUnavailable
from copydesk.ports import Hit
from harness.search_server import Clock, RecordedPages


class DDGSException(Exception):
    """As `ddgs.exceptions` has it."""


class RatelimitException(DDGSException):
    """As `ddgs.exceptions` has it."""


class TimeoutException(DDGSException):
    """As `ddgs.exceptions` has it."""


class Script:
    """What the package is to do, and what it was told to."""

    def __init__(self) -> None:
        self.answer: object = []
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.made: list[dict[str, object]] = []


@pytest.fixture
def script(monkeypatch):
    """Replace the package by one that follows a script."""
    script = Script()

    class DDGS:
        def __init__(self, **options: object) -> None:
            script.made.append(options)

        def text(self, query: str, **options: object) -> object:
            script.asked.append((query, options))
            if isinstance(script.answer, Exception):
                raise script.answer
            return script.answer() if callable(script.answer) else script.answer

    package, engines = ModuleType("ddgs"), ModuleType("ddgs.engines")
    package.DDGS = DDGS
    engines.ENGINES = {"text": {"brave": object, "duckduckgo": object}}
    monkeypatch.setitem(sys.modules, "ddgs", package)
    monkeypatch.setitem(sys.modules, "ddgs.engines", engines)
    return script


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pages():
    return RecordedPages()


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "log" / "ledger.jsonl")


@pytest.fixture
def search(pages, ledger, clock):
    return DuckDuckGoSearch(pages, ledger, clock)


async def test_only_duckduckgo_is_asked_and_only_titles_and_addresses_are_taken(script, search, pages):
    script.answer = [
        {"title": "Kiln\n# H1", "href": "https://a.example/kiln#x", "body": "EXCERPT"},
        {"title": "Again", "href": "https://a.example/kiln"},
        {"title": "Advert", "href": "javascript:x"},
        {"href": "https://b.example/100% übung"},
        "nonsense",
    ]
    found = await search.find("kiln", 5)
    assert found.hits == (Hit("ddg", "Kiln # H1", "https://a.example/kiln"),)
    assert "EXCERPT" not in repr(found)
    assert script.asked == [("kiln", {"region": "wt-wt", "max_results": 5, "backend": "duckduckgo"})]
    await search.read(found.hits[0])
    assert pages.read_so_far == [("https://a.example/kiln", False)]


WRAPPED = [
    ("//duckduckgo.com/l/?uddg=https://a.example/a?b=1&c=2&rut=0a1b", "https://a.example/a?b=1&c=2"),
    ("https://duckduckgo.com/l/?kh=-1&uddg=https%3A%2F%2Fa.example%2Fa%3Fb%3D1&rut=0a1b", "https://a.example/a?b=1"),
    ("//duckduckgo.com/l/?uddg=https://a.example/", "https://a.example/"),
    ("https://duckduckgo.com/about", "https://duckduckgo.com/about"),
    ("https://evil.example/?//duckduckgo.com/l/?uddg=https://a.example/", None),
]


@pytest.mark.parametrize(("href", "url"), WRAPPED)
async def test_its_redirecting_links_are_unwrapped(script, search, href, url):
    script.answer = [{"title": "Kiln", "href": href}]
    assert [hit.url for hit in (await search.find("kiln", 5)).hits] == [url or href]


async def test_R72_each_query_is_in_the_ledger_before_it_is_sent(script, search, ledger):
    entries: list[object] = []

    def look() -> list[dict[str, str]]:
        entries.extend(read_ledger(ledger.path))
        return [{"title": "Kiln", "href": "https://a.example/"}]

    script.answer = look
    await search.find("kiln", 5)
    (entry,) = entries
    assert (entry.host, entry.port, entry.purpose) == ("html.duckduckgo.com", 443, "search")
    assert (entry.sent, entry.received, entry.outcome) == (None, None, "opened")


NOTHING = "gave no results, which is also what it does when it refuses"
FAILURES = [
    (RatelimitException("202 Ratelimit"), "has had too many requests", True),
    (TimeoutException("operation timed out"), "did not answer in time", False),
    (DDGSException("No results found."), NOTHING, True),
    (DDGSException("ConnectError: <b>kiln</b>"), "could not be reached or read", False),
    (KeyError("kiln"), "the package ddgs failed (KeyError)", False),
    ([], NOTHING, True),
    (None, NOTHING, True),
    ([{"title": "x"}], NOTHING, True),
]


@pytest.mark.parametrize(("answer", "sentence", "pauses"), FAILURES)
async def test_R48_whatever_fails_is_no_empty_answer(script, search, clock, answer, sentence, pauses):
    script.answer = answer
    with pytest.raises(SearchUnavailable) as caught:
        await search.find("kiln", 5)
    assert str(caught.value) in {
        f"Search unavailable: DuckDuckGo {sentence}.",
        f"Search unavailable: DuckDuckGo could not be asked: {sentence}.",
    }
    assert caught.value.remedy.endswith(".")
    assert "kiln" not in caught.value.sentence
    clock.now += 59
    with pytest.raises(SearchUnavailable, match="left alone for another 1 seconds" if pauses else "DuckDuckGo"):
        await search.find("kiln", 5)
    assert len(script.asked) == (1 if pauses else 2)
    clock.now += 1
    script.answer = [{"title": "Kiln", "href": "https://a.example/"}]
    assert len((await search.find("kiln", 5)).hits) == 1


async def test_R40_a_query_that_takes_too_long_is_given_up(script, pages, clock):
    released = threading.Event()

    def wait() -> list[object]:
        released.wait(20)
        return []

    script.answer = wait
    try:
        with pytest.raises(SearchUnavailable, match=r"did not answer within 0\.05 seconds"):
            await DuckDuckGoSearch(pages, None, clock, seconds=0.05).find("kiln", 5)
    finally:
        released.set()


async def test_R30_a_query_that_is_too_long_is_not_sent(script, search, ledger):
    with pytest.raises(SearchUnavailable, match="201 characters"):
        await search.find("x" * 201, 5)
    assert script.asked == []
    assert read_ledger(ledger.path) == ()


async def test_without_the_package_it_says_how_to_install_it(monkeypatch, search, ledger):
    monkeypatch.setitem(sys.modules, "ddgs", None)
    for asking in (search.find("kiln", 5), search.state()):
        with pytest.raises(SearchUnavailable, match="not installed") as caught:
            await asking
        assert "'.[embedded,web,ddg]'" in caught.value.remedy
    assert read_ledger(ledger.path) == ()


async def test_a_version_that_no_longer_asks_duckduckgo_asks_nobody(script, search):
    """It would ask all the others instead, whom no setting names."""
    sys.modules["ddgs.engines"].ENGINES = {"text": {"google": object}}
    with pytest.raises(SearchUnavailable, match="does not ask DuckDuckGo"):
        await search.find("kiln", 5)
    assert script.asked == []


async def test_how_it_is_can_be_told_without_sending_anything(script, search):
    assert (await search.state()).startswith("the package ddgs is installed")
    assert script.made == []
