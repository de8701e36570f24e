"""`copydesk ledger`: what is shown of the ledger, and what removes it."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.ledger import Ledger, older_file
from copydesk.cli import ledger as module

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = 86_400.0
SUMMARY = """\
2 connections left this machine; 1 name was looked up; 1 connection stayed within it; 1 was refused.

Time (UTC)           Destination           Purpose         Sent     Received  Command   Outcome
2026-11-16 11:06:40  en.wikipedia.org:443  test             812          812  copydesk  done
2026-11-16 11:06:40  en.wikipedia.org      test     not counted  not counted  copydesk  opened
2026-11-17 23:06:40  evil.example          test     not counted  not counted  copydesk  refused
2026-11-18 11:06:39  [2001:db8::1]:8080    test               0            0  copydesk  failed

In sum:
Destination               Purpose  Command   Count         Sent     Received  First (UTC)          Last (UTC)
[2001:db8::1]:8080        test     copydesk      1            0            0  2026-11-18 11:06:39  2026-11-18 11:06:39
en.wikipedia.org          test     copydesk      1  not counted  not counted  2026-11-16 11:06:40  2026-11-16 11:06:40
en.wikipedia.org:443      test     copydesk      1          812          812  2026-11-16 11:06:40  2026-11-16 11:06:40
evil.example (refused)    test     copydesk      1  not counted  not counted  2026-11-17 23:06:40  2026-11-17 23:06:40
127.0.0.1 (this machine)  test     copydesk      1        2,134        2,134  2026-10-19 11:06:40  2026-10-19 11:06:40

The ledger is PATH
"""
TABLE = """\
Time (UTC)           Destination                     Purpose         Sent     Received  Command   Outcome
2026-10-19 11:06:40  127.0.0.1:11434 (this machine)  test           2,134        2,134  copydesk  done
2026-11-16 11:06:40  en.wikipedia.org:443            test             812          812  copydesk  done
2026-11-16 11:06:40  en.wikipedia.org                test     not counted  not counted  copydesk  opened
2026-11-17 23:06:40  evil.example                    test     not counted  not counted  copydesk  refused
2026-11-18 11:06:39  [2001:db8::1]:8080              test               0            0  copydesk  failed

