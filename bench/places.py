"""Whether findings stand exactly where their words are, as a client that counts in UTF-16 sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bench.rows import Part, Row
from bench.scripted_model import TYPO
from bench.servers import copydesk, textlsp

if TYPE_CHECKING:
    from pathlib import Path

    from bench.scripted_model import ScriptedModel
    from harness.editor import Editor

SENTENCE = f"Many experts agree that {TYPO} plan is sound."
BEFORE = {
    "nothing unusual": "The launch went well. ",
    "emoji": "The launch 🚀🚀 went well. ",
    "joined emoji": "A family 👩‍👩‍👧‍👦 came along. ",
    "CJK": "The sign said 図書館 in red. ",
    "rare CJK": "The name 𠮷野家 is spelled so. ",
    "combining marks": "The cafe\u0301 of Zoe\u0308 was full. ",
    "U+2028": "The first words\u2028came before these. ",
    "U+0085 and form feed": "The old\x85file had\x0cpages. ",
    "CRLF": "The first line is here.\r\n\r\nThe next one follows. ",
    "lone CR": "The first line is here.\r\rThe next one follows. ",
    "emoji after CRLF": "The first line.\r\n\r\nThe launch 🚀 went well. ",
}
SECONDS = 4.0


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Measure copydesk and, where there is one, textLSP."""
    model.seconds = 0.0
    ours = await _copydesk(model, home)
    theirs = await _textlsp(model, home / "peer", program) if program is not None else None
    rows = (
        Row(
            f"Ranges exact, of {len(BEFORE)} texts",
            "",
            sum(ours.values()),
            len(BEFORE),
            None if theirs is None else sum(theirs.values()),
            more_is_better=True,
        ),
    )
    remarks = [f"Texts: {', '.join(BEFORE)}; each before a sentence that has a finding."]
    for name, exact in (("copydesk", ours), ("textLSP", theirs or {})):
        wrong = [case for case, right in exact.items() if not right]
        if wrong:
            remarks.append(f"{name} is off after: {', '.join(wrong)}.")
    return Part("Exact places", rows, remarks=tuple(remarks))


async def _copydesk(model: ScriptedModel, home: Path) -> dict[str, bool]:
    async with copydesk(home, model.url) as editor:
        return {
            case: await _exact(editor, f"file:///bench/place-{number}.md", before, "markdown", SENTENCE)
            for number, (case, before) in enumerate(BEFORE.items())
        }


async def _textlsp(model: ScriptedModel, home: Path, program: Path) -> dict[str, bool]:
    exact = {}
    for number, (case, before) in enumerate(BEFORE.items()):
        # One process each, so that a text which it cannot bear spoils no other.
        async with textlsp(program, home, model.url) as editor:
            exact[case] = await _exact(editor, f"file:///bench/place-{number}.txt", before, "plaintext", TYPO)
    return exact


async def _exact(editor: Editor, uri: str, before: str, language: str, words: str) -> bool:
    """Tell whether exactly one finding comes, and its range holds exactly these words."""
    editor.open(uri, f"{before}{SENTENCE}\n", language)
    try:
        async with asyncio.timeout(SECONDS):
            await editor.until(lambda: editor.diagnostics.get(uri))
    except TimeoutError:
        return False
    try:
        return [editor.quoted(uri, one["range"]) for one in editor.diagnostics[uri]] == [words]
    except (AssertionError, IndexError):
        return False
