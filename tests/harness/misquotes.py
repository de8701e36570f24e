"""Sentences of stored sources, quoted as writers set them and misquoted as they should not be."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from copydesk.core.document import Format, PassageKind, ProtectedKind
from copydesk.core.markdown import read
from copydesk.core.quotes import Outcome, StoredText
from copydesk.core.text import Span, Text

DATA = Path(__file__).parent.parent / "data"
LEAST_WORDS = 8
_NOT_PLAIN = frozenset({ProtectedKind.URL})


@dataclass(frozen=True)
class Sample:
    """A sentence: its plain words, where they stand in its source, and another sentence of the same source."""

    words: str
    span: Span
    source: StoredText
    other: str = ""


@dataclass(frozen=True)
class Stored(StoredText):
    """A stored text with its naively folded form, by which a checker is checked."""

    @cached_property
    def naive(self) -> str:
        return naive(self.view or self.text)


def samples() -> Iterator[Sample]:
    """Yield every sentence of some length of the library, which is Markdown, and of the abstracts, which are plain."""
    for path in sorted((DATA / "library").glob("*.md")):
        yield from _samples(path.read_text(encoding="utf-8"), path.stem, Format.MARKDOWN)
    for line in (DATA / "scifact_part" / "corpus_1000.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        yield from _samples(record["text"], record["doc_id"], Format.PLAIN)


def _samples(source: str, key: str, format: Format) -> Iterator[Sample]:
    document = read(Text(source), format)
    plain = StoredText.of_document(document, key).view if format is Format.MARKDOWN else ""
    stored = Stored(source, key, plain)
    found = []
    for passage in document.passages:
        for sentence in passage.sentences if passage.kind is not PassageKind.HEADING else ():
            written = source[sentence.span.start : sentence.span.end]
            pairs = zip(sentence.masked, written, strict=True)
            words = "".join(mark for mark, original in pairs if mark != " " or original.isspace())
            words = " ".join(words.split())
            shown = sentence.masked.strip()
            start = sentence.span.start + sentence.masked.index(shown[:1])
            # an address is not among a sentence's plain words, and an ellipsis of its own is not one that leaves out
            if len(words.split()) >= LEAST_WORDS and not sentence.has(_NOT_PLAIN) and "…" not in words:
                found.append(Sample(words, Span(start, start + len(shown)), stored))
    for index, sample in enumerate(found):
        other = found[(index + len(found) // 2) % len(found)].words
        yield Sample(sample.words, sample.span, stored, other if other != sample.words else "")


def stands(quote: str, source: StoredText) -> bool:
    """Tell by naive means whether words stand in a source between edges of words and numbers."""
    words = naive(quote)
    text = source.naive if isinstance(source, Stored) else naive(source.view or source.text)
    at = text.find(words)
    while at >= 0:
        before, after = text[max(0, at - 2) : at], text[at + len(words) : at + len(words) + 2]
        cut_before = words[0].isalnum() and re.search(r"\w$|[\d\w][.,'/:-]$|[$€£≥≤<>±~+-]$", before)
        cut_after = words[-1].isalnum() and re.match(r"\w|[.,/:]\d|['-]\w|[%°]", after)
        if not cut_before and not cut_after:
            return True
        at = text.find(words, at + 1)
    return False


def naive(text: str) -> str:
    """Return a text without the differences that do not count, by plain replacement."""
    text = re.sub("[\u200b\u00ad]", "", text)
    text = re.sub('[‘’“”"`]', "'", unicodedata.normalize("NFKC", text))
    return " ".join(re.sub("[‐‑–—−]", "-", text).casefold().split())


def _curly(words: str, _: Random) -> str:
    words = re.sub(r"(?<!\w)\"|\"(?=\w)", "“", words).replace('"', "”")
    return re.sub(r"(?<!\w)'(?=\w)", "‘", words).replace("'", "’")


def _straight(words: str, _: Random) -> str:
    return re.sub("[‘’]", "'", re.sub("[“”]", '"', words))


def _dashes(words: str, random: Random) -> str:
    return re.sub("[-‐‑–—−]", lambda _: random.choice("-‑–—−"), words)


def _spaces(words: str, random: Random) -> str:
    return re.sub(" ", lambda _: random.choice(["\u00a0", "  ", "\n", "\u2009", "\t", " \u200b", "\r\n"]), words)


def _hyphenated(words: str, random: Random) -> str:
    return re.sub(r"(?<=\w\w\w)(?=\w\w\w)", lambda _: random.choice(["", "\u00ad", "\u200b"]), words)


def _ligatures(words: str, _: Random) -> str:
    return unicodedata.normalize("NFD", words).replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ")


def _capitals(words: str, _: Random) -> str:
    return words.swapcase() if words.casefold() == words.swapcase().casefold() else words


def _in_marks(words: str, _: Random) -> str:
    return f" “{words}” "


def _shortened(words: str, random: Random) -> str:
    parts = words.split()
    cut = max(3, len(parts) // 3)
    if "." in parts or "..." in words or any(part.isdigit() for part in (parts[cut], parts[-cut])):
        return ""  # an ellipsis of its own, or a number of several groups that would be cut
    return f"{' '.join(parts[:cut])} {random.choice(['…', '...', '[…]', '[...]', '. . .'])} {' '.join(parts[-cut:])}"


def _digit(words: str, random: Random) -> str:
    places = [match.start() for match in re.finditer("[0-9]", words)]
    if not places:
        return ""
    at = random.choice(places)
    return words[:at] + random.choice([digit for digit in "0123456789" if digit != words[at]]) + words[at + 1 :]


def _not(words: str, random: Random) -> str:
    parts = words.split(" ")
    at = random.randrange(1, len(parts))
    return " ".join([*parts[:at], "not", *parts[at:]])


def _replaced(words: str, random: Random) -> str:
    parts = words.split(" ")
    at = random.randrange(len(parts))
    return " ".join(
        [*parts[:at], random.choice(["green", "would", "of", "harmless", "seldom", "seven"]), *parts[at + 1 :]]
    )


def _swapped(words: str, random: Random) -> str:
    parts = words.split(" ")
    at = random.randrange(len(parts) - 1)
    parts[at : at + 2] = parts[at + 1], parts[at]
    return " ".join(parts)


def _dropped(words: str, random: Random) -> str:
    parts = words.split(" ")
    del parts[random.randrange(1, len(parts) - 1)]
    return " ".join(parts)


def _number_cut(words: str, random: Random) -> str:
    numbers = [
        match for match in re.finditer(r"\d[\d.,]*\d", words) if match.start() > 25 or len(words) - match.end() > 25
    ]
    if not numbers:
        return ""
    number = random.choice(numbers)
    at = random.randrange(number.start() + 1, number.end())
    return words[at:] if len(words) - at > at else words[:at]


def _word_cut(words: str, random: Random) -> str:
    longest = max(re.finditer(r"[^\W\d_]+", words), key=lambda match: len(match[0]))
    at = random.randrange(longest.start() + 1, longest.end())
    return words[at:] if len(words) - at > at else words[:at]


def _shuffled(words: str, random: Random) -> str:
    parts = words.split(" ")
    random.shuffle(parts)
    return " ".join(parts)


SET_OTHERWISE: dict[str, Callable[[str, Random], str]] = {
    "exact": lambda words, _: words,
    "curly marks": _curly,
    "straight marks": _straight,
    "other dashes": _dashes,
    "other spaces": _spaces,
    "soft hyphens": _hyphenated,
    "ligatures, accents apart": _ligatures,
    "other case": _capitals,
    "in quotation marks": _in_marks,
    "middle left out with an ellipsis": _shortened,
}
"""Ways to set a quote that change none of its words."""

MISQUOTED: dict[str, tuple[Callable[[str, Random], str], frozenset[Outcome]]] = {
    "one digit changed": (_digit, frozenset({Outcome.ALTERED})),
    "“not” put in": (_not, frozenset({Outcome.ALTERED})),
    "a word replaced": (_replaced, frozenset({Outcome.ALTERED})),
    "two words swapped": (_swapped, frozenset({Outcome.ALTERED})),
    "a word dropped": (_dropped, frozenset({Outcome.ALTERED})),
    "a number cut": (_number_cut, frozenset({Outcome.ALTERED})),
    "a word cut": (_word_cut, frozenset({Outcome.ALTERED})),
    "words shuffled": (_shuffled, frozenset({Outcome.NOT_FOUND, Outcome.ALTERED})),
}
"""Ways to get a quote wrong, with what may be said of it; an empty text says that this cannot be done to a sentence."""


def halves(sample: Sample) -> str:
    """Return the first half of a sentence with the second half of another from the same source."""
    one, other = sample.words.split(" "), sample.other.split(" ")
    return " ".join([*one[: len(one) // 2], *other[len(other) // 2 :]]) if sample.other else ""


def elsewhere(sample: Sample, sources: Sequence[StoredText], random: Random) -> StoredText | None:
    """Return a source that does not hold a sample's words."""
    source = random.choice(sources)
    return None if stands(sample.words, source) else source
