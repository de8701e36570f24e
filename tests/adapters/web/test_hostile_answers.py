"""Answers that are too much, too slow, broken or not what they say: each has its reason, none costs much."""

from __future__ import annotations

import tracemalloc
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.adapters.web.bodies import MEBIBYTE, Body
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.values import PAGE_TYPES, Limits
from harness.hostile_answers import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.adapters.web.values import Response
    from harness.internet import Internet

pytestmark = pytest.mark.slow

QUICK = Limits(seconds=0.3)
COMPRESSED = {
    "/bomb?mebibytes=64": Reason.LARGE,
    "/bomb?mebibytes=256": Reason.LARGE,
    "/double-gzip": Reason.ENCODING,
    "/double-gzip-once-said": Reason.BINARY,
    "/brotli": Reason.ENCODING,
    "/zstd": Reason.ENCODING,
    "/deflate": Reason.ENCODING,
    "/not-gzip": Reason.DAMAGED,
    "/cut-gzip": Reason.DAMAGED,
    "/empty-members": Reason.DAMAGED,
    "/empty-blocks": Reason.LARGE,
}
ENDLESS = {
    "/endless": Reason.LARGE,
    "/endless-unframed": Reason.LARGE,
    "/endless-pdf": Reason.LARGE,
    "/says-huge": Reason.LARGE,
    "/big-header": Reason.LONG_HEADER,
    "/many-headers": Reason.LONG_HEADER,
    "/endless-header": Reason.LONG_HEADER,
}
SLOW = ["/stall", "/stall-in-body", "/drip-body", "/drip-header", "/continue", "/continues"]
BROKEN = {
    "/says-more": Reason.BROKEN,
    "/bad-chunk": Reason.BROKEN,
    "/hang-up": Reason.BROKEN,
    "/says-twice": Reason.NOT_HTTP,
    "/garbage": Reason.NOT_HTTP,
}
KINDS = {
    "/type?type=application/octet-stream": Reason.TYPE,
    "/type?type=image/png": Reason.TYPE,
    "/type?type=text/html-sandboxed": Reason.TYPE,
    "/type?type=": Reason.TYPE,
    "/no-type": Reason.TYPE,
    "/json": Reason.TYPE,
    "/pdf-as-html": Reason.BINARY,
    "/picture-as-html": Reason.BINARY,
    "/noise-as-html": Reason.BINARY,
    "/unsaid-gzip": Reason.BINARY,
    "/challenge": Reason.CHALLENGE,
}
READ = {
    "/gzip": PAGE,
    "/gzip-members": PAGE,
    "/says-less": PAGE[:20],
    "/type?type=application/xhtml%2Bxml": PAGE,
    "/type?type=Text/HTML;charset=x": PAGE,
    "/nul": PAGE.replace(b"bridge", b"bri\0dge"),
    "/utf-16": PAGE.decode().encode("utf-16"),
    "/utf-16-said": PAGE.decode().encode("utf-16-le"),
    "/pdf": b"%PDF-1.4 scripted",
    "/error": b"",
    "/captcha": b"",
}


async def got(internet: Internet, path: str, limits: Limits | None = None) -> Response:
    return await internet.fetcher(limits=limits).get(f"http://good.example{path}", purpose="test", accept=PAGE_TYPES)


async def refusal(internet: Internet, path: str, limits: Limits | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        await got(internet, path, limits)
    return caught.value


@pytest.mark.parametrize(("path", "why"), {**COMPRESSED, **ENDLESS}.items())
async def test_F8_R39_R40_what_is_too_much_is_refused_and_costs_little(
    internet: Internet, path: str, why: Reason
) -> None:
    await got(internet, "/page")  # what is loaded once is not counted
    tracemalloc.start()
    try:
        error = await refusal(internet, path)
        grown = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.reason is why
    assert grown < (25 if path == "/endless-pdf" else 20) * MEBIBYTE


@pytest.mark.parametrize("path", SLOW)
async def test_F8_R40_there_is_one_deadline_for_everything(internet: Internet, path: str) -> None:
    error = await refusal(internet, path, QUICK)
    assert str(error) == "The page did not arrive within 0.3 seconds."


async def test_R40_redirects_do_not_lengthen_the_deadline(internet: Internet) -> None:
    assert (await refusal(internet, "/hops?left=5&pause=0.1", QUICK)).reason is Reason.SLOW


@pytest.mark.parametrize(("path", "why"), {**BROKEN, **KINDS}.items())
async def test_F8_R41_what_is_not_a_page_is_refused_with_its_reason(internet: Internet, path: str, why: Reason) -> None:
    assert (await refusal(internet, path)).reason is why


@pytest.mark.parametrize(("path", "body"), READ.items())
async def test_R41_what_may_be_text_is_read(internet: Internet, path: str, body: bytes) -> None:
    assert (await got(internet, path)).body == body


async def test_R39_only_gzip_is_asked_for(internet: Internet) -> None:
    await got(internet, "/page")
    assert internet.server.requests[0].headers["accept-encoding"] == "gzip"


async def test_a_beginning_is_enough_where_one_is_asked_for(internet: Internet) -> None:
    fetcher = internet.fetcher()
    for path in ("/endless", "/endless-unframed", "/bomb?mebibytes=64"):
        answer = await fetcher.get(f"http://good.example{path}", purpose="test", first=70_000)
        assert len(answer.body) == 70_000
    assert (await fetcher.get("http://good.example/empty-blocks", purpose="test", first=70_000)).body == b""


@given(st.binary(max_size=300), st.lists(st.integers(0, 400), max_size=6), st.integers(1, 3))
def test_R39_a_body_is_whole_however_it_arrives(content: bytes, cuts: list[int], members: int) -> None:
    for encoding, pack in (("gzip", gzipped), ("", bytes), ("identity", bytes)):
        packed: bytes = pack(content) * members
        whole = content * members
        assert inflated(packed, cuts, encoding, max(len(whole), len(packed))) == whole
        if whole:
            with pytest.raises(Refused):
                inflated(packed, cuts, encoding, len(whole) - 1)
        first = inflated(packed, cuts, encoding, 10, first=True)
        assert first == whole[:10]


def gzipped(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def inflated(packed: bytes, cuts: list[int], encoding: str, limit: int, *, first: bool = False) -> bytes:
    body = Body(encoding, limit, first=first)
    places = [0, *sorted(cuts), len(packed)]
    for start, end in pairwise(places):
        body.feed(packed[start:end])
    return body.finished()


SENTENCES: list[Callable[[], Refused]] = [
    lambda each=each: Refused(each, most=5, seconds=7.2, mebibytes=2.0, status=404)  # type: ignore[misc]
    for each in Reason
]


@pytest.mark.parametrize("made", SENTENCES)
def test_each_reason_is_a_sentence_with_a_remedy(made: Callable[[], Refused]) -> None:
    error = made()
    assert str(error).endswith(".") and error.remedy.endswith(".")
    assert "{" not in error.sentence and "!" not in error.sentence
