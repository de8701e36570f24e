"""How much is tried: little in each run of the tests, much where COPYDESK_NIGHTLY is set (`make nightly`)."""

from __future__ import annotations

import os

NIGHTLY = bool(os.environ.get("COPYDESK_NIGHTLY"))


def many(usual: int, nightly: int) -> int:
    """Return how many inputs are to be tried."""
    return nightly if NIGHTLY else usual
