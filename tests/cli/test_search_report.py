"""The part of `copydesk doctor` about search: a line for each provider, whatever its state."""

from __future__ import annotations

import pytest

from copydesk.adapters.engines.choose import EngineChoice
from copydesk.adapters.search.choose import Means, providers
from copydesk.adapters.search.provider import Unusable
from copydesk.adapters.web.fetch import Fetcher
from copydesk.cli.doctor import diagnose
from copydesk.cli.main import main
from copydesk.cli.search_report import search_lines
from copydesk.errors import SettingsError
from copydesk.ports import Places
from copydesk.settings import SearchSettings
from harness.search_server import Clock, MemoryCache, RecordedPages, SearchServer, answer, json_answer

pytestmark = pytest.mark.slow


class Stated(Unusable):
    """A provider that is as a test says, and remembers that it was closed."""

    def __init__(self, name: str, state: str | Exception) -> None:
        super().__init__(name, "", "")
        self._state = state
        self.closed = False

    async def state(self) -> str:
        if isinstance(self._state, Exception):
            raise self._state
        return self._state

    async def close(self) -> None:
        self.closed = True


def means(library: str = "12 documents") -> Means:
    """Return what providers are made of, with a library that is as said."""
    clock = Clock()
    shelf = Stated("library", library)
    return Means(
        Fetcher(), RecordedPages(), MemoryCache(), lambda *_: shelf, lambda *_: lambda: None, None, clock, clock
    )


CATALOGUE = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:uuid:1</id><title>Orvane Almanac</title></entry></feed>'
)


async def test_each_provider_tells_how_it_is_and_what_to_do_next(unused_tcp_port):
    async with SearchServer() as kiwix, SearchServer() as wiki:
        kiwix.answers = [answer("application/atom+xml", CATALOGUE)]
        wiki.answers = [json_answer({"query": {"general": {"sitename": "Wikipedia"}}})]
        settings = SearchSettings(
            providers=("library", "kiwix", "searxng", "wikipedia"),
            kiwix=kiwix.url,
            searxng=f"http://127.0.0.1:{unused_tcp_port}",
            wikipedia=wiki.url,
        )
        assert await search_lines(lambda: Places(providers(settings, None, means()))) == [
            "library: 12 documents",
            "kiwix: 1 book: Orvane Almanac",
            f"searxng: Search unavailable: SearXNG at http://127.0.0.1:{unused_tcp_port} does not answer.",
            "  Next: Start it, or correct searxng under [search].",
            "wikipedia: Wikipedia",
        ]


async def test_R49_offline_only_the_library_is_examined():
    async with SearchServer() as server:
        settings = SearchSettings(providers=("library", "kiwix"), kiwix=server.url, offline=True)
        lines = await search_lines(lambda: Places(providers(settings, None, means())))
        assert lines[:2] == [
            "library: 12 documents",
            "kiwix: Offline: kiwix is not asked; only what was kept from the last 24 hours is used.",
        ]
        assert server.requests == []


async def test_what_nobody_thought_of_is_a_line_and_all_are_closed():
    stated = (Stated("kiwix", RuntimeError("draft text")), Stated("ddg", "fine\x1b[31m\u202e"))
    released: list[bool] = []

    async def release() -> None:
        released.append(True)

    lines = await search_lines(lambda: Places(stated, release))
    assert lines == [
        "kiwix: could not be examined (RuntimeError). Please report it.",
        "ddg: fine\\x1b[31m\\u202e",
    ]
    assert all(each.closed for each in stated)
    assert released == [True]


async def test_settings_that_cannot_be_used_raise():
    with pytest.raises(SettingsError):
        await search_lines(lambda: Places(providers(SearchSettings(providers=("google",)), None, means())))


async def test_doctor_shows_it(unused_tcp_port):
    choice = EngineChoice(host=f"127.0.0.1:{unused_tcp_port}")
    report = await diagnose(choice, lambda: Places((Stated("library", "12 documents"),)))
    assert "\n\nSearch\n  library: 12 documents\n\nLog" in report
    report = await diagnose(choice, lambda: Places(providers(SearchSettings(providers=("google",)), None, means())))
    assert "Search\n  There is no search provider named google.\n  Next: Under [search]" in report


def test_the_command_examines_what_the_settings_name(monkeypatch, tmp_path, capsys):
    (tmp_path / ".git").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "kiln.md").write_text("# Kiln\n\nA kiln is hot.\n", "utf-8")
    (tmp_path / "copydesk.toml").write_text('[search]\nlibrary = ["notes"]\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "--host", "http://127.0.0.1:9"]) == 0
    assert "\n\nSearch\n  library: 1 document in notes\n" in capsys.readouterr().out
