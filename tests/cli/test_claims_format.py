"""Researched claims as a terminal shows them, where a whole run would be too much to ask."""

from __future__ import annotations

import pytest

from copydesk.cli.formats.claims import claims
from copydesk.cli.results import Examined, Results
from copydesk.core.document import Format
from copydesk.core.evidence import ClaimReport, Evidence, Source, Status
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.events import Report, Stats
from copydesk.research.investigation import NOTHING, TOO_SMALL

CLAIM = "The mill is old."
QUOTE = Evidence(CLAIM, Source("Mills", "file:///mills.md", "2026-01-01T00:00:00Z", "0" * 64), 0, len(CLAIM))


@pytest.mark.parametrize(
    ("status", "reason", "evidence", "says"),
    [
        (Status.UNJUDGED, TOO_SMALL, (), "    Nothing was found."),
        (Status.UNJUDGED, TOO_SMALL, (QUOTE,), f"    {TOO_SMALL}"),
        (Status.UNAVAILABLE, NOTHING, (), f"    {NOTHING}"),
    ],
)
def test_quotes_are_spoken_of_only_where_there_are_some(
    status: Status, reason: str, evidence: tuple[Evidence, ...], says: str
) -> None:
    report = ClaimReport(CLAIM, CLAIM, status, reason=reason, evidence=evidence)
    document = read(Text(CLAIM), Format.PLAIN)
    printed = claims(Results((Examined("-", document, (), 0, Report(Stats())),), (report,)), colour=False)
    assert printed.splitlines()[2] == says
