"""CD6xx: whether citations hold, in drafts and in what was written by hand."""

from __future__ import annotations

from copydesk.core.codes.code import Code
from copydesk.core.note import Severity

_STORED = "Code, without a model, from the stored text of the source."

CITATIONS = (
    Code(
        code="CD601",
        name="unresolved-citation",
        severity=Severity.ERROR,
        decided_by="Rules, without a model, in any language.",
        decided_from="The document: a footnote mark or reference link without its definition, or a lost stored source.",
        summary="A citation leads nowhere.",
        why="The reader sees a raw mark where the source should be, and cannot look anything up.",
        how="Add the definition, correct the label, or take the mark out.",
        example_bad="The ferry carries sixty cars.[^timetable]",
        example_good=(
            "The ferry carries sixty cars.[^timetable]\n\n[^timetable]: [Timetable](https://example.org/timetable)"
        ),
    ),
    Code(
        code="CD602",
        name="quote-not-in-source",
        severity=Severity.WARNING,
        decided_by=_STORED,
        decided_from="The quoted words of a citation, character by character against the source that it names.",
        summary="The quoted words do not stand in the source.",
        why="A reader takes quotation marks for a promise that someone said exactly this.",
        how="Quote what the source says, mark what you left out as two quotes, or take the quotation marks away.",
        example_bad="[^audit]: “Two thirds of the pumps failed.” [Audit](https://example.org/audit)",
        example_good="[^audit]: “A third of the pumps failed.” [Audit](https://example.org/audit)",
    ),
    Code(
        code="CD604",
        name="number-drift",
        severity=Severity.WARNING,
        decided_by="Rules, without a model, in any language.",
        decided_from="A cited sentence: a figure or date that its quotes, and its sources where stored, do not have.",
        summary="A figure in the sentence is not the one in its source.",
        why="Figures change by one digit when a text is revised, and the citation makes the wrong one look checked.",
        how="Correct the figure, or quote and cite the words that have it.",
        example_bad=(
            "The ferry carried 540,000 passengers in its first year.[^count]\n\n"
            "[^count]: “450,000 passengers were carried.” [Harbour count](https://example.org/count)"
        ),
        example_good=(
            "The ferry carried 450,000 passengers in its first year.[^count]\n\n"
            "[^count]: “450,000 passengers were carried.” [Harbour count](https://example.org/count)"
        ),
    ),
    Code(
        code="CD605",
        name="uncited-claim",
        severity=Severity.HINT,
        decided_by="Rules, without a model; they know English only.",
        decided_from=(
            "A document that cites its sources in notes: a paragraph with a figure, date, quotation or superlative and "
            "no citation."
        ),
        summary="The document cites its sources, but not for this.",
        why="Where the rest is cited, a reader takes a claim without a citation for a guess.",
        how="Cite the source, or say that the claim is your own.",
        example_bad=(
            "The bridge took ten years to build.[^1] Its arch was closed in one night.[^2]\n\n"
            "The steel weighs 39,000 tonnes.\n\n"
            "[^1]: [Bridge museum](https://example.org/museum)\n[^2]: [Diary](https://example.org/diary)"
        ),
        example_good=(
            "The bridge took ten years to build.[^1] Its arch was closed in one night.[^2]\n\n"
            "The steel weighs 39,000 tonnes.[^1]\n\n"
            "[^1]: [Bridge museum](https://example.org/museum)\n[^2]: [Diary](https://example.org/diary)"
        ),
    ),
    Code(
        code="CD606",
        name="orphan-reference",
        severity=Severity.INFORMATION,
        decided_by="Rules, without a model, in any language.",
        decided_from="The document: the definition of a footnote or link that nothing in the text points to.",
        summary="A source is listed and never cited.",
        why="It is left over from a sentence that has gone, or the mark that should point to it has.",
        how="Put the mark where the source is used, or remove the definition.",
        example_bad="The mill was sold in spring.\n\n[^deed]: [Deed of sale](https://example.org/deed)",
        example_good="The mill was sold in spring.[^deed]\n\n[^deed]: [Deed of sale](https://example.org/deed)",
    ),
    Code(
        code="CD607",
        name="stale-quote",
        severity=Severity.INFORMATION,
        decided_by=_STORED,
        decided_from="A quote that stands in the source as it was cited, and no longer in the newest text of it.",
        summary="The source has changed since, and no longer has these words.",
        why="A reader who follows the link does not find what you quote.",
        how="Read what the page says now. Cite an archived copy, or correct the sentence to what is known now.",
        example_bad="[^price]: “A ticket costs four euros.” [Fares](https://example.org/fares)",
        example_good=(
            "[^price]: “A ticket costs four euros.” "
            "[Fares, as archived in May](https://example.org/archive/2026-05/fares)"
        ),
    ),
)
