"""The flags that choose an engine: none that was given is ignored."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from copydesk.cli.arguments import add_engine_flags, settings_of
from copydesk.cli.main import main
from copydesk.errors import ModelMissing
from harness.gguf_file import write_gguf

if TYPE_CHECKING:
    from pathlib import Path

    from copydesk.tables import EngineSettings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home with one model that was fetched, and nothing of llama.cpp's or Hugging Face's."""
    for name in ("LLAMA_CACHE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("cache", "config", "data", "state"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    write_gguf(tmp_path / "data" / "copydesk" / "models" / "Small-Q8.gguf")
    return tmp_path


def engine(*flags: str) -> EngineSettings:
    parser = argparse.ArgumentParser()
    add_engine_flags(parser)
    return settings_of(None, parser.parse_args(flags))[0].engine


def test_a_model_file_that_is_named_is_for_the_engine_that_serves_files() -> None:
    chosen = engine("--model-path", "mine.gguf")
    assert (chosen.kind, chosen.model_path) == ("embedded", "mine.gguf")
    assert engine("--model-path", "mine.gguf", "--model", "llama3.1:8b").kind == "auto"
    assert engine("--model-path", "mine.gguf", "--engine", "ollama").kind == "ollama"


@pytest.mark.parametrize("name", ["Small-Q8", "small-q8"])
def test_the_embedded_engine_knows_a_fetched_model_by_its_name(home: Path, name: str) -> None:
    fetched = home / "data" / "copydesk" / "models" / "Small-Q8.gguf"
    assert engine("--engine", "embedded", "--model", name).model_path == str(fetched)


def test_the_embedded_engine_says_that_it_has_no_model_of_a_name(home: Path) -> None:
    with pytest.raises(ModelMissing, match=r"^The embedded engine has no model llama3\.1:8b\.$") as refused:
        engine("--engine", "embedded", "--model", "llama3.1:8b")
    assert "--model-path FILE" in refused.value.remedy and "copydesk model list" in refused.value.remedy
    settings = home / "config" / "copydesk" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[engine]\nkind = 'embedded'\n")
    with pytest.raises(ModelMissing):
        engine("--model", "llama3.1:8b")
    assert engine("--model", "llama3.1:8b", "--engine", "ollama").model == "llama3.1:8b"


def test_a_model_that_a_file_is_not_of_is_refused() -> None:
    assert engine("--engine", "embedded", "--model", "mine", "--model-path", "/a/mine.gguf").model_path
    with pytest.raises(ModelMissing):
        engine("--engine", "embedded", "--model", "small-q8", "--model-path", "/a/mine.gguf")


def test_a_file_that_is_none_is_all_that_is_spoken_of(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "post.md").write_text("Fine.\n")
    assert main(["critique", str(home / "post.md"), "--model-path", "nope.gguf"]) == 2
    (told,) = [line for line in capsys.readouterr().out.splitlines() if "nope.gguf" in line]
    assert told.startswith("no model was asked: The model file nope.gguf cannot be used: no such file or directory.")
    assert "Ollama" not in told
