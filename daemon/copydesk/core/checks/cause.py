"""The causal half of CD104: a cause read off a sequence of events, or off two things that go together."""

from __future__ import annotations

from copydesk.core.checks.rules import rule
from copydesk.core.vocabulary import one_of

_TURNED = one_of(
    """
    rose, fell, dropped, grew, doubled, tripled, halved, climbed, jumped, soared, improved, increased, decreased,
    declined, plunged, shrank, surged, went (?:up|down), disappeared, vanished
    """
)
_HENCE = one_of(
    """
    so, therefore, hence, thus, which means, which shows, which proves, showing that, proving, thanks to, because of,
    due to, clearly, must be, caused by, is why, as a result of, is the (?:cause|reason), caused
    """
)

_TURNED_WORDS = (
    "rose fell dropped grew doubled tripled halved climbed jumped soared improved increased decreased declined plunged "
    "shrank surged went disappeared vanished"
)

CAUSES = (
    rule(
        _TURNED_WORDS,
        r"\b(?:after|since|once|when|as soon as|(?:week|month|day|year|quarter) (?:after|we|that))\b[^.;]*"
        rf"\b{_TURNED}\b[^.;]*\b{_HENCE}\b"
        rf"|\b{_TURNED}\b[^.;]*\b(?:after|since|once|when|following)\b[^.;]*, {_HENCE}\b",
    ),
    rule(
        _TURNED_WORDS,
        rf"\b{_TURNED}\b[^.;]*\b(?:which (?:shows|proves|demonstrates|confirms)|showing|proving) that\b",
    ),
    rule(
        "correlate correlates correlated correlation correlating hand also tend likely",
        r"\b(?:correlat\w+|go(?:es)? hand in hand"
        r"|(?:people|teams|developers|writers|companies|projects|users) (?:who|that|which)\b[^.;]*"
        rf"\b(?:also|tend to|are more likely))\b[^.;]*\b{_HENCE}\b",
    ),
)
"""Rules that match a change, the event it followed, and the conclusion."""
