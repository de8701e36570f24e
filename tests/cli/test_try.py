"""What `make try` shows, with the real starter model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.real_model import model_path

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[2] / "examples" / "flawed-post.md"


@pytest.mark.model
def test_the_second_run_says_the_same_without_the_model(tmp_path: Path) -> None:
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}

    def critique(form: str) -> str:
        command = [sys.executable, "-m", "copydesk", "critique", str(EXAMPLE), "--engine", "embedded"]
        command += ["--model-path", str(model_path()), "--unproven", "--all", "--fail-on", "never", "--format", form]
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=True)
        assert done.stderr == ""
        return done.stdout

    first, second = (json.loads(critique("json")) for _ in range(2))
    assert first["engine"]["kind"] == "embedded"
    assert first["stats"]["model_calls"] > 0
    assert second["stats"]["model_calls"] == 0
    notes = [[{**note, "provenance": None} for note in whole["documents"][0]["notes"]] for whole in (first, second)]
    assert notes[0] == notes[1]
    assert {"CD101", "CD102", "CD104", "CD402", "CD403"} <= {note["code"] for note in notes[0]}
    printed = critique("text")
    assert "0 model calls" in printed
    assert "self-test: this model only guesses at" in printed
