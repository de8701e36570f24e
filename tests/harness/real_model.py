"""The starter model behind real servers, for tests marked `model`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.engines.embedded_child import ChildSettings
from copydesk.adapters.interpreter import isolated_python

if TYPE_CHECKING:
    from collections.abc import Iterator

CHILD = isolated_python("-m", "copydesk.adapters.engines.embedded_child")
KEY = "test-key"


def model_path() -> Path:
    """Return the model file that COPYDESK_TEST_MODEL names; skips the test without one."""
    named = os.environ.get("COPYDESK_TEST_MODEL")
    if not named:
        pytest.skip("COPYDESK_TEST_MODEL does not name a GGUF file")
    return Path(named)


def proxy_programs() -> Path:
    """Return the folder of ollama-proxy-plus that COPYDESK_TEST_OLLAMA_PROXY names; skips the test without one."""
    named = os.environ.get("COPYDESK_TEST_OLLAMA_PROXY")
    if not named:
        pytest.skip("COPYDESK_TEST_OLLAMA_PROXY does not name the folder of ollama-proxy's programs")
    return Path(named)


@dataclass(frozen=True, slots=True)
class Served:
    """A running server and the name of its model."""

    address: str
    model: str


@contextmanager
def llama_server(context: int = 2048) -> Iterator[Served]:
    """Run llama.cpp's server on the starter model; its key is KEY."""
    path = model_path()
    settings = ChildSettings(api_key=KEY, model_path=str(path), context=context, threads=2)
    with subprocess.Popen(
        CHILD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "GOMP_SPINCOUNT": "1000"},
    ) as child:
        assert child.stdin and child.stdout
        child.stdin.write(settings.to_line())
        child.stdin.flush()
        answer = json.loads(child.stdout.readline())
        try:
            yield Served(answer["address"], str(path))
        finally:
            child.stdin.close()
            child.wait(timeout=20)


@contextmanager
def ollama_proxy(server: Served) -> Iterator[Served]:
    """Run an Ollama-compatible endpoint from the package registry in front of llama.cpp's server."""
    program = proxy_programs() / "ollama-proxy"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PROVIDERS_LOCAL_BASE_URL": f"{server.address}/v1",
        "PROVIDERS_LOCAL_API_KEY": KEY,
        "EXTRA_MODELS": "local/starter",
    }
    with subprocess.Popen(
        [program, "--host", "127.0.0.1", "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as proxy:
        try:
            assert proxy.stderr
            seen = []
            for line in proxy.stderr:
                seen.append(line)
                if "running on" in line:
                    break
            else:
                pytest.fail(f"ollama-proxy did not start: {''.join(seen)}")
            yield Served(f"http://127.0.0.1:{port}", "local/starter")
        finally:
            proxy.kill()
            proxy.wait(timeout=20)
