"""Measurements of copydesk beside its nearest peer; `python -m bench` prints them and writes docs/performance.md."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

# The scripted model server and the fake editor are the tests' own.
sys.path.append(str(ROOT / "tests"))
