"""Appends entries to a ledger from a process of its own: `ledger_traffic PATH NAME COUNT LARGEST`; prints warnings."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from copydesk.adapters.ledger import Ledger, Outcome

if __name__ == "__main__":
    path, name, count, largest = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    warnings: list[str] = []
    ledger = Ledger(path, warn=warnings.append, largest=largest)
    for number in range(count):
        ledger.append(replace(ledger.entry(f"{name}-{number}.example", 443, "test"), outcome=Outcome.DONE))
    print(json.dumps(warnings))
