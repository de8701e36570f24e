"""Drafts for a person at a terminal and for programs: what was written, from what, and how it went."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from copydesk.cli.formats.json import evidence, lsp_range
from copydesk.core.draft.notes import STOPS, UNSOURCED
from copydesk.core.visible import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.draft.draft import Draft, DraftedSentence, Round
    from copydesk.core.text import Text

SHOWN = 300
"""Code points of a fault, a remark or a reason that are printed."""


def summary(draft: Draft) -> Iterator[str]:
    """Yield lines on how a draft went: its status, rounds, sources, what was left out, and what is left to mend."""
    title = shortened(draft.heading[-1], 60) if draft.heading else "the section"
    count = len(draft.sources)
    cited = _counted(count, "source cited", "sources cited") if count else "no source is cited, so check every fact"
    code = f" ({UNSOURCED})" if draft.unsourced and draft.sentences else ""
    sentences = _counted(len(draft.sentences), "sentence", "sentences")
    yield f"draft of “{title}”: {_counted(draft.words, 'word', 'words')} in {sentences}; {cited}{code}"
    yield f"status: {draft.status.value.replace('_', ' ')}, {STOPS[draft.status]}"
    if draft.reason:
        yield f"    {shortened(draft.reason, SHOWN)}"
    for one in draft.log:
        yield from _round(one)
    for source in draft.sources:
        yield f"source: {shortened(source.title, 100)}, {visible(source.url)}, read {source.retrieved[:10]}"
    if draft.queries:
        yield f"searched for: {' | '.join(map(visible, draft.queries))}"
    for skipped in draft.skipped:
        yield f"left out: {shortened(skipped.what, 80)}: {shortened(skipped.why, SHOWN)}"
    for words in draft.replaced:
        yield f"made into sentences: {shortened(words, 100)}"
    for fault in draft.faults:
        yield f"left to mend: {shortened(fault, SHOWN)}"


def draft_value(draft: Draft, text: Text | None) -> dict[str, Any]:
    """Return a draft as JSON has it.

    Spans of sentences are code points of its Markdown; `place` is where its body goes in `text`, which must be the one
    it was made for, and None without it.
    """
    return {
        "heading": list(draft.heading),
        "mode": draft.mode.value,
        "status": draft.status.value,
        "reason": draft.reason,
        "rounds": draft.rounds,
        "words": draft.words,
        "markdown": draft.markdown,
        "original": draft.original,
        "place": None if text is None else {"range": lsp_range(text, draft.place), "span": asdict(draft.place)},
        "unsourced": draft.unsourced,
        "score": asdict(draft.score),
        "faults": list(draft.faults),
        "sentences": [_sentence(one) for one in draft.sentences],
        "sources": [asdict(one) for one in draft.sources],
        "queries": list(draft.queries),
        "skipped": [asdict(one) for one in draft.skipped],
        "replaced": list(draft.replaced),
        "log": [asdict(one) for one in draft.log],
    }


def _sentence(one: DraftedSentence) -> dict[str, Any]:
    return {
        "text": one.text,
        "span": asdict(one.span),
        "provenance": asdict(one.origin),
        "evidence": [evidence(each) for each in one.evidence],
        "notes": list(one.notes),
    }


def _round(one: Round) -> Iterator[str]:
    stood, refused = ("sentences stand", "refused") if one.number == 1 else ("patches kept", "taken back")
    faults = f"{one.score.blocking} blocking, {one.score.warnings} lesser"
    calls = _counted(one.calls, "model call", "model calls")
    yield (
        f"round {one.number}: {one.accepted} {stood}, {one.reverted} {refused}; faults: {faults}; {calls}, "
        f"{one.prompt_tokens} tokens read ({one.cached_prompt_tokens} of them from the engine's cache), "
        f"{one.output_tokens} written"
    )
    for remark in one.remarks:
        yield f"    {shortened(remark, SHOWN)}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
