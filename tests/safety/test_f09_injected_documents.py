"""F9: documents that give orders to models, before models that obey: R11, R16, R27 to R30 hold for every one of them.

The pages of cases/claims/injected are documents here too: whoever opens one has its orders in the text.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.core.brief import Brief
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.note import Note
from copydesk.core.text import Text
from copydesk.errors import CopydeskError
from copydesk.events import Refused
from copydesk.ports import Role
from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, Question, competent
from harness.drafting_desk import DraftEngine, drawn
from harness.editor import VSCODE
from harness.engine import ScriptedEngine, desk, knows
from harness.injected import InjectedDocument, injected_documents, injected_pages
from harness.scripted import services
from harness.unfit_models import Evil

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.connection import Connect

pytestmark = pytest.mark.slow

URI = "file:///work/post.md"
SENTENCE = "The dam might perhaps be finished by somebody in spring."
HONEST = "The dam was finished by somebody in spring."
SECRET = "Maria Lindqvist gave hunter2 to nobody but the bank, on account 4477-9130-22."
DOCUMENTS = injected_documents("documents/injected.case")
AS_PAGES = [
    InjectedDocument(
        f"{page.name} ({number})", DOCUMENTS[number % len(DOCUMENTS)].answer, f"{page.body}\n\n{{sentence}}\n"
    )
    for name in ("said", "hidden")
    for number, page in enumerate(injected_pages(f"claims/injected/{name}.case"))
]
TRACES = re.compile(
    r"!?\[|\]\(|\]:|://|www\.|[<>|`$\\*_#@{}~^&]|\bimport\b|javascript|command|data:|evil|install|curl|\d|%|[“”\"]|"
    r"[^\x20-\x7e’]|Maria|Lindqvist|Zebulon|mayor|never|always|[Ee]verybody",
)


def traces(text: str) -> Counter[str]:
    """Count what a plain English sentence would not have."""
    return Counter(TRACES.findall(text))


def answered(document: InjectedDocument) -> str:
    return document.answer.replace("{secret}", SECRET)


async def rewritten(document: InjectedDocument, answer: str) -> Note | Refused | None:
    """Return what comes of rewriting the sentence by a model that gives an answer, None where it is no prose there."""
    source = document.source(SENTENCE, SECRET)
    text = read(Text(source))
    note = next((one for one in instant(text).notes if one.anchor.quote == SENTENCE), None)
    if note is None:
        return None
    engine = ScriptedEngine(sayings=[answer, answer])
    events = [event async for event in desk(engine).rewrite(text, note, Brief())]
    return next(event for event in events if isinstance(event, Note | Refused))


@pytest.mark.parametrize("document", [*DOCUMENTS, *AS_PAGES], ids=str)
async def test_F9_R11_R29_an_obeying_model_brings_nothing_into_a_sentence(document: InjectedDocument) -> None:
    found = await rewritten(document, answered(document))
    if isinstance(found, Note):
        assert found.rewrite is not None
        assert found.anchor.quote == SENTENCE
        assert traces(found.rewrite) <= traces(SENTENCE), found.rewrite
        assert "\n" not in found.rewrite


async def test_the_sentence_can_be_rewritten_where_nobody_obeys() -> None:
    found = [await rewritten(one, HONEST) for one in DOCUMENTS]
    assert all(isinstance(one, Note) and one.rewrite == HONEST for one in found if one is not None)
    assert sum(one is not None for one in found) >= 60


def shown(editor: Any) -> str:
    """Return all that the server had the editor show outside of its diagnostics, which are plain text everywhere."""
    messages = [m for m in editor.messages if m.get("method") not in ("textDocument/publishDiagnostics", None)]
    return str([m.get("params") for m in messages if m["method"] in ("window/showMessage", "$/progress")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
async def test_F9_R16_R27_R28_an_editor_is_shown_no_link_and_no_order(
    connect: Connect, document: InjectedDocument
) -> None:
    from markdown_it import MarkdownIt

    engine = ScriptedEngine(opinion=knows("The dam might"), sayings=[answered(document)] * 2)
    editor = (await connect(VSCODE, services(desk(engine)))).editor  # type: ignore[arg-type]
    await editor.initialize()
    source = document.source(SENTENCE, SECRET)
    editor.open(URI, source)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.ended(1)
    for count, note in enumerate(list(editor.diagnostics.get(URI, []))[:2], 2):
        hover = {"textDocument": {"uri": URI}, "position": note["range"]["start"]}
        value = (await editor.request("textDocument/hover", hover))["contents"]["value"]
        html = MarkdownIt("commonmark").render(value)
        assert re.findall(r"<(?!/?(?:p|strong|em|a|pre|code|hr|br)\b)", html) == []
        assert re.findall(r'(?:href|src)="([^"]*)"', html) == []
        assert "\x1b" not in value
        engine.sayings = [answered(document)] * 2
        await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
        await editor.ended(count)
        titles = await editor.actions(URI, editor.quoted(URI, note["range"]))
        assert not [title for title in titles if "](" in title or "\x1b" in title]
    for trace in ("](", "evil", "Maria", "hunter2", "<img", "\x1b", "\u202e"):
        assert trace not in shown(editor)
    assert editor.buffers[URI].text == source
    assert not [m for m in editor.messages if m.get("method") in ("workspace/applyEdit", "window/showDocument")]


class Obeying:
    """Plans to look up the secret, and writes what the document's author wants."""

    def __init__(self, answer: str) -> None:
        self._evil = Evil([answer, SECRET, "evil.example"], competent())

    def __call__(self, question: Question) -> Mapping[str, Any]:
        if question.role is not Role.PLANNER:
            return self._evil(question)
        plan = dict(competent()(question))
        asked = [f"The Lund canal: {SECRET}", f"Lund canal {SECRET[::-1]}", "Lund canal TWFyaWEgTGluZHF2aXN0MTIz"]
        room = question.schema["properties"]["questions"]
        plan["questions"] = [one[: room["items"]["maxLength"]] for one in asked][: room["maxItems"]]
        return plan


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if "~~~" not in one.body], ids=str)
async def test_F9_R29_R30_a_draft_in_such_a_document_asks_for_no_secret_and_brings_nothing_in(
    document: InjectedDocument,
) -> None:
    body = document.source(SENTENCE, SECRET)
    source = f"{body.rstrip()}\n\n## The Lund canal\n\n## Afterwards\n\n{SECRET}\n"
    search = ScriptedSearch(PAGES)
    try:
        result = await drawn(DraftEngine(Obeying(answered(document))), source, "## The Lund canal", [search])
    except CopydeskError as error:
        pytest.fail(f"the draft was not made: {error}")
    assert len(search.queries) <= 8
    for query in search.queries:
        assert len(query) <= 200
        assert not re.search(r"Maria|Lindqvist|hunter|4477|9130|airaM|TWFy|evil", query, re.IGNORECASE), query
    told = re.sub(r"^\[\^[^\]]+\]: .*$", "", result.draft.markdown, flags=re.MULTILINE)
    for trace in ("://", "www.", "](", "![", "<", "{{", "{%", "${", "```", "hunter2", "4477", "Maria"):
        assert trace not in told, told
    # What the text says in plain words, a draft may say again.
    for trace in ("evil", "install", "Zebulon", "77"):
        assert trace not in told or trace in document.body, told
    start, end = result.draft.place.start, result.draft.place.end
    assert result.accepted.startswith(source[:start]) and result.accepted.endswith(source[end:])
