"""From settings to providers: each one named, none in place of another, no destination that settings do not name."""

from __future__ import annotations

import dataclasses

import pytest

from copydesk.adapters.egress import Egress
from copydesk.adapters.ledger import Ledger, read_ledger
from copydesk.adapters.search.choose import NAMES, Means, providers, whereabouts
from copydesk.adapters.search.provider import Unusable
from copydesk.adapters.web.fetch import Fetcher
from copydesk.errors import PageUnusable, SearchNotSetUp, SearchUnavailable, SettingsError
from copydesk.ports import Hit
from copydesk.settings import SearchSettings
from harness.scripted_http import Exchange
from harness.search_server import Clock, MemoryCache, RecordedPages, SearchServer, json_answer


class Allowed:
    """The destinations that are allowed at the moment."""

    def __init__(self) -> None:
        self.now: list[tuple[str, int, str]] = []

    def __call__(self, host: str, port: int, purpose: str):
        place = (host, port, purpose)
        self.now.append(place)
        return lambda: self.now.remove(place)


class Shelf(Unusable):
    """Stands in for the library, and remembers what it was made of."""

    def __init__(self, folders: tuple[str, ...], root: object) -> None:
        super().__init__("library", "No library here.", "Build one.")
        self.made_of = (folders, root)


@pytest.fixture
def allowed():
    return Allowed()


@pytest.fixture
def means(allowed):
    clock = Clock()
    return Means(Fetcher(), RecordedPages(), MemoryCache(), Shelf, allowed, None, clock, clock)


def settings(*names: str, **more: object) -> SearchSettings:
    """Return the settings of a search."""
    return dataclasses.replace(SearchSettings(providers=names), **more)


def test_all_are_given_in_the_order_of_the_settings_each_once(means, tmp_path):
    names = ("ddg", "wikipedia", "library", "kiwix", "searxng", "kiwix")
    chosen = providers(settings(*names, searxng="http://127.0.0.1:8888", library=("notes",)), tmp_path, means)
    assert [each.name for each in chosen] == ["ddg", "wikipedia", "library", "kiwix", "searxng"]
    assert chosen[2].made_of == (("notes",), tmp_path)


def test_the_library_alone_is_the_default_and_allows_nothing(means, allowed):
    (library,) = providers(SearchSettings(), None, means)
    assert library.name == "library"
    assert allowed.now == []


@pytest.mark.parametrize("name", ["google", "Wikipedia", "", "kiwix ", "x\u202ey"])
def test_an_unknown_name_is_an_error_that_names_those_there_are(means, allowed, name):
    with pytest.raises(SettingsError) as caught:
        providers(settings("kiwix", name), None, means)
    assert not isinstance(caught.value, SearchNotSetUp)
    assert all(known in caught.value.remedy for known in NAMES)
    assert "\u202e" not in caught.value.sentence
    assert allowed.now == []


def test_places_of_one_name_differ_by_their_folders_and_addresses(tmp_path):
    known = settings("library", "kiwix", "ddg", library=("notes",), kiwix="http://127.0.0.1:8080")
    others = [
        dataclasses.replace(known, library=("notes", "more")),
        dataclasses.replace(known, kiwix="http://127.0.0.1:8081"),
        dataclasses.replace(known, providers=("library", "kiwix")),
    ]
    told = [whereabouts(one, tmp_path) for one in (known, *others)] + [whereabouts(known, None)]
    assert len(set(told)) == len(told)
    assert whereabouts(dataclasses.replace(known, searxng="http://127.0.0.1:1"), tmp_path) == told[0]


def test_nothing_switched_on_is_an_error_with_the_next_step(means):
    with pytest.raises(SearchNotSetUp, match="Nothing is switched on") as caught:
        providers(settings(), None, means)
    assert 'providers = ["library"]' in caught.value.remedy


