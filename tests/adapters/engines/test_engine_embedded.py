"""The embedded engine's process: started late, restarted after a crash, gone with its parent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.engines.child_process import ChildProcess, RestartPolicy
from copydesk.adapters.engines.embedded import EmbeddedEngine
from copydesk.adapters.engines.embedded_child import ChildSettings
from copydesk.errors import EngineBroken, EngineUnreachable, ModelMissing
from copydesk.ports import Delta, Finished, Message, Prompt, Sampling
from harness.real_model import CHILD, model_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

AT_ONCE = RestartPolicy(delay=0.0)


@pytest.fixture
async def engine() -> AsyncIterator[EmbeddedEngine]:
    opened = EmbeddedEngine(str(model_path()), context=1024, restarts=AT_ONCE)
    yield opened
    await opened.close()


def question(text: str = "Name a colour.") -> Prompt:
    return Prompt(model_path().stem, (Message("user", text),))


async def answer(engine: EmbeddedEngine, tokens: int = 300) -> str:
    items = [item async for item in engine.stream(question(), Sampling(tokens))]
    assert isinstance(items[-1], Finished)
    return "".join(item.text for item in items if isinstance(item, Delta))


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; a process's state comes with no event."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def wait_until_gone(pid: int) -> None:
    """Wait until a process that is not a child of this one has ended."""
    asyncio.run(until(lambda: not alive(pid)))


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended but was not collected does not."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


@pytest.mark.model
async def test_nothing_runs_before_the_first_question_nor_after_the_end(engine):
    facts = await engine.facts()
    assert facts.models[0].licence == "apache-2.0"
    assert facts.models[0].context == 1024
    assert engine.pid is None
    await answer(engine)
    pid = engine.pid
    assert pid is not None
    await engine.close()
    assert not alive(pid)


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_key_and_model_are_not_on_the_command_line(engine):
    await answer(engine)
    assert command_line(engine.pid).endswith("copydesk.adapters.engines.embedded_child")


def command_line(pid: int) -> str:
    """Return what everybody can read of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()


@pytest.mark.model
async def test_R26_nothing_in_a_workspace_or_pythonpath_is_imported(engine, tmp_path, monkeypatch):
    for name in ("xllamacpp", "json", "copydesk", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("import os\nos._exit(99)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert await answer(engine)


@pytest.mark.model
async def test_json_comes_without_white_space_to_run_away_in(engine):
    words = {"type": "array", "minItems": 2, "maxItems": 3, "items": {"enum": ["red", "blue"]}}
    schema = {"type": "object", "properties": {"a": words}, "required": ["a"], "additionalProperties": False}
    items = [item async for item in engine.stream(question("Colours in JSON?"), Sampling(60, temperature=1.0), schema)]
    text = "".join(item.text for item in items if isinstance(item, Delta))
    assert json.dumps(json.loads(text), separators=(",", ":")) == text


@pytest.mark.model
async def test_F1_R50_killed_in_mid_stream_it_is_an_error_and_the_next_answer_comes(engine):
    stream = engine.stream(question("Tell a long story about a ship."), Sampling(900))
    assert isinstance(await anext(stream), Delta)
    first = engine.pid
    os.kill(first, signal.SIGKILL)
    with pytest.raises(EngineBroken, match="stopped with exit code -9") as caught:
        async for _ in stream:
            pass
    assert caught.value.remedy
    assert await answer(engine)
    assert engine.pid != first


@pytest.mark.model
async def test_it_is_not_restarted_for_ever(engine):
    for _ in range(1 + AT_ONCE.most):
        await answer(engine)
        pid = engine.pid
        os.kill(pid, signal.SIGKILL)
        await until(lambda: engine.pid is None)
    with pytest.raises(EngineBroken, match="failed 4 times"):
        await answer(engine)


@pytest.mark.model
async def test_cancelling_the_first_question_does_not_stop_the_start(engine):
    task = asyncio.create_task(answer(engine))
    await until(lambda: engine.pid is not None)
    pid = engine.pid
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await answer(engine)
    assert engine.pid == pid


@pytest.mark.model
async def test_a_damaged_model_file_is_an_error_with_the_engines_own_words(tmp_path):
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(model_path().read_bytes()[:3_000_000])
    engine = EmbeddedEngine(str(damaged), restarts=AT_ONCE)
    with pytest.raises(EngineBroken, match=r"could not load the model\. Its last words: .*damaged\.gguf"):
        await engine.score(Prompt("damaged", question().messages), ("Yes", "No"))
    assert engine.pid is None
    await engine.close()


@pytest.mark.model
def test_the_child_dies_with_its_parent():
    script = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({list(CHILD)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"child.stdin.write({ChildSettings(api_key='k', model_path=str(model_path()), context=512).to_line()!r})\n"
        "child.stdin.flush()\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    wait_until_gone(pid)


@pytest.mark.model
def test_R15_the_daemons_death_in_mid_answer_leaves_no_child():
    script = (
        "import asyncio\n"
        "from copydesk.adapters.engines.embedded import EmbeddedEngine\n"
        "from copydesk.ports import Message, Prompt, Sampling\n"
        "async def main():\n"
        f"    engine = EmbeddedEngine({str(model_path())!r}, context=2048)\n"
        f"    prompt = Prompt({model_path().stem!r}, (Message('user', 'Tell a very long story.'),))\n"
        "    async for _ in engine.stream(prompt, Sampling(1500, temperature=1.0)):\n"
        "        print(engine.pid, flush=True)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout
        pid = int(daemon.stdout.readline())
        daemon.kill()
    wait_until_gone(pid)


async def test_a_file_that_is_no_model_says_so(tmp_path):
    (tmp_path / "notes.gguf").write_text("These are notes.")
    (tmp_path / "half.gguf").write_bytes(b"GGUF\x03\x00\x00\x00")
    for name, words in (
        ("notes", "not a GGUF"),
        ("half", "not a GGUF"),
        ("absent", "no such file"),
        (".", "directory"),
    ):
        path = tmp_path / (name if name == "." else f"{name}.gguf")
        engine = EmbeddedEngine(str(path))
        for attempt in (engine.facts(), engine.model_facts(name), engine.score(Prompt(name, ()), ("a", "b"))):
            with pytest.raises(ModelMissing, match=words) as caught:
                await attempt
            assert caught.value.remedy
        await engine.close()


async def test_without_the_library_it_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setattr("copydesk.adapters.engines.embedded.find_spec", lambda name: None)
    engine = EmbeddedEngine(str(tmp_path / "model.gguf"))
    for attempt in (engine.facts(), engine.score(Prompt("model", ()), ("a", "b"))):
        with pytest.raises(EngineUnreachable, match="not installed") as caught:
            await attempt
        assert "[embedded,web]" in caught.value.remedy


SILENT = (sys.executable, "-c", "import sys; sys.stdin.read()")
TALKING = (sys.executable, "-c", "import sys; print('no address'); print('the reason', file=sys.stderr)")
ENDING = (sys.executable, "-c", "import sys; sys.exit('\x1b[31m0.00.1 E the reason')")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (SILENT, r"not ready after 0\.2 seconds"),
        (TALKING, "could not load the model. Its last words: the reason"),
        (ENDING, "could not load the model. Its last words: the reason"),
    ],
)
async def test_a_process_that_does_not_begin_to_serve(command, words):
    deadline = 0.2 if command is SILENT else 20.0
    settings = ChildSettings(api_key="k", model_path="unused", deadline=deadline)
    child = ChildProcess(settings, AT_ONCE, command)
    with pytest.raises(EngineBroken, match=words):
        await child.serving()
    assert child.pid is None
    await child.close()
