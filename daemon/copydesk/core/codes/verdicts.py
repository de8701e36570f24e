"""CD5xx: what sources say of a claim that was researched; CD9xx: that it could not be."""

from __future__ import annotations

from copydesk.core.codes.code import Code
from copydesk.core.note import Severity

_BY = "Code, from what a model says of single passages; each must be quoted word for word."

VERDICTS = (
    Code(
        code="CD501",
        name="refuted",
        severity=Severity.ERROR,
        decided_by=_BY,
        decided_from="The claim and passages of sources: at least one site says otherwise, and none agrees.",
        summary="A source says otherwise, and none was found that agrees.",
        why="The reader who knows better stops believing the rest, and the one who does not carries the mistake on.",
        how="Read the quote in its source. Correct the sentence and cite it, or answer what the source says.",
        example_bad="The canal was opened in 1902.",
        example_good="The canal was opened in 1912, as its [plaque](https://example.org/plaque) says.",
    ),
    Code(
        code="CD502",
        name="partly-supported",
        severity=Severity.WARNING,
        decided_by=_BY,
        decided_from="The claim's parts and passages of sources: some parts are supported, others are not found.",
        summary="Sources support a part of the sentence, and nothing was found on another part.",
        why="A citation seems to vouch for the whole sentence, so the unproven part is believed along with the rest.",
        how="Cite the part that is supported, and find a source for the other, weaken it or take it out.",
        example_bad="The canal was opened in 1912 and is the deepest in the country.",
        example_good="The canal was opened in 1912, as its [plaque](https://example.org/plaque) says.",
    ),
    Code(
        code="CD503",
        name="conflicting",
        severity=Severity.WARNING,
        decided_by=_BY,
        decided_from="The claim and passages of sources: some agree with it, others say otherwise.",
        summary="Sources disagree about this.",
        why="A reader who knows the other source takes the sentence for careless or one-sided.",
        how="Say that sources differ and name them, or say why you trust the one that you follow.",
        example_bad="The canal was opened in 1912.",
        example_good="The canal was opened in 1912, or in 1913 by the harbour’s own chronicle.",
    ),
    Code(
        code="CD504",
        name="supported",
        severity=Severity.HINT,
        decided_by=_BY,
        decided_from="The claim and passages of sources: every part is supported, and none says otherwise.",
        summary="Sources say the same.",
        why="What you have checked, your reader can check too, if you say where.",
        how="Nothing needs mending. Insert the citation if readers may ask how you know.",
        example_bad="The canal was opened in 1912.",
        example_good="The canal was opened in 1912 ([Plaque](https://example.org/plaque)).",
    ),
    Code(
        code="CD505",
        name="not-enough-evidence",
        severity=Severity.INFORMATION,
        decided_by=_BY,
        decided_from="The claim and passages of sources: passages were found, but none settles it.",
        summary="Sources were searched, and none settles this.",
        why="It may well be true, but neither you nor your reader can tell from what was found.",
        how="Cite what you know it from, search in other places, or say that it is your own estimate.",
        example_bad="Most of the canal’s lock keepers were former sailors.",
        example_good="Lock keepers we interviewed had mostly been sailors.",
    ),
)

UNAVAILABLE = (
    Code(
        code="CD901",
        name="source-unavailable",
        severity=Severity.INFORMATION,
        decided_by="Code.",
        decided_from="The search: it is not set up, refused, failed or found nothing, and what else was found settles "
        "nothing.",
        summary="The claim was not checked, because sources could not be searched or nothing was found.",
        why="This says nothing about the claim. A search that failed must not pass for one that settled nothing.",
        how="The note says what failed and what to do. Mend that, and research the claim again.",
    ),
    Code(
        code="CD902",
        name="model-unavailable",
        severity=Severity.INFORMATION,
        decided_by="Code.",
        decided_from="The model: it did not answer, or it failed its self-test.",
        summary="There is no verdict, because no model could be trusted to give one.",
        why="This says nothing about the claim. What was found is shown, for you to judge.",
        how="Read the quotes. For a verdict, start the engine or choose a larger model, and research the claim again.",
    ),
)
