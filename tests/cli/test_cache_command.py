"""`copydesk cache`: what it shows, and what it removes."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from copydesk.adapters.disk import cache_stats, clear_cache
from copydesk.cli import cache as cache_command
from copydesk.errors import StoreError
from harness.disk_cache import database, filled

pytestmark = pytest.mark.slow


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cache_command.add_parser(parser.add_subparsers())
    return cache_command.run(parser.parse_args(["cache", *arguments]))


async def test_the_command_shows_and_clears(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = await filled(tmp_path / "c")
    assert command("stats", "--directory", str(directory)) == 0
    assert capsys.readouterr().out.startswith("30 answers, ")
    assert command("clear", "--directory", str(directory)) == 0
    assert capsys.readouterr().out.startswith("30 answers removed")
    assert command("stats", "--directory", str(directory)) == 0
    assert capsys.readouterr().out.startswith("0 answers, ")
    assert b"value 1" not in b"".join(path.read_bytes() for path in directory.iterdir())


async def test_without_an_action_it_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert command() == 0
    assert capsys.readouterr().out.startswith("0 answers, 0 kB, in ")


async def test_what_is_left_while_another_program_has_the_cache_open_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = await filled(tmp_path / "c")
    with database(directory) as holder:
        holder.execute("SELECT COUNT(*) FROM Cache").fetchone()
        assert command("clear", "--directory", str(directory)) == 0
        assert command("stats", "--directory", str(directory)) == 0
    shown = capsys.readouterr().out.splitlines()[2]
    assert shown.startswith("0 answers, ")
    assert shown.endswith(f" of empty database files that another program holds open, in {directory}")


async def test_the_command_says_what_to_do_when_it_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = await filled(tmp_path / "c")
    with database(directory) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert command("clear", "--directory", str(directory)) == 2
    assert "locked by another process" in capsys.readouterr().err
    (directory / "cache.db").write_bytes(b"garbage " * 1000)
    with pytest.raises(StoreError):
        cache_stats(directory)
    assert clear_cache(directory) == 0
    assert cache_stats(tmp_path / "none").entries == 0
    assert clear_cache(tmp_path / "none") == 0
