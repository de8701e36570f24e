"""Whether quotes are found word for word or not at all, on every sentence of the test sources, and how fast."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from bench.rows import Part, Row, p95
from copydesk.core.quotes import Match, Outcome, StoredText, check
from harness.misquotes import MISQUOTED, SET_OTHERWISE, Sample, elsewhere, halves, naive, samples, stands

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.scripted_model import ScriptedModel

SEED = 20
LARGE = 2_000_000
"""Code points of a source that repeats itself."""

LONG = 10_000
"""Code points of a quote from it."""

TITLE = "Quotes, word for word"
STITCHED = "halves of two sentences"
MISATTRIBUTED = "the right words, the wrong source"
HEAD = ("Quote", "sentences", "found", "its reason fits", "median", "p95")


@dataclass
class Tally:
    """What came of the checks of one kind. `fitting` counts found ones at the right place, or reasons that fit."""

    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    fitting: int = 0

    def count(self, quote: str, source: StoredText, *others: StoredText) -> Match:
        """Check a quote and note how long it took."""
        began = time.perf_counter()
        match = check(quote, source, others)
        self.seconds.append(time.perf_counter() - began)
        self.outcomes[match.outcome] += 1
        return match

    def cells(self, name: str) -> tuple[str, ...]:
        """Return a line of the table."""
        share = f"{self.fitting / max(len(self.seconds), 1):.2%}"
        times = (f"{each * 1e3:.2f} ms" for each in (median(self.seconds), p95(self.seconds)))
        return (name, f"{len(self.seconds):,}", f"{self.outcomes[Outcome.FOUND]:,}", share, *times)


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Measure in this process; no file but the test data is read and no model asked."""
    random = Random(SEED)
    everything = [*samples()]
    sources = list({sample.source.key: sample.source for sample in everything}.values())
    folding = [_seconds(lambda source=source: source.folded) for source in sources]  # type: ignore[misc]
    set_otherwise, misquoted = defaultdict[str, Tally](Tally), defaultdict[str, Tally](Tally)
    for sample in everything:
        _set_otherwise(sample, set_otherwise, random)
        _misquoted(sample, misquoted, sources, random)
    fresh = [_seconds(lambda one=one: _fresh(one)) for one in random.sample(everything, 1_000)]  # type: ignore[misc]
    every = [second for tally in (*set_otherwise.values(), *misquoted.values()) for second in tally.seconds]
    rejected = sum(len(tally.seconds) - tally.fitting for tally in set_otherwise.values())
    accepted = sum(tally.outcomes[Outcome.FOUND] for tally in misquoted.values())
    rows = (
        Row("Sentences quoted", "", len(everything), 5_000, more_is_better=True),
        Row("Quotes rightly set, not found or at another place", "", rejected, 0),
        Row("Misquotes found", "", accepted, 0),
        Row("One check in a prepared source, median", "ms", median(every) * 1e3, 1),
        Row("One check in a prepared source, p95", "ms", p95(every) * 1e3),
        Row("One check in a source not seen before, median", "ms", median(fresh) * 1e3, 1),
        Row("One check in a source not seen before, p95", "ms", p95(fresh) * 1e3),
        Row(f"Worst of texts that repeat themselves, {LARGE:,} code points", "s", _worst(), 5),
    )
    tallies = [*set_otherwise.items(), *misquoted.items()]
    sizes = [len(source.text) for source in sources]
    remarks = (
        f"{len(sources):,} sources of {median(sizes):,.0f} code points (median; the longest {max(sizes):,}); preparing "
        f"one takes {median(folding) * 1e3:.2f} ms.",
        "Misquotes that by chance stand in the source all the same, by a comparison without folding, are left out.",
    )
    return Part(TITLE, rows, HEAD, tuple(tally.cells(name) for name, tally in tallies), remarks)


def _set_otherwise(sample: Sample, tallies: defaultdict[str, Tally], random: Random) -> None:
    for name, setting in SET_OTHERWISE.items():
        quote = setting(sample.words, random)
        if quote:
            match = tallies[name].count(quote, sample.source)
            tallies[name].fitting += _right(match, sample)


def _right(match: Match, sample: Sample) -> bool:
    """Tell whether a quote is found where its sentence stands, or where the same words stand before it."""
    if match.span is None:
        return False
    if match.span == sample.span:
        return True
    text = sample.source.view or sample.source.text
    found = naive(text[match.span.start : match.span.end])
    first, last = (" ".join(words) for words in (sample.words.split()[:2], sample.words.split()[-2:]))
    return found.startswith(naive(first)) and found.endswith(naive(last))


def _misquoted(sample: Sample, tallies: defaultdict[str, Tally], sources: list[StoredText], random: Random) -> None:
    for name, (misquote, fitting) in MISQUOTED.items():
        quote = misquote(sample.words, random)
        if quote and not stands(quote, sample.source):
            tallies[name].fitting += tallies[name].count(quote, sample.source).outcome in fitting
    stitched, wrong = halves(sample), elsewhere(sample, sources, random)
    if stitched and not stands(stitched, sample.source):
        tallies[STITCHED].fitting += tallies[STITCHED].count(stitched, sample.source).outcome is Outcome.STITCHED
    if wrong is not None:
        match = tallies[MISATTRIBUTED].count(sample.words, wrong, sample.source)
        tallies[MISATTRIBUTED].fitting += match.outcome is Outcome.MISATTRIBUTED


def _fresh(sample: Sample) -> None:
    check(sample.words, StoredText(sample.source.text, sample.source.key, sample.source.view))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _worst() -> float:
    """Return the longest time that a long quote takes in a large source where both are made to be slow."""
    pairs = (
        ("a", "a"),
        ("ab ", "ab "),
        ("a ", "a "),
        ("ab-", "ab-"),
        ("1,", "1,"),
        ("the cat sat on ", "the cat sat on "),
        ("ab cd ", "ab cd … "),
        ("図書館は", "図書館は"),
        ("“ﬁ” ", "“ﬁ” "),
    )
    times = []
    for source, quote in pairs:
        text = source * (LARGE // len(source))
        words = (quote * (LONG // len(quote)))[:LONG]
        for end in ("", "a", " so it is"):
            times.append(_seconds(lambda text=text, words=words + end: check(words, StoredText(text, "large"))))  # type: ignore[misc]
    return max(times)
