"""What instant checks cost on a long document: read whole, and read again after one edit."""

from __future__ import annotations

import gc
import time
from statistics import median
from typing import TYPE_CHECKING

from bench.documents import WORDS, long_text
from bench.rows import Part, Row
from copydesk.core.document import Format
from copydesk.core.instant import InstantReading, instant
from copydesk.core.markdown import read
from copydesk.core.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from bench.scripted_model import ScriptedModel
    from copydesk.core.document import Document

ROUNDS = 5
EDITS = 15
TYPED = "Perhaps "


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Measure in this process, without a language server around it."""
    source = long_text()
    _analysed(source)
    whole = [_timed(source) for _ in range(ROUNDS)]
    edits, checks = _edited(source)
    passages = len(read(Text(source), Format.MARKDOWN).passages)
    rows = (
        Row(f"Instant checks on {WORDS:,} words, whole", "ms", median(whole), 100),
        Row("The same after one edit", "ms", median(edits), 5),
    )
    remarks = (
        f"Reading and checks, {passages} passages of published prose. Whole: median of {ROUNDS}, least "
        f"{min(whole):.0f} ms. After an edit: median of {EDITS} places spread over the document, of which "
        f"{median(checks):.1f} ms are checks; worst {max(edits):.1f} ms.",
        "These run in a worker thread; typing waits for neither.",
    )
    return Part("Instant checks", rows, remarks=remarks)


def _analysed(
    source: str, document: Document | None = None, reading: InstantReading | None = None
) -> tuple[Document, InstantReading, float]:
    """Return what a text reads as, and how many milliseconds of that were checks."""
    read_now = read(Text(source), Format.MARKDOWN, document)
    began = time.perf_counter()
    checked = instant(read_now, frozenset(), reading)
    return read_now, checked, 1000 * (time.perf_counter() - began)


def _timed(source: str) -> float:
    gc.collect()
    began = time.perf_counter()
    _analysed(source)
    return 1000 * (time.perf_counter() - began)


def _edited(source: str) -> tuple[list[float], list[float]]:
    """Return the milliseconds of single edits, each made to the text that the one before left, and of their checks."""
    document, reading, _ = _analysed(source)
    taken, checks = [], []
    for number in range(EDITS):
        at = source.index(". ", len(source) * number // (EDITS + 1)) + 2
        source = source[:at] + TYPED + source[at:]
        gc.collect()
        began = time.perf_counter()
        document, reading, checking = _analysed(source, document, reading)
        taken.append(1000 * (time.perf_counter() - began))
        checks.append(checking)
    return taken, checks
