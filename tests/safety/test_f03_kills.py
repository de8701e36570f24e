"""`kill -9` at any moment of a draft, from the command line and in an editor: nothing finished is lost or done again.

COPYDESK_NIGHTLY kills at fifty points of each, otherwise at four.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.records import Kind
from copydesk.core.draft.stored import decoded
from harness.draft_models import FACTS, Competent, Question, competent, conforms, role_of
from harness.nightly import many
from harness.ollama_server import OllamaServer, Turn
from harness.served import HEADING, POST, Place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

POINTS = many(4, 50)
CALLS = 5


@dataclass
class Model:
    """Answers as a model that can, and does something to the asker at one moment of one call."""

    model: Competent = field(default_factory=competent)
    asked: list[str] = field(default_factory=list)
    at: int = -1
    """The number of the call, from 0 on."""
    after: float = 0.0
    """Seconds after the call came; the answer takes a few hundredths of a second."""
    strike: Callable[[], None] = lambda: None

    def __call__(self, chat: dict[str, Any]) -> Turn:
        words, schema = chat["messages"][-1]["content"], chat["format"]
        number = len(self.asked)
        self.asked.append(words)
        if number == self.at:
            asyncio.get_running_loop().call_later(self.after, self.strike)
        role = role_of(schema)
        assert role is not None
        answer = self.model(Question(role, words, schema))
        conforms(answer, schema)
        whole = json.dumps(answer)
        pieces = tuple(whole[at : at + 1 + len(whole) // 3] for at in range(0, len(whole), 1 + len(whole) // 3))
        return Turn(pieces=pieces, delay=0.01)


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaServer]:
    async with OllamaServer() as server:
        yield server


def points() -> list[tuple[int, int, float]]:
    """Return a number, the call during or after which the process is killed, and how long after the call came."""
    chance = random.Random(3)
    return [(number, number % CALLS, chance.uniform(0.0, 0.12)) for number in range(POINTS)]


def sentences(place: Place) -> list[str]:
    """Return the sentences of the newest draft in the journal."""
    kept = [one for one in place.records() if one.kind is Kind.KEEP and one.name == "draft"]
    draft = decoded(kept[-1].value) if kept else None
    return [] if draft is None else [one.text for one in draft.sentences]


def went_on(asked: list[str], killed_at: int, again: list[str]) -> bool:
    """Tell whether a second run asked nothing that was answered before the next call began, and all else."""
    return again in (asked[killed_at:], asked[killed_at + 1 :], asked[killed_at + 2 :])


async def test_F3_killed_on_the_command_line_nothing_finished_is_lost(
    ollama: OllamaServer, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("kills", POINTS)
    whole = Model()
    ollama.usual = whole
    first = Place(tmp_path / "whole", ollama.url)
    said, _ = await (await first.drafting()).communicate()
    assert len(whole.asked) == CALLS
    assert all(sentence in said.decode() for sentence in FACTS.values())
    for number, at, after in points():
        place, model = Place(tmp_path / str(number), ollama.url), Model(at=at, after=after)
        ollama.usual = model
        process = await place.drafting("--write")
        model.strike = _killing(process)
        await process.communicate()
        where = f"killed {after:.3f} s after call {at} came"
        text = place.post.read_text()
        if process.returncode == 0 or (at == CALLS - 1 and text != POST):
            # It was done, or killed behind the writing, which happens as a whole.
            head, _, tail = POST.partition(HEADING + "\n")
            assert text.startswith(head + HEADING) and text.endswith(tail.lstrip()), where
            assert all(text.count(sentence) == 1 for sentence in FACTS.values()), where
            continue
        assert text == POST, where
        assert [one for one in sentences(place) if one not in FACTS.values()] == []
        # The writer's first point is the third call: whatever is answered when the next one comes is on the disk.
        assert len(sentences(place)) >= (0, 0, 0, 2, 4)[at], where
        reached, again = len(model.asked), Model()
        ollama.usual = again
        _forget_answers(place)
        process = await place.drafting("--write")
        await process.communicate()
        assert process.returncode == 0, where
        assert went_on(whole.asked, reached - 1, again.asked), where
        assert all(sentence in place.post.read_text() for sentence in FACTS.values())


async def test_F3_R14_killed_in_an_editor_the_draft_is_offered_again(
    ollama: OllamaServer, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("kills", POINTS)
    whole = Model()
    ollama.usual = whole
    async with Place(tmp_path / "whole", ollama.url).served() as (editor, _):
        uri = (tmp_path / "whole" / "project" / "post.md").as_uri()
        editor.open(uri, POST)
        await editor.command("copydesk.draftSection", uri=uri, position=editor.position(uri, HEADING))
        await editor.until(lambda: [one for one in editor.diagnostics.get(uri, ()) if one["code"] == "CD701"])
    for number, at, after in points():
        place, model = Place(tmp_path / str(number), ollama.url), Model(at=at, after=after)
        ollama.usual = model
        where = f"killed {after:.3f} s after call {at} came"
        async with place.served() as (editor, process):
            model.strike = _killing(process)
            editor.open(place.uri, POST)
            await editor.command("copydesk.draftSection", uri=place.uri, position=editor.position(place.uri, HEADING))
            await asyncio.wait_for(process.wait(), 60)
            assert editor.buffers[place.uri].text == POST, where
        assert place.post.read_text() == POST, where
        kept, reached, again = sentences(place), len(model.asked), Model()
        assert len(kept) >= (0, 0, 0, 2, 4)[at], where
        ollama.usual = again
        _forget_answers(place)
        async with place.served() as (editor, process):
            editor.open(place.uri, POST)
            if kept:
                (note,) = await editor.until(lambda: _drafts(editor.diagnostics.get(place.uri, ())))  # noqa: B023
                shown = await editor.command("copydesk.showDraft", noteId=note["data"]["id"])
                assert [one["text"] for one in shown["sentences"]] == kept, where
            await editor.command("copydesk.draftSection", uri=place.uri, position=editor.position(place.uri, HEADING))
            (note,) = await editor.until(lambda: _finished(editor.diagnostics.get(place.uri, ())))  # noqa: B023
            assert went_on(whole.asked, reached - 1, again.asked), where
            assert await editor.command("copydesk.applyNote", noteId=note["data"]["id"]) == {"applied": True}
            assert all(sentence in editor.buffers[place.uri].text for sentence in FACTS.values())
            assert editor.buffers[place.uri].undo == [POST]


def _killing(process: asyncio.subprocess.Process) -> Callable[[], None]:
    def kill() -> None:
        with suppress(ProcessLookupError):
            process.kill()

    return kill


def _forget_answers(place: Place) -> None:
    """Remove the cache, so that nothing but a journal can know of an earlier call."""
    shutil.rmtree(place.folder / "cache", ignore_errors=True)


def _drafts(diagnostics: Any) -> list[Any]:
    return [one for one in diagnostics if one["code"] == "CD701"]


def _finished(diagnostics: Any) -> list[Any]:
    return [one for one in _drafts(diagnostics) if "nothing is left to mend" in one["message"]]
