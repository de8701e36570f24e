"""What may be asked, and what is taken from a provider's answer."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.adapters.search.hits import LONGEST_TITLE, any_word, checked_query, clean_title, clean_url, hits
from copydesk.errors import SearchUnavailable

REFUSED_QUERIES = [
    ("", "nothing to search for"),
    (" \u3000", "nothing to search for"),
    ("x" * 201, "201 characters"),
    ("kiln\x00 temperature", "characters that no search takes"),
    ("kiln\ntemperature", "characters that no search takes"),
    ("kiln \ud83d", "characters that no search takes"),
]


@pytest.mark.parametrize(("query", "why"), REFUSED_QUERIES)
def test_R30_queries_that_are_not_short_text_are_sent_nowhere(query, why):
    with pytest.raises(SearchUnavailable, match=why) as caught:
        checked_query(query)
    assert caught.value.remedy


@pytest.mark.parametrize("query", ["x" * 200, "Ist 5 < 6? “Ja” – 100%", "पानी 👩‍🚀", "a"])
def test_other_queries_are_sent_as_they_are(query):
    assert checked_query(query) == query


TITLES = [
    ("Kiln", "Kiln"),
    ("  A\r\n\ttitle\u2028of lines ", "A title of lines"),
    ("[Fix](command:workbench.action.terminal)", "[Fix](command:workbench.action.terminal)"),
    ("\x1b]52;c;aGk=\x07red\x1b[31m", "]52;c;aGk= red [31m"),
    ("in\u202evert\u2066ed\u2069", "inverted"),
    ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
    ("tags\U000e0041\U000e0042\U000e007f and \ufe0fselectors\U000e0101", "tags and selectors"),
    ("soft\u00adhyphen", "softhyphen"),
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("क\u094d\u200dष", "क\u094d\u200dष"),
    ("stray \u200d\u200c\u200d joiners\u200d", "stray joiners"),
    ("private \ue000 use \ud800", "private use"),
    ("", ""),
    ("x" * 500, "x" * 199 + "…"),
]


@pytest.mark.parametrize(("title", "clean"), TITLES)
def test_R28_titles_are_one_line_of_visible_characters(title, clean):
    assert clean_title(title) == clean


@given(st.text(max_size=300))
def test_R28_no_title_hides_or_steers(title):
    clean = clean_title(title)
    assert len(clean) <= LONGEST_TITLE
    assert not [each for each in clean if unicodedata.category(each)[0] == "C" and each not in "\u200c\u200d"]
    assert clean == " ".join(clean.split())
    assert clean_title(clean) == clean


ADDRESSES = [
    ("https://a.example/kiln?x=1&y=2", "https://a.example/kiln?x=1&y=2"),
    ("HTTP://A.Example:80", "http://a.example/"),
    ("https://a.example/kiln#glaze", "https://a.example/kiln"),
    ("https://a.example:8443/", "https://a.example:8443/"),
    ("https://a.example/übung/(1)", "https://a.example/%C3%BCbung/(1)"),
    ("https://a.example/100%/50%25", "https://a.example/100%25/50%25"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ("http://127.0.0.1:8080/raw/a", "http://127.0.0.1:8080/raw/a"),
    ("ftp://a.example/", None),
    ("javascript:alert(1)", None),
    ("data:text/html,x", None),
    ("file:///etc/passwd", None),
    ("command:x", None),
    ("//a.example/", None),
    ("/search?q=x", None),
    ("https://user:secret@a.example/", None),
    ("https://a.example\\@b.example/", None),
    ("https://a.example/\nx", None),
    (" https://a.example/", None),
    ("https://a.example/\u202egnp.exe", None),
    ("https://a.example/" + "x" * 9000, None),
    ("https:///nowhere", None),
    ("https://[::1", None),
    ("", None),
]


@pytest.mark.parametrize(("url", "clean"), ADDRESSES)
def test_only_web_addresses_are_taken(url, clean):
    assert clean_url(url) == clean


def test_results_keep_their_order_and_each_address_comes_once():
    results = [
        ("First", "https://a.example/1"),
        ("First again", "https://A.example/1#part"),
        ("No address", None),
        ("No web", "mailto:a@a.example"),
        (None, "https://a.example/2"),
        (7, "https://a.example/3"),
        ("\u202e", "https://a.example/4"),
        ("Fifth", "https://a.example/5"),
        ("Sixth", "https://a.example/6"),
    ]
    found = hits("searxng", results, 5)
    assert [(hit.title, hit.url) for hit in found] == [
        ("First", "https://a.example/1"),
        ("https://a.example/2", "https://a.example/2"),
        ("https://a.example/3", "https://a.example/3"),
        ("https://a.example/4", "https://a.example/4"),
        ("Fifth", "https://a.example/5"),
    ]
    assert {hit.provider for hit in found} == {"searxng"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("The River", "the OR river"),
        ("Ülla NOT Brée AND “Ärger”", "ülla OR not OR brée OR and OR ärger"),
        ("kiln kiln", "kiln"),
        ("Kiln", "kiln"),
        ("kiln", ""),
        ("“…”", ""),
        ("пожар 火", "пожар OR 火"),
        ("पानी है।", "पानी OR है"),
        ("a 9,000.5 b. c,d .5 e_f", "a OR 9,000.5 OR b OR c OR d OR 5 OR e_f"),
    ],
)
def test_words_are_asked_for_one_by_one(query, words):
    assert any_word(query) == words
