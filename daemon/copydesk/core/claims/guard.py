"""Why a quote cannot support a claim, found by rule: it can take a support away and never gives one.

Compared are numbers with their units, dates, names, denials, opposites, and words that allow of no exception. Numbers
and denials must be in the quote itself; names and years may come from what surrounds it. Rules about words know
English; in other languages numbers and dates in digits and names are still compared, and the rest says nothing. Where
a rule cannot tell, it says nothing: that nothing is found does not make a quote support a claim.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from copydesk.core.comparing.amounts import amounts_apart, dates_apart
from copydesk.core.comparing.names import names_missing
from copydesk.core.comparing.overreach import overreach
from copydesk.core.comparing.polarity import denial, opposite
from copydesk.core.comparing.tokens import is_foreign
from copydesk.core.quoting.edges import UNSPACED
from copydesk.core.similarity import content

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST = 4_000
LONGEST_CONTEXT = 20_000
"""Code points of a claim, a quote or a context behind which nothing is compared: none is a sentence or a passage."""

_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")


def veto(claim: str, quote: str, context: str = "") -> str | None:
    """Return why a quote cannot support a claim, as a clause without a full stop; None where no rule objects.

    `context` is the title of the quote's page and the sentences around the quote.
    """
    texts = (claim[:LONGEST], quote[:LONGEST], context[:LONGEST_CONTEXT])
    return next((words for rule in RULES.values() if (words := rule(*texts))), None)


def covers(claim: str, quote: str, context: str = "") -> float:
    """Return the share of a claim's content words, by their stems, that are in a quote or its context; 0 to 1.

    Characters of scripts without spaces count in pairs. A claim without content words is not covered.
    """
    claimed = _content(claim)
    return len(claimed & _content(f"{quote}\n{context}")) / len(claimed) if claimed else 0.0


def _content(text: str) -> frozenset[str]:
    runs = [match[0] for match in _UNSPACED_RUN.finditer(text)]
    pairs = [run[at : at + 2] for run in runs for at in range(max(len(run) - 1, 1))]
    return frozenset([*content(_UNSPACED_RUN.sub(" ", text)), *pairs])


def _amounts(claim: str, quote: str, context: str) -> str | None:
    return next((one.words for one in amounts_apart(claim, quote, context)), None)


def _dates(claim: str, quote: str, context: str) -> str | None:
    return next((one.words for one in dates_apart(claim, quote, context)), None)


def _names(claim: str, quote: str, context: str) -> str | None:
    missing = names_missing(claim, quote, context)
    return f"neither the quote nor what surrounds it names “{missing[0]}”" if missing else None


def _denial(claim: str, quote: str, context: str) -> str | None:
    return None if _in_other_languages(claim, quote) else denial(claim, quote)


def _opposite(claim: str, quote: str, context: str) -> str | None:
    return None if _in_other_languages(claim, quote) else opposite(claim, quote)


def _overreach(claim: str, quote: str, context: str) -> str | None:
    return None if _in_other_languages(claim, quote) else overreach(claim, quote)


def _in_other_languages(claim: str, quote: str) -> bool:
    return is_foreign(claim) or is_foreign(quote)


RULES: Mapping[str, Callable[[str, str, str], str | None]] = MappingProxyType(
    {
        "number": _amounts,
        "date": _dates,
        "denial": _denial,
        "opposite": _opposite,
        "overreach": _overreach,
        "name": _names,
    }
)
"""The rules by name, in the order in which they are asked."""
