"""The rules of docs/architecture.md that can be read off the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "daemon" / "copydesk"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 330
ALLOWED = {
    "core": {"core"},
    "ports": {"core"},
    "events": {"core", "ports", "errors"},
    "errors": set(),
    "turns": set(),
    "tables": {"core"},
    "settings": {"core", "tables", "user_folders"},
    "answers": {"core", "ports", "errors", "turns"},
    "examination": {"core", "ports", "errors", "turns", "events", "answers"},
    "research": {"core", "ports", "errors", "turns", "events", "answers"},
    "drafting": {"core", "ports", "errors", "turns", "events", "answers", "research"},
    "watch": {"core", "ports", "errors", "turns", "events", "answers"},
    "desk": {
        *("core", "ports", "errors", "turns", "events", "answers", "watch", "examination", "research", "drafting")
    },
    "cause": set(),
    "user_folders": set(),
    "adapters": {"core", "ports", "errors", "settings", "cause", "user_folders", "adapters"},
    "lsp": {"core", "ports", "errors", "events", "cause", "lsp"},
}


def layer(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(module: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "copydesk" else set()
    return names


def used_when_running(module: Path) -> set[str]:
    """Return what is imported outside TYPE_CHECKING, and by `from` by its whole name: some of it may be modules."""
    found, pending = set(), [ast.parse(module.read_text(encoding="utf-8"))]
    while pending:
        for node in ast.iter_child_nodes(pending.pop()):
            if isinstance(node, ast.ImportFrom):
                assert not node.level, "an import by a relative name"
                found |= {f"{node.module}", *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
                pending.append(node)
    return found


def name_of(module: Path) -> str:
    return ".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(module: Path) -> None:
    allowed = ALLOWED.get(layer(module))
    if allowed is None:
        return
    used = {name.split(".")[1] for name in imports(module) if name.startswith("copydesk.")} - {"__version__"}
    assert used <= allowed | {layer(module)}


def test_no_import_leads_back_to_where_it_started() -> None:
    """Only at run time, where it may break an import: types may know each other."""
    names = {name_of(module): module for module in MODULES}
    imported = {name: used_when_running(module) & names.keys() - {name} for name, module in names.items()}
    assert imported["copydesk.lsp.server"] >= {"copydesk.lsp.session", "copydesk.lsp.stdio"}
    TopologicalSorter(imported).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("module", [m for m in MODULES if layer(m) == "core"], ids=lambda path: path.name)
def test_core_does_no_input_or_output(module: Path) -> None:
    forbidden = {"os", "io", "time", "socket", "logging", "subprocess", "asyncio", "random", "shutil", "tempfile"}
    assert not {name.split(".")[0] for name in imports(module)} & forbidden
    assert not re.search(r"\bopen\(|\bprint\(", module.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_readable(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert module.name not in {"utils.py", "helpers.py", "common.py", "misc.py"}


def test_the_command_line_starts_without_what_it_does_not_need() -> None:
    script = (
        "import sys; from copydesk.cli.main import main\n"
        "try: main(['serve', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'ollama', 'httpx', 'pydantic', 'diskcache', 'markdown_it', 'xllamacpp', 'sentencex'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, timeout=99)
    assert done.stdout.splitlines()[-1] == "[]"
