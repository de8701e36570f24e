"""CD2xx and CD3xx: how sentences hang together, and in which order they come."""

from __future__ import annotations

from copydesk.core.codes.code import Code
from copydesk.core.note import Severity

ARGUMENT = (
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
)
