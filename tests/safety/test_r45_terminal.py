"""R45: whatever a text, a file's name, a source or a model holds, no command moves a terminal's cursor or clipboard."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from harness.draft_models import Question, competent, role_of
from harness.ollama_server import OllamaServer, Turn, listed
from harness.unfit_models import Evil

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="such names of files are not allowed there"),
]

HOSTILE = "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x1b]0;title\x07\r\b\x9b31m\u202e"
MODEL = f"llama3.1:8b{HOSTILE}"
POST = f"""---
title: "Mills {HOSTILE.replace(chr(13), "")}"
copydesk:
  style: about 40 words
---

# Mills {HOSTILE.replace(chr(13), "")}

Studies show {HOSTILE.replace(chr(13), "")} that everybody always knows the mill at Lund was built in 1790.

## The Lund canal

## After
"""
PAGE = (
    f"# Mills\x1b[31m\x07 of Lund\n\nThe mill at Lund was built in 1790{HOSTILE}. The Lund canal was opened in 1825.\n"
)
COMMANDS = {
    "critique": ("critique", "{post}", "--all", "--fail-on", "never"),
    "critique by rules": ("critique", "{post}", "--instant", "--all", "--fail-on", "never"),
    "critique as JSON": ("critique", "{post}", "--format", "json", "--fail-on", "never"),
    "research": ("research", "{post}", "--library", "library"),
    "research as JSON": ("research", "{post}", "--library", "library", "--format", "json"),
    "draft": ("draft", "{post}", "--heading", "The Lund canal", "--library", "library"),
    "a heading that is none": ("draft", "{post}", "--heading", HOSTILE),
    "drafts": ("drafts",),
    "doctor": ("doctor",),
    "a file that is none": ("critique", f"none{HOSTILE}.md"),
    "a library that is none": ("research", "{post}", "--library", f"none{HOSTILE}"),
    "ledger": ("ledger",),
}


def hostile(chat: dict[str, Any]) -> Turn:
    """Answer in the shape that was asked for, with characters that steer a terminal."""
    if chat.get("logprobs"):
        return Turn(pieces=("A",), top={"A": -0.1, "B": -3.0, "C": -4.0, "1": -5.0, "2": -6.0})
    schema = chat.get("format")
    role = role_of(schema) if schema else None
    if role is None:
        return Turn(pieces=(json.dumps({"queries": [HOSTILE], "facts": [HOSTILE], "sentence": HOSTILE}),))
    words = [f"The mill {HOSTILE} was old."]
    return Turn(pieces=(json.dumps(Evil(words, competent())(Question(role, chat["messages"][-1]["content"], schema))),))


def steering(printed: bytes) -> set[str]:
    """Return the characters of an output that a terminal would obey or not show."""
    text = printed.decode("utf-8", "surrogateescape")
    return {character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Cs")} - {"\n", "\t"}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
async def test_R45_what_a_command_prints_steers_no_terminal(tmp_path: Path, command: tuple[str, ...]) -> None:
    work = tmp_path / "work"
    (work / "library").mkdir(parents=True)
    post = f"post{HOSTILE}.md"
    (work / post).write_text(POST)
    (work / "library" / f"page{HOSTILE}.md").write_text(PAGE)
    async with OllamaServer() as server:
        server.installed = [listed(MODEL)]
        server.usual = hostile
        engine = ("--engine", "ollama", "--host", server.url)
        arguments = [argument.replace("{post}", post) for argument in command]
        takes_engine = command[0] in ("critique", "research", "draft", "doctor")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "copydesk", *arguments, *(engine if takes_engine else ())),
            cwd=work,
            env=os.environ | {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"), "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, errors = await asyncio.wait_for(process.communicate(), 90)
    assert b"Traceback" not in errors
    assert steering(out) == steering(errors) == set(), (out, errors)
