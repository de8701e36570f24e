"""The catalogue of codes: what each note means, why it matters to a reader, and how to mend the sentence."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from copydesk.core.codes.argument import ARGUMENT
from copydesk.core.codes.citations import CITATIONS
from copydesk.core.codes.claims import CLAIMS
from copydesk.core.codes.code import Code
from copydesk.core.codes.drafts import DRAFTS
from copydesk.core.codes.verdicts import UNAVAILABLE, VERDICTS
from copydesk.core.codes.wording import WORDING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CODES", "Code"]

_CATALOGUE = (*CLAIMS, *ARGUMENT, *WORDING, *VERDICTS, *CITATIONS, *DRAFTS, *UNAVAILABLE)

CODES: Mapping[str, Code] = MappingProxyType({code.code: code for code in _CATALOGUE})
"""Every code by its number."""
