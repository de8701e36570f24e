"""CD4xx: words that tell a reader too little."""

from __future__ import annotations

from copydesk.core.codes.code import Code
from copydesk.core.note import Severity

WORDING = (
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
    Code(
        code="CD404",
        name="invisible-characters",
        severity=Severity.INFORMATION,
        decided_by="Rules, without a model, in every language.",
        decided_from="The text as it is stored, code and front matter included.",
        summary="The text holds characters that readers do not see.",
        why="They come with pasted text. They can turn words around, part them for search, or give orders to a model "
        "that nobody but the model reads.",
        how="Delete the word and write it again, or keep it if your script needs the characters.",
        example_bad="The pass\u200bword is `admin`.",
        example_good="The password is `admin`.",
    ),
)
