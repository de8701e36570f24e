"""What the catalogue says of one code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copydesk.core.note import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding, explained to the writer; codes are stable and never given to another kind.

    `decided_by` says whether rules, a model or both make the note, `decided_from` what they look at. The examples are
    one bad sentence, or short document, and the same mended; both are empty where no words are at fault.
    """

    code: str
    name: str
    severity: Severity
    decided_by: str
    decided_from: str
    summary: str
    why: str
    how: str
    example_bad: str = ""
    example_good: str = ""
