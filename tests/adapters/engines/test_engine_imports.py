"""What the language server loads at its start must not load an engine's libraries."""

import subprocess
import sys

HEAVY = {"ollama", "httpx", "pydantic", "xllamacpp", "platformdirs"}
MODULES = ("choose", "embedded", "ollama", "openai", "hub", "starter_model")


def test_engines_import_their_libraries_on_first_use():
    names = ", ".join(f"copydesk.adapters.engines.{name}" for name in MODULES)
    script = f"import sys, {names}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert loaded.stdout.split() == []
