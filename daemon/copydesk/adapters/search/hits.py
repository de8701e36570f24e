"""What goes to a provider and what is taken from its answer: a short query, and titles and addresses made safe.

A provider's answer is written by strangers. Of each result only the title and the address are kept; the excerpts that
providers print are never evidence, because nothing says that the page holds them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from copydesk.adapters.web.addresses import parsed_address
from copydesk.core.visible import shortened
from copydesk.errors import PageUnusable, SearchUnavailable
from copydesk.ports import Hit

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_QUERY = 200
"""Code points of a query at most, so that no text can leave the machine under the name of a search."""
LONGEST_TITLE = 200
MOST_HITS = 50

_JOINERS = "\u200c\u200d"
_STRAY_JOINERS = re.compile(rf"(?<!\S)[{_JOINERS}]+|[{_JOINERS}]+(?!\S)|[{_JOINERS}]{{2,}}")
_INVISIBLE_MARKS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_SEPARATOR_OUTSIDE_NUMBERS = re.compile(r"(?<!\d)[.,]|[.,](?!\d)")
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def checked_query(query: str) -> str:
    """Return a query as it may be sent; raises `SearchUnavailable` for one that is empty, too long or not text."""
    if not query.strip():
        raise SearchUnavailable("There was nothing to search for.", "Choose a sentence that states something.")
    if len(query) > LONGEST_QUERY:
        raise SearchUnavailable(
            f"A query of {len(query)} characters was not sent; {LONGEST_QUERY} is the most.",
            "Choose a shorter sentence.",
        )
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in query):
        raise SearchUnavailable(
            "The query holds characters that no search takes; it was not sent.",
            "Remove control characters from the sentence.",
        )
    return query


def any_word(query: str) -> str:
    """Return the words of a query in lower case with OR between them; empty where that asks for nothing else.

    For servers that want every word on a page, and so find nothing for a sentence with one word too many or one wrong
    number. In lower case, no word is itself an operator, and servers that leave words with a capital unstemmed stem it.
    """
    numbers_whole = _SEPARATOR_OUTSIDE_NUMBERS.sub(" ", query.lower())
    # Marks are part of words: without its vowel signs a Hindi word falls to pieces.
    spaced = "".join(each if unicodedata.category(each)[0] in "LMN" or each in "_.," else " " for each in numbers_whole)
    words = list(dict.fromkeys(spaced.split()))
    return "" if words == [query] else " OR ".join(words)


def clean_title(title: str) -> str:
    """Return a title as one line of visible characters, at most 200 code points; joiners stay within words."""
    spaced = "".join(" " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each for each in title[:4000])
    seen = "".join(
        each for each in _INVISIBLE_MARKS.sub("", spaced) if each in _JOINERS or unicodedata.category(each)[0] != "C"
    )
    return shortened(_STRAY_JOINERS.sub("", seen), LONGEST_TITLE)


def clean_url(url: str) -> str | None:
    """Return an http(s) address in ASCII and without its fragment; None for what the fetcher would not parse."""
    try:
        # Some providers undo the escapes of addresses, which leaves bare per cent signs.
        return parsed_address(_STRAY_PERCENT.sub("%25", url), ports=None).url
    except PageUnusable:
        return None


def hits(provider: str, results: Iterable[tuple[object, object]], limit: int) -> tuple[Hit, ...]:
    """Return the usable ones of (title, address) pairs in their order, each address once, at most `limit`.

    What is not text or not a web address is left out. A page without a title is called by its address.
    """
    found: dict[str, Hit] = {}
    for title, url in results:
        address = clean_url(url) if isinstance(url, str) else None
        if address is None or address in found:
            continue
        if len(found) >= min(limit, MOST_HITS):
            break
        named = clean_title(title) if isinstance(title, str) else ""
        found[address] = Hit(provider, named or shortened(address, LONGEST_TITLE), address)
    return tuple(found.values())
