"""CD608 and CD7xx: drafts that wait to be accepted."""

from __future__ import annotations

from copydesk.core.codes.code import Code
from copydesk.core.note import Severity

DRAFTS = (
    Code(
        code="CD608",
        name="unsourced-draft",
        severity=Severity.WARNING,
        decided_by="Code.",
        decided_from="A drafted section: none of its sentences cites a source.",
        summary="A draft of the section is ready, and nothing in it has a source.",
        why="A model writes what sounds likely. Without a quote beside it, nobody can tell what of it is so.",
        how="Check every statement before you accept it, or name sources in a library folder and draft again.",
        example_bad="The canal was opened in 1902 and changed the town.",
        example_good="The canal was opened in 1912, as its [plaque](https://example.org/plaque) says.",
    ),
    Code(
        code="CD701",
        name="draft-ready",
        severity=Severity.INFORMATION,
        decided_by="Five agents on a model wrote it; code checked every citation and kept only what got better.",
        decided_from="The heading, the brief, what stood under the heading, and quotes from your sources.",
        summary="A draft of the section is ready.",
        why="It is not in your text, and will not be until you accept it.",
        how="Look at it beside the section. Accept it, or some of its paragraphs, or throw it away.",
        example_bad="(a heading with nothing below it)",
        example_good="(the same heading with the paragraphs that you accepted)",
    ),
)
