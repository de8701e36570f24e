"""`copydesk verify-privacy`: every command under a witness, in an empty network where the system allows one."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.adapters.ledger import Entry
from copydesk.adapters.user_data import Kind
from copydesk.cli.main import COMMANDS
from copydesk.cli.verifying import trial as trials
from copydesk.cli.verifying.judging import Verdict, judged
from copydesk.cli.verifying.network import empty_network
from copydesk.cli.verifying.sample import Sample
from copydesk.cli.verifying.traces import holding
from copydesk.cli.verifying.trial import Ran, Trial

SECRET = "Canaryqwertyuiopasdf"
PORT = 4321


@pytest.fixture(scope="module")
def done() -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "copydesk", "verify-privacy"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=400)


@pytest.mark.slow
def test_F12_R49_R71_R72_R73_all_commands_connect_to_the_engine_alone_and_no_log_holds_the_text(
    done: subprocess.CompletedProcess[str],
) -> None:
    lines = done.stdout.splitlines()
    assert (done.returncode, lines[-1]) == (0, "Everything is as docs/privacy.md says."), done.stdout + done.stderr
    (held,) = [line for line in lines if line.startswith("Of ")]
    # And it was kept where it is said to be: a trial in which nothing happens shows nothing.
    for place in ("answers", "library", "drafts", "sources", "provenance", "the document", "the sample's library"):
        assert f"{place} (" in held
    ran = dict(line.strip().split(": ", 1) for line in lines[1 : lines.index(next(x for x in lines if "network" in x))])
    asking = {"critique", "research", "draft", "doctor", "serve (the language server)"}
    asking |= {"critique, the engine failing", "serve, the engine failing"}
    for name, what in ran.items():
        assert what.endswith("to the sample's engine on this machine alone" if name in asking else "to nothing"), name
    assert {name.split()[0].rstrip(",") for name in ran} == set(COMMANDS) - {"verify-privacy"}


@pytest.mark.slow
def test_R73_the_network_is_an_empty_one_where_the_system_allows_that(done: subprocess.CompletedProcess[str]) -> None:
    expected = "The network was an empty one (lo alone)" if empty_network() else "This system gives no empty network"
    assert expected in done.stdout


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return Sample(tmp_path, SECRET)


def entry(host: str = "127.0.0.1", port: int = PORT) -> Entry:
    return Entry("2026-01-01T00:00:00.000Z", host, port, "engine", 1, 1, "copydesk critique", "done")


def seen(*heard: tuple[str, str, int], entries: tuple[Entry, ...] | None = None, status: int = 0) -> Trial:
    noted = (entry(),) if entries is None else entries
    engine = ("connection", "127.0.0.1", PORT)
    return Trial((Ran("critique", status, (engine, *heard)),), noted, frozenset({PORT}), ("lo",), True)


def verdict(trial: Trial, sample: Sample, *traces: Path) -> Verdict:
    folders = [("log", sample.folder / "log"), ("drafts", sample.folder / "drafts")]
    kinds = [Kind(name, "", "", folder, lambda folder: None) for name, folder in folders]
    return judged(trial, sample, kinds, traces, len(traces))


def test_what_is_as_it_should_be_is_not_blamed(sample: Sample) -> None:
    inside = ("file", str(sample.folder / "home" / "x"), 0)
    fine = seen(inside, ("file", "/dev/null", 0), ("look-up", "127.0.0.1", 0), ("process", "python", 0))
    assert verdict(fine, sample, sample.document, sample.folder / "drafts" / "x").wrong == ()


WRONG: list[tuple[str, Callable[[Sample], Trial], str]] = [
    ("elsewhere", lambda _: seen(("connection", "192.0.2.1", 443)), "critique connected to 192.0.2.1 port 443."),
    ("another port", lambda _: seen(("connection", "127.0.0.1", 9)), "critique connected to 127.0.0.1 port 9."),
    ("look-up", lambda _: seen(("look-up", "evil.example", 0)), "critique looked up evil.example."),
    ("ledger", lambda _: seen(entries=(entry(), entry("192.0.2.1"))), "The ledger has a connection to 192.0.2.1"),
    (
        "unrecorded",
        lambda _: seen(entries=()),
        "1 connections to 127.0.0.1 port 4321 were begun, and the ledger has 0.",
    ),
    ("outside", lambda s: seen(("file", str(s.folder.parent / "x"), 0)), "for writing."),
    ("not run", lambda _: seen(status=2), "critique could not run (status 2)"),
]


@pytest.mark.parametrize(("name", "make", "says"), WRONG, ids=[row[0] for row in WRONG])
def test_R72_R73_what_must_not_be_is_said(
    name: str, make: Callable[[Sample], Trial], says: str, sample: Sample
) -> None:
    assert any(says in sentence for sentence in verdict(make(sample), sample).wrong)


@pytest.mark.parametrize("place", ["log/daemon.log", "log/ledger.jsonl", "project/other.md", "home/new", "tmp/x"])
def test_R71_the_secret_word_in_a_file_where_it_must_not_be_is_said(place: str, sample: Sample) -> None:
    path = sample.folder / place
    assert verdict(seen(), sample, path).wrong == (f"The document's secret word is in {path}.",)


def test_an_engine_that_fails_may_fail_a_command(sample: Sample) -> None:
    failing = seen(status=2)
    broken = replace(failing, ran=tuple(replace(one, broken=True) for one in failing.ran))
    assert verdict(broken, sample).wrong == ()


FORMS = {
    "plain": SECRET.encode(),
    "in lower case": SECRET.lower().encode(),
    "UTF-16": SECRET.encode("utf-16"),
    "UTF-16, big-endian": SECRET.encode("utf-16-be"),
    "hexadecimal": SECRET.encode().hex().upper().encode(),
    **{f"base64 after {n}": base64.b64encode(b"xyz"[:n] + SECRET.encode() + b"z") for n in range(4)},
}


@pytest.mark.parametrize("form", FORMS)
def test_R71_a_secret_word_is_found_in_any_form(form: str, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"\0\1before " + FORMS[form] + b" after")
    (tmp_path / "other").write_bytes(b"Canaryqwertyuiopasd")
    (tmp_path / f"{SECRET}.txt").touch()
    assert set(holding(tmp_path, SECRET)) == {tmp_path / "below" / "file", tmp_path / f"{SECRET}.txt"}


def test_the_witness_hears_what_the_guard_refuses(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    sample.project.mkdir()
    report = sample.folder / "witness.jsonl"
    script = f"""if True:
        import sys
        sys.argv = ["watched", {str(report)!r}]
        from copydesk.cli import main as module
        def careless(arguments):
            import socket, subprocess
            from copydesk.adapters.egress import Egress
            from copydesk.adapters.ledger import Ledger
            with Egress(Ledger(None)).guard():
                for use in (lambda: socket.create_connection(("127.0.0.1", 9)),
                            lambda: socket.getaddrinfo("evil.example", 80),
                            lambda: open({str(sample.folder / "written")!r}, "w").close(),
                            lambda: subprocess.run([sys.executable, "-c", ""])):
                    try:
                        use()
                    except OSError as error:
                        print(type(error).__name__)
            return 0
        module.main = careless
        from copydesk.cli.verifying.watched import main
        main()
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", timeout=60)
    assert done.stdout.split() == ["DestinationRefused"] * 2, done.stderr
    heard = trials._heard(report)
    assert ("connection", "127.0.0.1", 9) in heard
    assert ("look-up", "evil.example", 0) in heard
    assert ("file", str(sample.folder / "written"), 0) in heard
    assert ("process", sys.executable, 0) in heard
