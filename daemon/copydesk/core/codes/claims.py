"""CD1xx: what is stated, and what carries it."""

from __future__ import annotations

from copydesk.core.codes.code import Code
from copydesk.core.note import Severity

CLAIMS = (
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
)