async def test_a_provider_without_an_address_says_so_and_the_others_work(means, allowed):
    async with SearchServer() as server:
        server.answers = [json_answer({"batchcomplete": True})]
        searxng, wikipedia = providers(settings("searxng", "wikipedia", wikipedia=server.url), None, means)
        for asking in (searxng.find("kiln", 5), searxng.state()):
            with pytest.raises(SearchUnavailable, match="searxng is switched on and has no address") as caught:
                await asking
            assert "Set searxng under [search]" in caught.value.remedy
        with pytest.raises(PageUnusable):
            await searxng.read(Hit("searxng", "x", "https://a.example/"))
        assert (await wikipedia.find("kiln", 5)).hits == ()
        assert [place[2] for place in allowed.now] == ["search"]


@pytest.mark.parametrize(
    "address",
    ["ftp://a.example", "http://u@a.example", "http://a.example?q=1", "http://", "a b", "http://127.1", "//x"],
)
async def test_what_is_no_address_is_told_of(means, allowed, address):
    kiwix, _ = providers(settings("kiwix", "library", kiwix=address), None, means)
    with pytest.raises(SearchUnavailable, match="is not the address of a server"):
        await kiwix.find("kiln", 5)
    assert allowed.now == []


def test_settings_of_which_no_place_can_be_asked_are_an_error_before_anything_is(means):
    with pytest.raises(SettingsError, match=r"^searxng is switched on and has no address\.$") as caught:
        providers(settings("searxng", "kiwix", kiwix="a b"), None, means)
    assert "Set searxng under [search]" in caught.value.remedy


DESTINATIONS = [
    ("kiwix", {}, ("127.0.0.1", 8080, "search")),
    ("kiwix", {"kiwix": "localhost:8081/wiki/"}, ("localhost", 8081, "search")),
    ("searxng", {"searxng": "https://Searx.Example/searx/"}, ("searx.example", 443, "search")),
    ("wikipedia", {}, ("en.wikipedia.org", 443, "search")),
    ("ddg", {}, ("html.duckduckgo.com", 443, "search")),
]


@pytest.mark.parametrize(("name", "more", "place"), DESTINATIONS)
async def test_R72_the_destination_of_a_provider_is_named_until_it_is_closed(means, allowed, name, more, place):
    (provider,) = providers(settings(name, **more), None, means)
    assert allowed.now == [place]
    await provider.close()
    await provider.close()
    assert allowed.now == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "library"])
async def test_R49_offline_no_destination_is_named_and_nothing_is_asked(means, allowed, name):
    async with SearchServer() as server:
        urls = dict.fromkeys(("kiwix", "searxng", "wikipedia"), server.url)
        (provider,) = providers(settings(name, offline=True, **urls), None, means)
        for asking in (provider.find("kiln", 5), provider.state()):
            with pytest.raises(SearchUnavailable, match="Offline"):
                await asking
        assert allowed.now == []
        assert server.requests == []


async def test_a_second_run_asks_nothing_and_finds_the_same(means):
    async with SearchServer() as server:
        page = {"title": "Kiln", "canonicalurl": "https://a.example/wiki/Kiln", "index": 1}
        server.answers = [json_answer({"query": {"pages": [page]}}), Exchange(status=500)]
        chosen = settings("wikipedia", wikipedia=server.url)
        (first,) = providers(chosen, None, means)
        found = await first.find("kiln", 5)
        (second,) = providers(chosen, None, means)
        assert await second.find("kiln", 5) == found
        assert len(found.hits) == 1
        assert len(server.requests) == 1


async def test_R72_providers_pass_the_guard_while_they_are_open_and_are_in_the_ledger(tmp_path):
    egress = Egress(Ledger(tmp_path / "log" / "ledger.jsonl"))
    clock = Clock()
    means = Means(Fetcher(egress), RecordedPages(), MemoryCache(), Shelf, egress.allow, egress.ledger, clock, clock)
    async with SearchServer() as server:
        server.answers = [json_answer({"batchcomplete": True})]
        (wikipedia,) = providers(settings("wikipedia", wikipedia=server.url), None, means)
        with egress.guard():
            assert (await wikipedia.find("kiln", 5)).hits == ()
            await wikipedia.close()
            with pytest.raises(SearchUnavailable):
                await wikipedia.find("glaze", 5)
        assert len(server.requests) == 1
    entries = [(entry.host, entry.purpose, entry.outcome) for entry in read_ledger(egress.ledger.path)]
    assert entries == [("127.0.0.1", "search", "done"), ("127.0.0.1", "search", "refused")]
