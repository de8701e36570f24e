"""From an answer that cleared its bar to a Note; the words are ours, never the model's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.codes import CODES
from copydesk.core.note import Note, Provenance, Related, Severity, anchored

if TYPE_CHECKING:
    from copydesk.core.document import Document
    from copydesk.core.questions.question import Question

_MESSAGES = {
    "CD103": "{words} may be wrong: it seems to contradict what is generally known. Check it, or name a source.",
    "CD104": "{words} seems to claim more than anyone could back up. Say for whom and when it holds.",
    "CD201": "{words} seems to contradict an earlier sentence. Keep the one that is true.",
    "CD202": "In {words} the conclusion does not seem to follow from the reason. Give the real reason, or split it.",
    "CD301": "{words} may be what readers need to know first, yet it stands near the end. Consider moving it up.",
    "CD302": "{words} seems to say again what an earlier sentence says. Keep the better one.",
    "CD401": "{words} may use terms that your readers do not know. Explain them, or use plainer words.",
}
_PARTNERS = {
    "CD201": "the sentence that it contradicts",
    "CD301": "the present opening",
    "CD302": "where it was said before",
}
_UNPROVEN = " (Unproven: this model guessed at questions of this kind in its self-test.)"
_QUOTED_WORDS = 7


def finding(document: Document, question: Question, provenance: Provenance, *, proven: bool) -> Note:
    """Return the note for a question whose answer is that something is wrong.

    An unproven kind gives a hint and says so, whatever its code's severity.
    """
    code = question.kind.code
    sentence, *earlier = question.sentences
    message = _MESSAGES[code].format(words=_quoted(sentence.plain))
    return Note(
        code=code,
        severity=CODES[code].severity if proven else Severity.HINT,
        anchor=anchored(document.text, sentence.span),
        message=message if proven else message + _UNPROVEN,
        related=tuple(Related(anchored(document.text, other.span), _PARTNERS[code]) for other in earlier),
        provenance=provenance,
    )


def _quoted(plain: str) -> str:
    words = plain.split()
    shortened = " ".join(words[:_QUOTED_WORDS]) + " …" if len(words) > _QUOTED_WORDS + 2 else plain
    return f"“{shortened}”"
