"""How words are looked up: any query is safe, and words are found in whatever way they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.adapters.library.store import in_memory
from copydesk.adapters.library.terms import CHUNK_WORDS, MOST_TERMS, chunks, match_expression, searchable
from harness.library import library, names, written

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

ATTACKS = [
    '"',
    '""" OR 1',
    "harbour AND NOT",
    "NOT harbour",
    "NEAR(harbour quay, 2)",
    "title: harbour",
    "{title body} : harbour",
    "^harbour",
    "harbour*",
    "harbour + quay",
    "-harbour",
    "(((harbour",
    "harbour)))",
    "harbour; DROP TABLE documents; --",
    "' OR 1=1 --",
    "harbour\0quay",
    "harbour \ud800",
    "har\u0301bour",
    "OR OR AND harbour NOT NEAR",
    "harbour" * 2000,
    "harbour " * 2000,
    " ".join(f"word{number}" for number in range(2000)),
    "_ _ harbour __",
    "𝓱𝓪𝓻𝓫𝓸𝓾𝓻",
    "\u0301\u0489 हिन्दी \u200d",
    "中",
    "ﷺ ½ ² Ⅷ",
]


@pytest.mark.parametrize("query", ATTACKS)
async def test_no_query_is_read_as_an_expression(tmp_path: Path, query: str) -> None:
    files = {"notes/a.txt": "The harbour is old.", "notes/b.txt": "The title is near and not a drop."}
    async with library(written(tmp_path, files)) as opened:
        found = await names(opened, query)
    if re.search(r"\bharbour\b", query) or "𝓱" in query:
        assert "a.txt" in found


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=200), st.text('"*()^:+-{},NEAROTD \0\n中の港ก', max_size=80)))
def test_every_text_is_a_query(text: str) -> None:
    expression = match_expression(text)
    if expression:
        with_text = in_memory()
        with_text.execute("INSERT INTO chunks (rowid, title, body) VALUES (1, '', ?)", (searchable("The harbour."),))
        with_text.execute("SELECT rowid FROM chunks WHERE chunks MATCH ?", (expression,)).fetchall()
        with_text.close()
    assert expression.count(" OR ") < MOST_TERMS


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_every_text_is_found_by_itself(text: str) -> None:
    connection = in_memory()
    connection.execute("INSERT INTO chunks (rowid, title, body) VALUES (1, '', ?)", (searchable(text),))
    expression = match_expression(text)
    # What Python takes for letters may be none in SQLite's older tables.
    if expression and connection.execute("SELECT sz FROM chunks_docsize").fetchone()[0] != b"\0\0":
        assert connection.execute("SELECT rowid FROM chunks WHERE chunks MATCH ?", (expression,)).fetchall() == [(1,)]
    connection.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("When was it?", '"when" OR "was" OR "it"'),
        ("When was the harbour built?", '"harbour" OR "built"'),
        ("Don't the harbour's cranes move?", '"harbour" OR "cranes" OR "move"'),
        ("Don’t they", '"don" OR "t" OR "they"'),
        ("Harbour HARBOUR harbour", '"harbour"'),
        ("1,000 ships of 2.5 t in 1,00", '"1000" OR "ships" OR "2d5" OR "1" OR "00"'),
        ("Straße STRASSE", '"strasse"'),
        ("中国の人口", '"中国" OR "国の" OR "の人" OR "人口"'),
        ("3月 港", '"3" OR "月" * OR "港" *'),
        ("«–»!", ""),
    ],
)
def test_the_words_of_a_query(query: str, found: str) -> None:
    assert match_expression(query) == found


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The harbours were opened.", "opening a harbour"),
        ("Die Tür öffnet um acht.", "TUR OFFNET"),
        ("Die Tur offnet.", "Tür öffnet"),
        ("Le château a été rénové.", "chateau renove"),
        ("Le cha\u0302teau.", "château"),
        ("Die Straße ist lang.", "STRASSE"),
        ("Łódź leży w Polsce.", "łódź"),
        ("El Niño", "nino"),
        ("ΑΘΉΝΑ", "αθήνα"),
        ("Ёлка", "елка ёлка"),
        ("उत्तर भारत में हिन्दी", "हिन्दी"),
        ("اللغة العربية", "العربية"),
        ("中华人民共和国成立于1949年。", "共和国"),
        ("中华人民共和国成立于1949年。", "国"),
        ("中华人民共和国成立于1949年。", "1949"),
        ("東京タワーは1958年に完成した。", "東京タワー"),
        ("ﾄｳｷｮｳ", "トウキョウ"),
        ("東京タワーは完成した", "た"),
        ("서울은 대한민국의 수도이다.", "대한민국"),
        ("ประเทศไทยมีประชากร", "ประชากร"),
        ("The 港口 opened", "港口"),
        ("It cost 1,250,000 euros.", "1250000"),
        ("A rise of 2.5 percent", "2.5"),
        ("e-mail", "email e mail"),
        ("The ﬁnal oﬃce", "final office"),
        ("COVID-19's spread", "covid 19"),
    ],
)
async def test_words_are_found_however_they_are_written(tmp_path: Path, text: str, query: str) -> None:
    other = {f"notes/{number}.txt": f"Nothing of note, number {number}, und nichts, 无." for number in range(3)}
    async with library(written(tmp_path, {"notes/a.txt": text, **other})) as opened:
        assert await names(opened, query) == ["a.txt"]


