"""The Researcher: one question and sentences of sources that may answer it; never the draft, never an address.

What it names is data: ids of the sentences offered. Each is verified word for word before it enters the ledger.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk.core.claims.ranking import ranked
from copydesk.core.draft.budget import fitting
from copydesk.core.draft.forms import list_of, most_tokens, object_of, objects, one_of
from copydesk.core.draft.layout import Asked, laid_out_apart, one_line
from copydesk.core.evidence import Evidence, Stance
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copydesk.core.claims.excerpts import Excerpt
    from copydesk.core.draft.budget import Budget
    from copydesk.core.draft.layout import Board
    from copydesk.core.draft.plan import Question
    from copydesk.core.evidence import Source
    from copydesk.core.prompts import Prompts

MOST_CANDIDATES = 12
PER_SOURCE = 4
MOST_PICKS = 4
BY_RULE = 2
"""How many of the best candidates count where a Researcher gives no usable answer."""
STANCES = {"answers": Stance.SUPPORTS, "disputes": Stance.REFUTES, "background": Stance.IRRELEVANT}
MISSING = ("nothing", "a part", "all")
_TEMPLATE = "draft_research"
_TITLE = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a source that may answer a question, `c1` and so on; `plain` is what is shown of it."""

    id: str
    evidence: Evidence
    plain: str


@dataclass(frozen=True, slots=True)
class Picks:
    """What answers a question, best first, and how much is missing still."""

    evidence: tuple[tuple[Evidence, str], ...]
    missing: str


def candidates(question: str, found: Sequence[tuple[Source, str, Excerpt]]) -> tuple[Candidate, ...]:
    """Return the sentences that most likely answer a question, best first, no more than a few from one source.

    `found` are sources with their stored text and an excerpt of it, best first.
    """
    lines = [
        (source, text, line, f"{source.title} {excerpt.heading} {line.plain}")
        for source, text, excerpt in found
        for line in excerpt.lines
    ]
    taken: Counter[str] = Counter()
    seen: set[tuple[str, int]] = set()
    best: list[Candidate] = []
    for _, index in ranked(question, [words for *_, words in lines]):
        source, text, line, _ = lines[index]
        place = (source.sha256, line.span.start)
        if taken[source.url] < PER_SOURCE and place not in seen and len(best) < MOST_CANDIDATES:
            seen.add(place)
            taken[source.url] += 1
            span = line.span
            evidence = Evidence(text[span.start : span.end], source, span.start, span.end)
            best.append(Candidate(f"c{len(best) + 1}", evidence, one_line(line.plain)))
    return tuple(best)


def request(
    board: Board, question: Question, offered: Sequence[Candidate], prompts: Prompts, budget: Budget
) -> tuple[Asked, tuple[Candidate, ...]]:
    """Return what the Researcher is asked, and the candidates that it is shown: the lowest-ranked go first."""
    lines = [_line(one) for one in offered]
    shown = max(1, fitting(lines, budget.candidates))
    kept = tuple(offered[:shown])
    left_out = (
        (f"{len(offered) - shown} sentences of sources did not fit into a prompt",) if shown < len(offered) else ()
    )
    tail = prompts.fill(
        _TEMPLATE, question=question.text, candidates="\n".join(lines[:shown]), most=str(min(MOST_PICKS, shown))
    )
    pick = object_of(span=one_of([one.id for one in kept]), stance=one_of([*STANCES]))
    schema = object_of(picks=list_of(pick, min(MOST_PICKS, shown)), missing=one_of(MISSING))
    words = laid_out_apart(board, tail, prompts, budget)
    return Asked(_TEMPLATE, words, schema, most_tokens(schema), left_out), kept


def parsed(answer: Mapping[str, object], offered: Sequence[Candidate]) -> Picks | str:
    """Return what the Researcher named of what it was offered, or why nothing follows from its answer."""
    picks = answer.get("picks")
    if not isinstance(picks, list):
        return "the answer names no sentences"
    known = {one.id: one for one in offered}
    named: dict[str, tuple[Evidence, str]] = {}
    for pick in objects(picks):
        span, stance = pick.get("span"), pick.get("stance")
        if isinstance(span, str) and isinstance(stance, str) and span in known and stance in STANCES:
            evidence = replace(known[span].evidence, stance=STANCES[stance])
            named.setdefault(span, (evidence, known[span].plain))
    missing = answer.get("missing")
    return Picks(
        tuple(named.values())[:MOST_PICKS], missing if isinstance(missing, str) and missing in MISSING else "all"
    )


def by_rule(offered: Sequence[Candidate]) -> Picks:
    """Return the best candidates by rank alone, for want of a usable answer."""
    return Picks(tuple((one.evidence, one.plain) for one in offered[:BY_RULE]), "a part")


def _line(one: Candidate) -> str:
    return f"{one.id} ({shortened(one_line(one.evidence.source.title), _TITLE)}): {one.plain}"