2 connections left this machine; 1 name was looked up; 1 connection stayed within it; 1 was refused.
The ledger is PATH
"""


def test_editors_are_given_the_newest_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log" / "ledger.jsonl"
    monkeypatch.setattr(module, "default_ledger_path", lambda: path)
    ledger = Ledger(path, largest=25_000)
    hosts = [f"{number:03}.example" for number in range(250)]
    for host in hosts:
        ledger.append(ledger.entry(host, 443, "test"))
    assert older_file(path).exists()
    found = module.newest()
    assert found["path"] == str(path)
    assert [entry["host"] for entry in found["entries"]] == hosts[-module.NEWEST :]
    assert hosts[-1] in found["text"] and str(path) in found["text"]
    monkeypatch.setattr(module, "default_ledger_path", lambda: None)
    assert module.newest() == {"path": None, "entries": [], "text": module.NO_PLACE}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Return what runs the command on a ledger with five entries, some of them old."""
    now = 1_795_000_000.0
    path = tmp_path / "log" / "ledger.jsonl"
    monkeypatch.setattr(module, "default_ledger_path", lambda: path)

    class Now(module.datetime):  # type: ignore[name-defined, misc]
        @classmethod
        def now(cls, zone: Any = None) -> Any:
            return cls.fromtimestamp(now, zone)

    monkeypatch.setattr(module, "datetime", Now)
    times = iter([now - 30 * DAY, now - 2 * DAY, now - 2 * DAY, now - DAY / 2, now - 1])
    ledger = Ledger(path, clock=lambda: next(times))
    for host, number, sent, outcome in (
        ("127.0.0.1", 11434, 2134, "done"),
        ("en.wikipedia.org", 443, 812, "done"),
        ("en.wikipedia.org", 0, None, "opened"),
        ("evil.example", 0, None, "refused"),
        ("2001:db8::1", 8080, 0, "failed"),
    ):
        ledger.append(replace(ledger.entry(host, number, "test"), sent=sent, received=sent, outcome=outcome))

    def run_it(*arguments: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        module.add_parser(parser.add_subparsers())
        status = module.run(parser.parse_args(["ledger", *arguments]))
        said = capsys.readouterr()
        return status, said.out.replace(str(path), "PATH"), said.err.replace(str(path), "PATH")

    return run_it


def test_what_left_this_machine_comes_first_and_then_sums(run: Callable[..., Any]) -> None:
    assert run() == (0, SUMMARY, "")


def test_all_is_a_line_for_each_connection(run: Callable[..., Any]) -> None:
    assert run("--all") == (0, TABLE, "")


def test_an_afternoon_of_model_calls_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.jsonl"
    monkeypatch.setattr(module, "default_ledger_path", lambda: path)
    times = iter(range(1_795_000_000, 1_796_000_000, 60))
    ledger = Ledger(path, clock=lambda: next(times))
    for number in range(455):
        called = replace(
            ledger.entry("127.0.0.1", 11434 + number % 3, "engine"), sent=1000, received=10, outcome="done"
        )
        ledger.append(called)
    ledger.append(replace(ledger.entry("127.0.0.1", 11434, "engine"), outcome="opened"))
    lines = module.newest()["text"].splitlines()
    assert len(lines) == 7
    assert lines[0] == "Nothing has left this machine; 456 connections stayed within it."
    sums = "127.0.0.1 (this machine) engine copydesk 456 455,000 4,550 2026-11-18 11:06:40 2026-11-18 18:41:40"
    assert lines[4].split() == sums.split()


def test_of_much_that_left_the_newest_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.jsonl"
    monkeypatch.setattr(module, "default_ledger_path", lambda: path)
    ledger = Ledger(path)
    for number in range(60):
        ledger.append(replace(ledger.entry("a.example", 443, f"page {number:02}"), outcome="done"))
    rows, sums = module.newest()["text"].split("In sum:")
    assert "page 09" not in rows and "page 10" in rows and "(10 earlier ones: --all)" in rows
    assert all(f"page {number:02}" in sums for number in range(60))


@pytest.mark.parametrize(("days", "hosts"), [("0", 0), ("1", 2), ("2.5", 4), ("36500", 5)])
def test_since(run: Callable[..., Any], days: str, hosts: int) -> None:
    shown = json.loads(run("--since", days, "--format", "json")[1])
    assert (shown["version"], len(shown["entries"])) == (1, hosts)


@pytest.mark.parametrize("days", ["-1", "nan", "inf", "1e9", "yesterday"])
def test_a_span_that_is_none_is_refused(run: Callable[..., Any], days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        run(f"--since={days}")
    assert refused.value.code == 2
    assert f"a number of days from 0 to 36500 is wanted, not '{days}'" in capsys.readouterr().err


def test_R74_clear(run: Callable[..., Any]) -> None:
    assert run("clear") == (0, "5 entries removed from PATH\n", "")
    assert run("clear") == (0, "0 entries removed from PATH\n", "")
    assert run() == (0, "Nothing has left this machine.\n\nThe ledger is PATH\n", "")


def test_without_a_home_there_is_no_ledger(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "default_ledger_path", lambda: None)
    for arguments in ((), ("clear",)):
        status, out, err = run(*arguments)
        assert (status, out) == (2, "")
        assert "HOME" in err


def test_R45_what_is_shown_moves_no_cursor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.jsonl"
    hostile = "\x1b]0;owned\x07\u202ehost"
    values = dict.fromkeys(("time", "host", "purpose", "command", "outcome"), hostile)
    path.write_text(json.dumps({**values, "port": 1, "sent": 1, "received": 1}) + "\n")
    monkeypatch.setattr(module, "default_ledger_path", lambda: path)
    assert module.run(argparse.Namespace(action="show", format="text", since=None, all=False)) == 0
    shown = capsys.readouterr().out
    assert "owned" in shown
    assert not set(shown) & {"\x1b", "\x07", "\u202e"}
