"""Whether sentences say all that a jotting says, so that they may take its place; where code cannot tell, it stays.

A model's word for it, the id that it names, is not enough: what the writer noted would be gone. Figures, names, code
and what is denied must be there, and of the other words, which are put differently in a sentence, the larger part.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.claims.guard import covers
from copydesk.core.comparing.amounts import amounts_apart, dates_apart
from copydesk.core.comparing.names import names_missing
from copydesk.core.comparing.polarity import denial
from copydesk.core.comparing.quantities import quantities
from copydesk.core.draft.grounds import strange_figures
from copydesk.core.draft.material import without_label
from copydesk.core.similarity import content

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.draft.material import Jotting

LEAST = 0.6
"""Share of a jotting's content words, those of its amounts aside, that sentences must have, by their stems."""

_LINK = re.compile(r"\[(?![\^@-])(.*)\]")


def left_out(jotting: Jotting, sentences: Iterable[str]) -> str:
    """Return what sentences leave out of a jotting, in words for a prompt; empty if they may take its place.

    The words of its links count as said: they are carried over with the links.
    """
    text = "\n".join(sentences)
    missing = [one for one in jotting.code if one not in text]
    if missing:
        return f"`{missing[0]}`"
    links = [match[1] for one in jotting.carried if (match := _LINK.match(one)) is not None]
    noted, said = without_label(jotting.text), "\n".join((text, *links))
    dates = (one.claimed for one in dates_apart(noted, said, ""))
    amounts = (one.claimed for one in amounts_apart(noted, said, ""))
    for words in (*dates, *strange_figures(noted, [said]), *names_missing(noted, said, ""), *amounts):
        return f"“{words}”"
    if denial(noted, said) is not None:
        return "what it denies, or denies what it says"
    return "" if _covered(noted, said) else "much of what it says"


def _covered(noted: str, said: str) -> bool:
    """Tell whether a jotting's words are there; its amounts, which are, may have been written in other words."""
    rest = noted
    for one in reversed(quantities(noted)):
        rest = f"{rest[: one.start]} {rest[one.end :]}"
    nothing_else = not any(content(rest)) and rest != noted
    return not noted or nothing_else or covers(rest, said) >= LEAST
