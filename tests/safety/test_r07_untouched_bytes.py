"""R5, R7, R9, R64: whatever is accepted, all bytes outside of it stay, in texts that other programs would tidy up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, competent
from harness.drafting_desk import DraftEngine, draft_desk
from harness.editor import NEOVIM, VSCODE
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from harness.connection import Connect
    from harness.editor import Editor, Personality

pytestmark = pytest.mark.slow

URI = "file:///work/post.md"
QUOTE, BETTER = "One flaw is here.", "One thing is better here."
CLAIM = "The mill at Lund dates from 1790."
HEADING, NEXT = "## The Lund canal", "## Afterwards"
BODY = f"# Canals\n\nCanals carry boats. {QUOTE} {CLAIM}\n\n{HEADING}\n\n{NEXT}\n\nThen came the railway.\n"
YAML = """---
title: "One: flaw is here.   # no comment"
tags: [a,b,  'c: d']
when: 2026-11-26   \t
body: |
    --- not the end
    \t* [x](y)   
---
"""  # noqa: W291 - what looks untidy must stay
TOML = '+++\ntitle   = "One flaw is here."\n[extra]\n  "a.b" = """\n+++ not the end"""\n+++\n'
JSON = ';;;\n{"title":"One flaw is here.",   "a" : [1,2 ,3]}\n;;;\n'

DOCUMENTS = {
    "R5: U+2028 before and within": BODY.replace("boats.", "bo\u2028ats.\u2028"),
    "R5: U+2029, VT, FF, NEL, FS": BODY.replace("Canals carry", "a\u2029b\x0bc\x0cd\x85e\x1cf Canals carry"),
    "R5: in the heading and the last line": BODY.replace("# Canals", "# Can\u2028als").replace("Then", "Then\x85"),
    "R7: CRLF": BODY.replace("\n", "\r\n"),
    "R7: mixed line ends, none at the end": BODY.replace("\n\n", "\r\n\n").rstrip("\n"),
    "R7: byte order mark and CRLF, no line end at the end": "\ufeff" + BODY.replace("\n", "\r\n").rstrip("\r\n"),
    "R7: blanks at line ends and blank lines at the end": BODY.replace("\n\n", "   \n\t\n") + "\n \n\n",
    "R9: YAML": YAML + BODY,
    "R9: TOML": TOML + BODY,
    "R9: JSON": JSON + BODY,
    "R9: YAML with CRLF and a byte order mark": "\ufeff" + (YAML + BODY).replace("\n", "\r\n"),
    "R64: lone surrogates": BODY.replace("boats.", "boats \ud83d and \udc00 home.").replace("Then", "\udfff Then"),
}


class AllDesk(ScriptedDesk):
    """Critiques and researches by rule, and drafts with a model that can."""

    def draft(self, *arguments: Any) -> AsyncGenerator[Any, None]:
        return draft_desk(DraftEngine(competent()), [ScriptedSearch(PAGES)]).draft(*arguments)


async def opened(connect: Connect, personality: Personality, text: str) -> Editor:
    editor = (await connect(personality, services(AllDesk(words=BETTER)))).editor
    await editor.initialize()
    editor.open(URI, text)
    return editor


async def noted(editor: Editor, code: str) -> str:
    """Wait for a note of a code and return its identity."""

    def found() -> Any:
        return next((one for one in editor.diagnostics.get(URI, []) if one["code"] == code), None)

    return str((await editor.until(found))["data"]["id"])


async def accept(editor: Editor, command: str, identity: str) -> list[dict[str, Any]]:
    """Run a command that edits, and return the edits that it asked for."""
    assert await editor.command(f"copydesk.{command}", noteId=identity) == {"applied": True}
    (request,) = [m["params"] for m in editor.messages if m.get("method") == "workspace/applyEdit"]
    ((change,),) = [request["edit"]["documentChanges"]]
    edits: list[dict[str, Any]] = change["edits"]
    return edits


def assert_line_ends_are_those_of(before: str, after: str) -> None:
    if "\n" not in before.replace("\r\n", ""):
        assert "\n" not in after.replace("\r\n", "")


documents = pytest.mark.parametrize(
    ("personality", "text"),
    [
        pytest.param(personality, text, id=f"{name}-{personality.name}")
        for name, text in DOCUMENTS.items()
        for personality in (VSCODE, NEOVIM)
    ],
)


@documents
async def test_R7_a_rewrite_changes_its_words_alone(connect: Connect, personality: Personality, text: str) -> None:
    editor = await opened(connect, personality, text)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    identity = await noted(editor, "CD104")
    note = next(one for one in editor.diagnostics[URI] if one["code"] == "CD104")
    assert editor.quoted(URI, note["range"]) == QUOTE
    await editor.command("copydesk.rewriteNote", noteId=identity)
    await editor.ended(2)
    await accept(editor, "applyNote", identity)
    head, _, tail = text.rpartition(QUOTE)
    assert editor.buffers[URI].text == head + BETTER + tail


@documents
async def test_R7_a_citation_only_adds(connect: Connect, personality: Personality, text: str) -> None:
    editor = await opened(connect, personality, text)
    place = editor.position(URI, CLAIM)
    await editor.command("copydesk.researchClaim", uri=URI, position=place)
    edits = await accept(editor, "citeNote", await noted(editor, "CD504"))
    assert [edit for edit in edits if edit["range"]["start"] != edit["range"]["end"]] == []
    after = editor.buffers[URI].text
    assert sum(len(edit["newText"]) for edit in edits) == len(after) - len(text)
    assert_line_ends_are_those_of(text, after)


@pytest.mark.slow
@documents
async def test_R7_a_draft_changes_its_section_alone(connect: Connect, personality: Personality, text: str) -> None:
    editor = await opened(connect, personality, text)
    await editor.command("copydesk.draftSection", uri=URI, position=editor.position(URI, HEADING))
    await accept(editor, "applyNote", await noted(editor, "CD701"))
    head, _, tail = text.rpartition(HEADING)
    after = editor.buffers[URI].text
    assert after.startswith(head + HEADING)
    assert after.endswith(NEXT + tail.rpartition(NEXT)[2])
    assert "83 locks" in after
    assert_line_ends_are_those_of(text, after)
