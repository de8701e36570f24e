"""Where the editor tests find their editors, and what each test gets: a daemon's home, a project and a model."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from editors.scripted_model import ScriptedModel, scripted_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from editors.window import Window

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "editors"
BIN = "Scripts" if os.name == "nt" else "bin"
DOCUMENTS = Path(__file__).parent / "documents"
DOCUMENT = DOCUMENTS / "kiln.md"
EVEREST = "Mount Everest is the highest mountain in Africa."
WALL = "The Great Wall of China was built by"
"""What the scripted model finds wrong in the document."""


@dataclass(frozen=True, slots=True)
class Place:
    """A project with a document in it, and the home of a user whose settings and cache are empty."""

    project: Path
    home: Path
    name: str = "kiln.md"

    @property
    def post(self) -> Path:
        """Return the document."""
        return self.project / self.name

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that move everything a user has into `home`."""
        folders = {f"XDG_{name}_HOME": str(self.home / name.lower()) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
        return {"HOME": str(self.home), "USERPROFILE": str(self.home), **folders}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a fresh project that holds the document."""
    made = Place(tmp_path / "project", tmp_path / "home")
    (made.project / ".git").mkdir(parents=True)
    made.home.mkdir()
    shutil.copy(DOCUMENT, made.post)
    return made


@pytest.fixture
def mill(tmp_path: Path) -> Place:
    """Return a fresh project that holds a document with claims, and a library."""
    made = Place(tmp_path / "project", tmp_path / "home", "mill.md")
    shutil.copytree(DOCUMENTS / "mill", made.project)
    (made.project / ".git").mkdir()
    made.home.mkdir()
    return made


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    """Run the scripted model."""
    with scripted_model(EVEREST, WALL) as running:
        yield running


@pytest.fixture(scope="session")
def copydesk() -> Path:
    """Return the program under test: COPYDESK_TEST_COMMAND, else the development environment's."""
    named = os.environ.get("COPYDESK_TEST_COMMAND")
    program = Path(named) if named else ROOT / ".venv" / BIN / "copydesk"
    if not program.exists():
        pytest.fail(f"{program} does not exist: run `make .venv/.ready`, or name the program in COPYDESK_TEST_COMMAND")
    return program


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Return the folder for pictures."""
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def neovim_program() -> Path:
    """Return the installed Neovim; skips without it and tmux."""
    return _installed(BUILD / "venv" / BIN / "nvim", "tmux")


@pytest.fixture(scope="session")
def vscode_server() -> Path:
    """Return the folder of VS Code; skips without it."""
    return _installed(BUILD / "vscode" / "server", "node")


@pytest.fixture(scope="session")
def extension() -> Path:
    """Return the packaged extension, which may not be older than what it is made from."""
    client = ROOT / "editor-clients" / "vscode"
    packaged = client / "copydesk.vsix"
    sources = [client / "package.json", *(client / "src").glob("*.ts"), *(client / "media").rglob("*.*")]
    if not packaged.exists() or packaged.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        pytest.fail(f"{packaged.name} is missing or older than its sources: run `make vsix`")
    return packaged


@pytest.fixture(scope="session")
def extensions(vscode_server: Path, extension: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the packaged extension is installed for VS Code."""
    from editors.vscode import install_extension  # brings packages that only the editors' environment has

    return install_extension(vscode_server, extension, tmp_path_factory.mktemp("vscode"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the browser; skips without it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return str(_installed(Path(found) if found else BUILD / "chromium"))


@pytest.fixture
def window_on(vscode_server: Path, extensions: Path, chromium: str, screenshots: Path, request: Any) -> Any:
    """Return a function that opens a window of a fresh VS Code on a place."""
    from editors.writer import NOWHERE, vscode  # brings packages that only the editors' environment has

    @contextmanager
    def opened(
        place: Place,
        command: object,
        host: str = NOWHERE,
        path: Path | None = None,
        environment: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Iterator[Window]:
        """`path` is a folder with programs that are found beside the system's; `environment` has further variables."""
        engine = {"copydesk.engine.kind": "ollama", "copydesk.engine.host": host}
        settings = {"copydesk.command": str(command), **engine, **more}
        failure = screenshots / f"failure-{request.node.name}.png"
        variables = {**place.environment, **(environment or {})}
        if path is not None:
            variables["PATH"] = os.pathsep.join([str(path), os.defpath])
        with vscode(vscode_server, extensions, chromium, failure, place, settings, variables) as window:
            yield window

    return opened


def _installed(path: Path, *programs: str) -> Path:
    missing = [path.name] if not path.exists() else []
    missing += [program for program in programs if shutil.which(program) is None]
    if missing:
        problem = f"{', '.join(missing)} missing: run `make editors-setup`"
        pytest.skip(problem)
    return path


# They run in an environment and a process of their own, `make test-editors`; elsewhere their packages are not there.
collect_ignore = (
    []
    if find_spec("msgpack") and find_spec("playwright")
    else [
        "test_drafting_neovim.py",
        "test_drafting_vscode.py",
        "test_edits_neovim.py",
        "test_edits_vscode.py",
        "test_faults_neovim.py",
        "test_faults_vscode.py",
        "test_findings_vscode.py",
        "test_neovim.py",
        "test_notes_neovim.py",
        "test_real_model.py",
        "test_research_neovim.py",
        "test_research_vscode.py",
        "test_submitted_config.py",
        "test_vscode.py",
    ]
)
