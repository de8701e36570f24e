"""A section drafted by the starter model: worthless, and still well-formed, with every citation a verbatim quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.engines.embedded import EmbeddedEngine
from copydesk.adapters.prompt_files import load_labelled, load_prompts
from copydesk.core.brief import Brief
from copydesk.core.draft.ratchet import Stop
from copydesk.core.edit import applied
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.desk import Desk, Staff
from copydesk.drafting.limits import Limits, Terms
from copydesk.events import Drafted, Report
from copydesk.ports import Places, Role
from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, POST
from harness.drafting_desk import MemoryJournal
from harness.engine import MemoryCache
from harness.real_model import model_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HERE = "## The Lund"
SOURCE = POST.replace(f"{HERE} canal\n", f"{HERE} canal\n\n- when it was opened to boats\n- the `locks`\n")


@pytest.fixture
async def engine() -> AsyncIterator[EmbeddedEngine]:
    embedded = EmbeddedEngine(str(model_path()), context=4096)
    yield embedded
    await embedded.close()


@pytest.mark.model
async def test_a_draft_by_the_starter_model_is_well_formed(engine: EmbeddedEngine) -> None:
    facts = await engine.facts()

    async def hire() -> Staff:
        return Staff(engine, facts, dict.fromkeys(Role, facts.models[0]), "It is the starter.")

    search = ScriptedSearch(PAGES)
    desk = Desk(
        hire,
        MemoryCache(),
        load_prompts(),
        load_labelled(),
        search=lambda: Places((search,)),
        limits=Limits(rounds=2, seconds=100),
    )
    document = read(Text(SOURCE))
    terms = Terms(MemoryJournal(), words=60)
    events = [event async for event in desk.draft(document, SOURCE.index(HERE), Brief(), terms)]
    drafted, report = events[-2:]
    assert isinstance(drafted, Drafted) and isinstance(report, Report)
    draft = drafted.draft
    assert report.problem is None
    assert draft.status in (Stop.CLEAN, Stop.NO_PROGRESS, Stop.ROUND_CAP, Stop.SEEN_BEFORE, Stop.TIME_BUDGET)
    assert draft.score.blocking == 0
    pages = {page.source.sha256: page.text for page in drafted.pages}
    for sentence in draft.sentences:
        for one in sentence.evidence:
            assert pages[one.source.sha256][one.start : one.end] == one.quote
    edit = draft.edit(document)
    text = SOURCE if edit is None else applied(document.text, edit)
    after = read(Text(text))
    assert [section.title for section in after.sections] == [section.title for section in document.sections]
    assert not {note.code for note in instant(after).notes} & {"CD601", "CD606"}
    assert {*draft.replaced, *(line for line in text.splitlines() if line.startswith("- "))} >= {
        "- when it was opened to boats",
        "- the `locks`",
    }
