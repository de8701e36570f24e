"""The catalogue of codes: what each note means, why it matters to a reader, and how to mend the sentence."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from copydesk.core.note import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding, explained to the writer; codes are stable and never given to another kind.

    `decided_by` says whether rules, a model or both make the note, `decided_from` what they look at. The examples are
    one bad sentence and the same mended.
    """

    code: str
    name: str
    severity: Severity
    decided_by: str
    decided_from: str
    summary: str
    why: str
    how: str
    example_bad: str
    example_good: str


_CATALOGUE = (
    Code(
        code="CD101",
        name="unsupported-statistic",
        severity=Severity.WARNING,
        decided_by="Rules, without a model; they know English only.",
        decided_from="The sentence and its neighbours: a figure with no source in reach.",
        summary="A figure is given without saying where it comes from.",
        why="A reader cannot tell a measured figure from an invented one, and cannot look up what was counted.",
        how="Link the source, add a footnote, or say how you measured it. If there is none, take the figure out.",
        example_bad="Code review removes 60% of all defects before release.",
        example_good="In our last forty releases, code review caught 31 of 52 reported defects (see the table below).",
    ),
    Code(
        code="CD102",
        name="missing-citation",
        severity=Severity.WARNING,
        decided_by="Rules, without a model; they know English only.",
        decided_from="The sentence and its neighbours: an authority that is not named and has no source in reach.",
        summary="The sentence leans on an authority that it does not name.",
        why="“Studies show” asks for trust without giving the reader anything to check or to weigh.",
        how="Name and link the study, person or survey, or state the claim as your own view.",
        example_bad="Experts agree that short paragraphs are easier to read.",
        example_good="Short paragraphs are easier to scan, as the [usability guide](https://example.org/guide) shows.",
    ),
    Code(
        code="CD103",
        name="factual-error",
        severity=Severity.WARNING,
        decided_by="A model.",
        decided_from="A model's knowledge of the world; only a suspicion until the claim is researched.",
        summary="The sentence may state something that is not so.",
        why="One wrong fact that a reader happens to know costs the whole text its credit.",
        how="Check the statement against a source you trust, then correct it or cite that source.",
        example_bad="Git was first released in 1995.",
        example_good="Git was first released in 2005.",
    ),
    Code(
        code="CD104",
        name="overclaim",
        severity=Severity.WARNING,
        decided_by="Rules, which know English only, and a model for claims that no rule matches.",
        decided_from="The sentence: a promise that no evidence could carry, or a cause read off a sequence.",
        summary="The claim is stronger than the evidence given for it.",
        why="A reader needs one counterexample to an absolute claim to stop believing the rest.",
        how="Say for whom, when and how far it holds, or give the evidence that carries the strong form.",
        example_bad="Static typing eliminates every bug.",
        example_good="Static typing catches misspelt names and wrong argument types before the program runs.",
    ),
    Code(
        code="CD201",
        name="contradiction",
        severity=Severity.WARNING,
        decided_by=(
            "Rules, which know English only, where the two differ just in a number or a “not”; a model for other pairs."
        ),
        decided_from="Two sentences of the document that are alike but disagree.",
        summary="Two sentences of this document cannot both be true.",
        why="The reader does not know which of the two to believe, and has no way to find out.",
        how="Decide which is right and change the other, or say what differs between the two cases.",
        example_bad="The queue keeps messages for seven days. … The queue keeps messages for three days.",
        example_good="The queue keeps messages for seven days, and those marked urgent for three.",
    ),
    Code(
        code="CD202",
        name="non-sequitur",
        severity=Severity.WARNING,
        decided_by="A model.",
        decided_from="The two halves of a sentence that are joined as reason and conclusion.",
        summary="The conclusion does not follow from the reason given.",
        why="A reader who notices the gap stops following the argument.",
        how="Supply the missing step, or drop the “so” and let the two statements stand apart.",
        example_bad="Our office has large windows, so the new release will be on time.",
        example_good="Two of the three blocking defects are fixed, so the new release should be on time.",
    ),
    Code(
        code="CD301",
        name="buried-lede",
        severity=Severity.INFORMATION,
        decided_by="A model.",
        decided_from="The opening of the document against summaries of its sections.",
        summary="The most important statement comes late.",
        why="Most readers see only the opening; what stands far below it is not read.",
        how="Move the statement, or a one-sentence version of it, into the first paragraph.",
        example_bad="(in the last paragraph) Version 2 cannot read files of version 1.",
        example_good="(in the first paragraph) Version 2 cannot read files of version 1; convert them first.",
    ),
    Code(
        code="CD302",
        name="repetition",
        severity=Severity.INFORMATION,
        decided_by=(
            "Rules, which know English only, where the two have the same words, at most with an "
            "addition or with the opening phrase at the end; a model for other wordings."
        ),
        decided_from="Two sentences of the document that say the same.",
        summary="The sentence repeats an earlier one.",
        why="The reader looks for what is new, finds nothing, and begins to skim.",
        how="Delete one of the two, or make the later one add something.",
        example_bad="Backups run each night at two. … Each night at two, the backups run.",
        example_good="Backups run each night at two. … A failed backup is tried again at four.",
    ),
    Code(
        code="CD401",
        name="undefined-jargon",
        severity=Severity.INFORMATION,
        decided_by="Rules, which know English only, for abbreviations; a model for other terms.",
        decided_from="The document: an abbreviation or term that it does not explain, or explains only later.",
        summary="A term is used that the document has not explained.",
        why="A reader outside the field has to stop and search, or reads on without understanding.",
        how="Spell it out at its first use, link an explanation, or list it in the brief's known_terms.",
        example_bad="Raise the RTO before the next drill.",
        example_good="Raise the recovery time objective (RTO) before the next drill.",
    ),
    Code(
        code="CD402",
        name="vague-hedge",
        severity=Severity.INFORMATION,
        decided_by="Rules, without a model; they know English only.",
        decided_from="The sentence: two or more hedges and no condition.",
        summary="The sentence is hedged so much that it says nothing definite.",
        why="A reader cannot act on a statement that holds perhaps, somewhat and in some cases.",
        how="Name the condition under which it holds, keep one hedge, or say that you do not know.",
        example_bad="This could perhaps be somewhat slower in some cases.",
        example_good="This is slower when the index does not fit into memory.",
    ),
    Code(
        code="CD403",
        name="evasive-passive",
        severity=Severity.INFORMATION,
        decided_by="Rules, without a model; they know English only.",
        decided_from="The sentence: a passive that hides who decided, erred or was responsible.",
        summary="The passive hides who did it.",
        why="Where something was decided or went wrong, the reader wants to know who answers for it.",
        how="Name the person, team or system, and make it the subject.",
        example_bad="It was decided to postpone the launch, and customers were not informed.",
        example_good="The product team postponed the launch and did not inform the customers.",
    ),
)

CODES: Mapping[str, Code] = MappingProxyType({code.code: code for code in _CATALOGUE})
"""Every code by its number."""
