"""Whole documents with the notes on their citations drawn in: see tests/cases/citations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from copydesk.core.citations.checks import CHECKED
from copydesk.core.citations.known import KnownSource, KnownSources
from copydesk.core.codes import CODES
from copydesk.core.evidence import Source
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.note import digest
from copydesk.core.text import Text
from harness.cases import Case, cases

if TYPE_CHECKING:
    from copydesk.core.note import Note

FILES = ("unresolved", "orphans", "drift", "uncited", "stored")
LINE_ENDS = {"line feeds": "\n", "carriage returns": "\r\n"}
BASE = "file:///home/ann/blog/post.md"

_DRAWN = re.compile(r"⟦(?P<words>[^⟦⟧]*)⟧\{(?P<code>CD\d{3})(?:: (?P<piece>[^}]*))?\}", re.DOTALL)
_SOURCE = re.compile(r"^@@ (?P<state>newest |lost )?(?P<url>\S+) \| (?P<title>.*)\n", re.MULTILINE)


def parted(body: str) -> tuple[str, KnownSources]:
    """Return the document of a case with its drawings, and the sources that it has stored."""
    pieces = _SOURCE.split(body)
    newest = {url: text for state, url, _, text in zip(*[iter(pieces[1:])] * 4, strict=True) if state == "newest "}
    known, lost = [], []
    for state, url, title, text in zip(*[iter(pieces[1:])] * 4, strict=True):
        if state == "lost ":
            lost.append(url)
        elif not state:
            source = Source(title, url, "2026-01-02T00:00:00Z", digest(text))
            known.append(KnownSource(source, text, newest=newest.get(url), newest_retrieved="2026-05-06T00:00:00Z"))
    return pieces[0], KnownSources(tuple(known), BASE, tuple(lost))


def plain(drawn: str) -> str:
    return _DRAWN.sub(lambda match: match["words"], drawn)


def expected(drawn: str) -> list[tuple[int, str, str, str]]:
    """Return where notes are drawn, on which words, with their codes and a piece of their messages."""
    found, removed = [], 0
    for match in _DRAWN.finditer(drawn):
        found.append((match.start() - removed, match["words"], match["code"], match["piece"] or ""))
        removed += len(match[0]) - len(match["words"])
    return found


def notes_on(source: str, known: KnownSources) -> list[Note]:
    notes = instant(read(Text(source)), known_sources=known).notes
    return [note for note in notes if note.code in CHECKED]


ALL = [pytest.param(case, id=f"{name}: {case.name}") for name in FILES for case in cases(f"citations/{name}.case")]


@pytest.mark.parametrize("line_end", LINE_ENDS)
@pytest.mark.parametrize("case", ALL)
def test_the_notes_are_those_drawn(case: Case, line_end: str) -> None:
    document, known = parted(case.body)
    drawn = document.replace("\n", LINE_ENDS[line_end])
    notes = notes_on(plain(drawn), known)
    assert [(note.anchor.hint, note.anchor.quote, note.code) for note in notes] == [
        (start, words, code) for start, words, code, _ in expected(drawn)
    ]
    for note, (_, _, _, piece) in zip(notes, expected(drawn), strict=True):
        assert piece.rstrip("…") in note.message


@pytest.mark.parametrize("case", ALL)
def test_messages_are_plain_and_short(case: Case) -> None:
    document, known = parted(case.body)
    for note in notes_on(plain(document), known):
        assert note.severity is CODES[note.code].severity
        assert note.message.endswith(".")
        assert "!" not in note.message
        assert "\n" not in note.message
        assert len(note.message) < 400


@pytest.mark.parametrize("case", ALL)
def test_an_edit_gives_what_a_reading_from_scratch_gives(case: Case) -> None:
    document, known = parted(case.body)
    source = plain(document)
    read_now = read(Text(source))
    reading = instant(read_now, known_sources=known)
    for at in range(0, len(source), 61):
        for words in ("7 ", "", "x\n\n"):
            source = source[:at] + words + source[at + 2 :]
            read_now = read(Text(source), previous=read_now)
            reading = instant(read_now, previous=reading, known_sources=known)
            assert reading.notes == instant(read(Text(source)), known_sources=known).notes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("carried", "carried as many as"),
        ("540,000", "450,000"),
        ("“450,000", "“540,000"),
        ("a third of", "a tenth of"),
        ("[^count]: “", "[^other]: “"),
        ("https://example.org/audit", "https://example.org/none"),
    ],
)
def test_an_edit_in_what_is_compared_is_noticed(before: str, after: str) -> None:
    text = "In all, a third of the pumps failed."
    known = KnownSources((KnownSource(Source("Audit", "https://example.org/audit", "", digest(text)), text),))
    source = (
        "The ferry carried 540,000 passengers.[^count] Many failed.[^audit]\n\n"
        "[^count]: “450,000 passengers came.” [Count](https://example.org/count)\n"
        "[^audit]: “a third of the pumps failed, they said” [Audit](https://example.org/audit)\n"
    )
    first = read(Text(source))
    reading = instant(first, known_sources=known)
    edited = source.replace(before, after, 1)
    assert edited != source
    again = instant(read(Text(edited), previous=first), previous=reading, known_sources=known)
    assert again.notes == instant(read(Text(edited)), known_sources=known).notes
    assert again.notes != reading.notes


def test_other_sources_are_noticed() -> None:
    source = "Many failed.[^a]\n\n[^a]: “a tenth of the pumps failed” [Audit](https://example.org/audit)\n"
    document = read(Text(source))
    texts = ("In all, a third of the pumps failed.", "In all, a tenth of the pumps failed.")
    known = [
        KnownSources((KnownSource(Source("Audit", "https://example.org/audit", "", digest(text)), text),))
        for text in texts
    ]
    reading = instant(document, known_sources=known[0])
    assert [note.code for note in reading.notes] == ["CD602"]
    assert instant(document, previous=reading, known_sources=known[1]).notes == ()
    assert instant(document, previous=reading).notes == ()


def test_every_code_has_cases() -> None:
    codes = {
        code for name in FILES for case in cases(f"citations/{name}.case") for _, _, code, _ in expected(case.body)
    }
    assert codes == set(CHECKED)
