"""Findings as a terminal shows them: where they point to, and what of the text is printed with them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from copydesk.cli.formats.text import QUOTED, text
from copydesk.cli.results import Examined, Results
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.events import Report, Stats

LONG = (
    "The QUIC handshake is terminated by an eBPF shim before the WAF sees it, so that the machine has no word "
    "of it, and whoever looks at the graph of the SNI at night is none the wiser\nthan the RTOs are, which is a pity "
    "for all of us."
)


def findings(source: str) -> list[tuple[str, str]]:
    """Return place and excerpt of each finding that is printed."""
    document = read(Text(source))
    examined = Examined("a.md", document, instant(document).notes, 0, Report(Stats()))
    lines = text(Results((examined,)), colour=False).split("\n\n")[0].splitlines()
    return [
        (line.partition(": ")[0], below.removeprefix("    > "))
        for line, below in pairwise(lines)
        if line.startswith("a.md:")
    ]


@pytest.mark.parametrize(
    ("source", "places"),
    [
        (f"# A\n\n{LONG}\n", ["3:5", "3:61", "3:151", "4:10"]),
        ("Around 64% of all websites are slow.\n", ["1:8"]),
        ("The case is grey, so the website *will\nnever* be hacked.\n", ["1:1"]),
        ("It will\nnever be hacked.\n", ["1:4"]),
        ("We saw `XQVs` and the XQVs. Fine.\n", ["1:23"]),
        ("👩‍🚀 Studies show that shops overpay.\n", ["1:5"]),
    ],
)
def test_a_finding_is_where_the_words_are_that_it_is_about(source: str, places: list[str]) -> None:
    assert [place.removeprefix("a.md:") for place, _ in findings(source)] == places


def test_an_excerpt_holds_the_words_that_the_finding_is_about() -> None:
    shown = [excerpt for _, excerpt in findings(LONG)]
    assert len(shown) == 4
    for term, excerpt in zip(("QUIC", "WAF", "SNI", "RTOs"), shown, strict=True):
        assert term in excerpt
        assert len(excerpt) <= QUOTED
    assert shown[0].startswith("The QUIC") and shown[0].endswith("…")
    assert shown[2].startswith("…") and shown[2].endswith("…")
    assert shown[3].startswith("…") and shown[3].endswith("for all of us.")