async def test_chinese_and_japanese_are_ranked_by_what_they_say(tmp_path: Path) -> None:
    texts = {
        "capital": "北京是中华人民共和国的首都，人口超过两千万。",
        "river": "长江是中国最长的河流，全长六千三百公里。",
        "tower": "東京タワーは1958年に完成した電波塔である。",
        "mountain": "富士山は日本で最も高い山である。",
    }
    async with library(written(tmp_path, {f"notes/{name}.txt": text for name, text in texts.items()})) as opened:
        assert (await names(opened, "中国的首都是北京"))[0] == "capital.txt"
        assert (await names(opened, "长江全长多少公里？"))[0] == "river.txt"
        assert (await names(opened, "東京タワーが完成したのは何年ですか"))[0] == "tower.txt"
        assert (await names(opened, "日本で一番高い山"))[0] == "mountain.txt"


async def test_titles_in_chinese_are_looked_up(tmp_path: Path) -> None:
    files = {"notes/a.html": "港口的历史\nA text.", "notes/b.html": "灯塔\nA text."}
    async with library(written(tmp_path, files)) as opened:
        assert await names(opened, "历史") == ["a.html"]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.sampled_from(["\n\n", "\r\n\r\n", ". ", "。", " "])), min_size=1, max_size=9
    )
)
def test_chunks_hold_every_word_once_and_are_short(parts: list[tuple[int, str]]) -> None:
    text = "".join(" ".join(f"w{number}" for number in range(count)) + end for count, end in parts)
    found = list(chunks(text, markdown=False))
    assert words(" ".join(found)) == words(text)
    assert all(len(chunk.split()) <= CHUNK_WORDS for chunk in found)


def test_chunks_are_whole_paragraphs_or_else_sentences_of_about_one_length() -> None:
    paragraph = "The committee met again today. " * 20
    found = list(chunks("\n\n".join([paragraph] * 9), markdown=False))
    assert [len(chunk.split()) for chunk in found] == [300, 300, 300]
    sentences = list(chunks("The committee met again today. " * 100, markdown=False))
    assert [len(chunk.split()) for chunk in sentences] == [250, 250]
    assert all(chunk.endswith("today") for chunk in sentences)


def test_addresses_of_links_are_not_looked_up_in_markdown() -> None:
    text = "See [the harbour](https://example.org/quay) and <https://example.org/pier>."
    assert "quay" not in next(chunks(text, markdown=True))
    assert "quay" in next(chunks(text, markdown=False))
