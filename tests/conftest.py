"""For every test: no connection but to this machine, no file of the user's own, and a count of what was tried."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.safety_report import PLACE, SafetyReport

_HOMES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


def _refuse_other_machines(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = str(arguments[1][0])
    if host != "localhost" and not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        raise PermissionError(f"a test may not connect to {host}")


sys.addaudithook(_refuse_other_machines)


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep caches, settings and models of the tests in a folder of their own."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in _HOMES:
            patch.setenv(name, str(home / name.lower()))
        for name in ("OLLAMA_HOST", "OLLAMA_API_KEY"):
            patch.delenv(name, raising=False)
        yield home


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run write elsewhere what it tried."""
    parser.addoption("--safety-report", default=PLACE, help="what was tried for each requirement of safety, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Add up what is tried for each requirement of safety, in the process that hears of all tests."""
    if not hasattr(config, "workerinput"):
        path = config.rootpath / config.getoption("safety_report")
        config.pluginmanager.register(SafetyReport(path, config.invocation_params.args))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test is a failure where everything must have run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter is not None else 0
    if skipped and os.environ.get("CI"):
        print(f"\n{skipped} skipped, and CI allows none")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
