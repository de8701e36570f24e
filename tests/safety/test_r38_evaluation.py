"""R38: no code of ours makes code of a text, unpickles it or hands it to a shell, by the syntax of every module."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import copydesk

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(copydesk.__file__).parent
EVALUATING = frozenset({"eval", "exec", "compile", "__import__"})
"""Builtins, however they are used: another name for one would hide its call."""
LOADING = frozenset(
    {
        *("pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml"),
        *("code", "codeop", "runpy", "imp", "builtins", "pty"),
    }
)
SHELLS = frozenset(
    {
        *("os.system", "os.popen", "os.startfile", "subprocess.getoutput", "subprocess.getstatusoutput"),
        *("asyncio.create_subprocess_shell", "loop.subprocess_shell"),
    }
)
FAMILIES = ("os.exec", "os.spawn", "os.posix_spawn")
ALLOWED = {("cli/main.py", "import_module"): "the modules of the commands that are listed there, by their names"}


def dangers(source: str) -> Iterator[str]:
    """Yield what a module uses of all this, by name."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(name) if name in EVALUATING:
                yield name
            case ast.Import(names):
                yield from (one.name for one in names if one.name.partition(".")[0] in LOADING)
            case ast.ImportFrom(module, names, 0) if module:
                yield from [module] * (module.partition(".")[0] in LOADING)
                yield from (full for one in names if starts(full := f"{module}.{one.name}"))
            case ast.Attribute(value, attribute) if starts(f"{ast.unparse(value)}.{attribute}"):
                yield f"{ast.unparse(value)}.{attribute}"
            case ast.Call(function, arguments, keywords):
                yield from ("shell=" for one in keywords if one.arg == "shell")
                if ast.unparse(function).endswith("import_module") and not isinstance(arguments[0], ast.Constant):
                    yield "import_module"


def starts(name: str) -> bool:
    """Tell whether a name is one of a function that starts a shell or another program in place of this one."""
    return name in SHELLS or name.startswith(FAMILIES) or name.endswith(".create_subprocess_shell")


def test_R38_no_text_is_evaluated_unpickled_or_handed_to_a_shell() -> None:
    modules = sorted(PACKAGE.rglob("*.py"))
    assert len(modules) > 200
    places = {path: path.relative_to(PACKAGE).as_posix() for path in modules}
    found = {(places[path], name) for path in modules for name in dangers(path.read_text("utf-8"))}
    assert found == set(ALLOWED)


DANGERS = {
    "R38: exec": "exec(answer)",
    "R38: eval": "value = eval(answer, {})",
    "R38: eval under another name": "run = eval\nrun(answer)",
    "R38: compile": "compile(answer, 'answer', 'exec')",
    "R38: __import__": "__import__(answer)",
    "R38: builtins": "import builtins\nbuiltins.exec(answer)",
    "R38: pickle": "import pickle",
    "R38: pickle's function": "from pickle import loads as read",
    "R38: pickle in C": "import _pickle",
    "R38: marshal": "def late():\n    import marshal",
    "R38: shelve": "import json, shelve as store",
    "R38: yaml": "from yaml.loader import Loader",
    "R38: a console": "from code import interact",
    "R38: runpy": "import runpy",
    "R38: a module by name": "import importlib\nimportlib.import_module(answer)",
    "R38: os.system": "import os\nos.system(answer)",
    "R38: os.system alone": "from os import system",
    "R38: os.popen": "os.popen(answer)",
    "R38: os.execv": "os.execvp(answer, [answer])",
    "R38: os.spawn": "from os import spawnlp",
    "R38: a shell": "subprocess.run(answer, shell=True)",
    "R38: a shell by a variable": "subprocess.Popen(answer, shell=wanted)",
    "R38: getoutput": "subprocess.getoutput(answer)",
    "R38: a shell of asyncio": "async def run():\n    await asyncio.create_subprocess_shell(answer)",
}
FINE = ["re.compile(x)", "import json.decoder", "connection.execute(x)", "subprocess.run([x])", "# eval(x)\n'exec(x)'"]


@pytest.mark.parametrize("source", DANGERS.values(), ids=DANGERS)
def test_what_is_dangerous_is_seen(source: str) -> None:
    assert len(list(dangers(source))) == 1


@pytest.mark.parametrize("source", FINE)
def test_what_is_not_is_let_be(source: str) -> None:
    assert list(dangers(source)) == []
