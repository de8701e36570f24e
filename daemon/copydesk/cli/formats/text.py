"""Findings for a person at a terminal, as linters print them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.codes import CODES
from copydesk.core.note import Severity
from copydesk.core.text import Encoding, Span
from copydesk.core.visible import around, shortened, visible
from copydesk.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from copydesk.cli.results import Examined, Results
    from copydesk.core.note import Note
    from copydesk.events import Report

    Paint = Callable[[str, str], str]

QUOTED = 96
"""Code points of a quote that are printed."""

_NAMED = re.compile("“(?P<words>[^”]+)”")

STRONG, FAINT = "1", "2"
"""Styles, as terminals number them."""

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFORMATION: "36", Severity.HINT: "2"}


def text(results: Results, *, colour: bool) -> str:
    """Return all findings and a summary of who found them and what it cost."""
    paint = painter(colour=colour)
    lines: list[str] = []
    for examined in results.documents:
        for note in examined.notes:
            lines.extend(finding(examined, note, paint))
    lines.extend(summary(results, paint))
    return "\n".join(lines)


def place(examined: Examined, note: Note) -> str:
    """Return path, line and column of the words that a note is about, counted from one."""
    position = examined.document.text.position(note.anchor.hint + focus(note).start, Encoding.UTF32)
    return f"{visible(examined.path)}:{position.line + 1}:{position.character + 1}"


def focus(note: Note) -> Span:
    """Return where the words are, in the note's quote, that its message begins with; the whole quote where none do."""
    quote = note.anchor.quote
    named = _NAMED.match(note.message)
    words = r"\s+".join(map(re.escape, named["words"].split())) if named else ""
    found = re.search(rf"(?<![\w`]){words}(?=(?:['’]?s)?(?!\w))", quote) if words else None
    return Span(found.start(), found.end()) if found else Span(0, len(quote))


def painter(*, colour: bool) -> Paint:
    """Return what puts words into a style, or leaves them alone."""
    return _painted if colour else _plain


def finding(examined: Examined, note: Note, paint: Paint) -> Iterator[str]:
    """Yield the lines of one finding."""
    severity = note.severity.name.lower()
    by = "" if note.provenance.model is None else paint(f" [{note.provenance.agent}]", FAINT)
    yield (
        f"{paint(place(examined, note), STRONG)}: {paint(severity, _COLOURS[note.severity])} "
        f"{note.code} {visible(note.message)}{by}"
    )
    words = focus(note)
    yield paint(f"    > {around(note.anchor.quote, words.start, words.end, QUOTED)}", FAINT)
    for related in note.related:
        line = examined.document.text.line_at(related.anchor.hint) + 1
        yield paint(f"    line {line} ({related.message}): {shortened(related.anchor.quote, QUOTED)}", FAINT)


def summary(results: Results, paint: Paint) -> Iterator[str]:
    """Yield the lines on what was found in all, who found it, and what it cost."""
    notes = [note for examined in results.documents for note in examined.notes]
    model = sum(note.provenance.model is not None for note in notes)
    words = sum(examined.document.words for examined in results.documents)
    hidden = sum(examined.hidden for examined in results.documents)
    if notes:
        yield ""
    count = len(results.documents)
    yield paint(
        f"{_counted(len(notes), 'finding')} in {_counted(count, 'document')}, {words} words: "
        f"{len(notes) - model} from instant checks, {model} from the model",
        STRONG,
    )
    if hidden:
        yield f"{_counted(hidden, 'finding')} beyond the default view; --all shows them"
    yield from cost(results.report)


def cost(report: Report) -> Iterator[str]:
    """Yield who answered, why, and what it cost."""
    if report.engine is not None and report.model is not None:
        where = "this machine" if report.engine.kind == "embedded" else report.engine.host
        yield f"engine: {report.engine.kind} {visible(report.engine.version)} on {visible(where)}"
        licence = f", licence {visible(report.model.licence)}" if report.model.licence else ""
        yield f"model: {visible(report.model.name)} ({report.model.digest[:12]}{licence})"
        yield f"why: {visible(report.reason)}"
        stats = report.stats
        first = "" if stats.first_note_seconds is None else f", first after {stats.first_note_seconds:.1f} s"
        yield (
            f"cost: {_counted(stats.model_calls, 'model call')}, {_counted(stats.cache_hits, 'answer')} from "
            f"the cache, {stats.seconds:.1f} s{first}; tokens: {stats.prompt_tokens} read "
            f"({stats.cached_prompt_tokens} of them from the engine's cache), {stats.output_tokens} written"
        )
    if report.untrusted:
        kinds = ", ".join(f"{CODES[code].name} ({code})" for code in report.untrusted)
        yield f"self-test: this model only guesses at {kinds}, so what it says of these is unproven"
    if isinstance(report.problem, Interrupted):
        yield visible(report.problem.sentence)
    elif report.problem is not None:
        begun = "the model stopped answering" if report.stats.model_calls else "no model was asked"
        yield f"{begun}: {visible(report.problem.sentence)}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _painted(words: str, style: str) -> str:
    return f"\x1b[{style}m{words}\x1b[0m"


def _plain(words: str, style: str) -> str:
    return words
