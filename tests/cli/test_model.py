"""`copydesk model`: what is here, and fetching on request only."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.engines import model_files, starter_model
from copydesk.cli import model
from copydesk.cli.sizes import readable_size
from harness.gguf_file import write_gguf

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("LLAMA_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for module in (model_files, starter_model):
        monkeypatch.setattr(module, "models_folder", lambda: tmp_path / "models")
    return tmp_path


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    model.add_parser(parser.add_subparsers())
    return model.run(parser.parse_args(["model", *words]))


def test_an_empty_machine_is_told_the_next_step(capsys):
    assert run("list") == 0
    assert "copydesk model fetch starter" in capsys.readouterr().out


def test_files_are_listed_with_size_licence_and_context(folder, capsys):
    mine = write_gguf(folder / "models" / "mine.gguf")
    write_gguf(folder / "hub" / "models--o--r" / "snapshots" / "a" / "theirs.gguf", {})
    (folder / "models" / "broken.gguf").write_text("x")
    assert run("list") == 0
    said = capsys.readouterr().out
    assert f"mine: {readable_size(mine.stat().st_size)}, 8B, licence apache-2.0, context 4096\n  {mine}" in said
    assert ", size unknown, licence unknown" in said
    assert "broken: cannot be used: not a GGUF model file" in said


@pytest.mark.parametrize("what", ["nonsense", "hf:nonsense", "hf:a/b/c/d", "absent.whl"])
def test_what_cannot_be_fetched_is_one_line_and_exit_2(what, capsys):
    assert run("fetch", what) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 2  # what is being fetched, and why not
