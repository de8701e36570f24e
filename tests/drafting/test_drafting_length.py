"""A draft that is far longer than was asked for loses what it can best do without, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.core.brief import Brief
from copydesk.core.draft import shortening
from copydesk.core.draft.defects import TOO_LONG
from copydesk.core.draft.ratchet import Score, Stop
from copydesk.core.draft.statement import Origin, Statement
from copydesk.ports import Delta, Finished, Role, Usage
from harness.claims import ScriptedSearch
from harness.draft_models import FACTS, PAGES, POST, Answer, Question, competent
from harness.drafting_desk import HERE, SHORT, DraftEngine, Drawn, canal, drawn, texts

PADDING = [
    "Anybody who likes calm water will find it here on every day of the week, and whoever likes a noisy place should "
    "rather go to the market.",
    "Grass and trees grow along the banks, as they do along most canals of this kind, and people walk beside it in the "
    "evening or sit down to read.",
]
LIMIT = TOO_LONG * 40


def padded(**more: Any) -> Any:
    """Return a model that pads what it writes with sentences that cite nothing."""
    padding = {"P1": [{"text": text, "spans": []} for text in PADDING]}
    return competent(extra=padding, **more)


async def drafted(model: Any, words: int) -> tuple[Drawn, DraftEngine, list[Question]]:
    result, engine = await canal(model, brief=Brief(style=f"about {words} words"))
    return result, engine, [one for one in engine.asked if "delete" in one.schema["properties"]]


async def test_the_editor_is_offered_what_cites_nothing_first_and_the_draft_ends_within_its_length() -> None:
    result, _, (offer,) = await drafted(padded(), 40)
    assert result.draft.words <= LIMIT
    assert (result.draft.status, result.draft.score) == (Stop.CLEAN, Score())
    offered = offer.schema["properties"]["delete"]["items"]["enum"]
    assert [offer.draft[id] for id in offered[:2]] == PADDING[::-1]
    assert set(offer.draft.values()) - set(texts(result.draft)) == {PADDING[1]}, "no more than must"
    assert "words, and 40 were asked for" in offer.words.splitlines()[-1]
    assert "sentences that were taken out because the draft was too long: 1" in result.draft.log[1].remarks


@pytest.mark.parametrize("named", [*PADDING, FACTS["It took eight years to dig it by hand."]])
async def test_what_the_editor_names_goes_first(named: str) -> None:
    result, _, (offer,) = await drafted(padded(deletes=[named]), 40)
    gone = set(offer.draft.values()) - set(texts(result.draft))
    assert named in gone
    assert gone <= {named, PADDING[1]}
    assert result.draft.words <= LIMIT


async def test_without_a_usable_answer_what_is_least_covered_goes() -> None:
    class Mute(DraftEngine):
        async def stream(self, prompt: Any, sampling: Any, schema: Any = None) -> Any:
            if "delete" in schema["properties"]:
                yield Delta("none of them")
                yield Finished(Usage(1, 0, 1))
                return
            async for one in super().stream(prompt, sampling, schema):
                yield one

    result = await drawn(Mute(padded()), POST, HERE, [ScriptedSearch(PAGES)], brief=SHORT)
    assert result.draft.words <= LIMIT
    assert PADDING[0] in texts(result.draft) and PADDING[1] not in texts(result.draft)


async def test_a_draft_of_which_nothing_can_go_stays_and_says_that_it_is_too_long() -> None:
    notes = ["nine old locks stand there", "farmers sell grain and butter", "barges carry timber to the city"]
    said = [
        "Nine old locks stand there, one above the other, between the lake and the river, and who has time sits and "
        "looks at them in the evening of a warm day.",
        "Farmers sell their grain and butter at the quay when the market opens there, and they go home again when all "
        "is sold and the boats have left.",
        "Barges carry timber to the city, and they come back without any load at all.",
    ]
    source = POST.replace(f"{HERE} canal\n", f"{HERE} canal\n\n" + "\n".join(f"- {one}" for one in notes) + "\n")
    sentences = [{"text": text, "spans": [f"N{number}"]} for number, text in enumerate(said, 1)]

    def model(question: Question) -> Answer:
        if question.role is Role.WRITER:
            return {"sentences": sentences[:2] if question.point == "P1" else sentences[2:]}
        return competent()(question)

    engine = DraftEngine(model)
    result = await drawn(engine, source, HERE, brief=SHORT)
    assert not [one for one in engine.asked if "delete" in one.schema["properties"]]
    assert result.draft.status is Stop.NO_PROGRESS
    assert any("were asked for" in fault for fault in result.draft.faults)


def test_a_draft_is_never_made_too_short() -> None:
    made = [
        Statement(f"s{n}", "word " * count, (), "P1", Origin("writer", 1)) for n, count in enumerate((30, 9, 40), 1)
    ]
    order = ["s3", "s1", "s2"]
    assert [one.id for one in shortening.shortened(made, order, least=20, most=64)] == ["s1", "s2"]
    assert [one.id for one in shortening.shortened(made, order, least=45, most=64)] == ["s2", "s3"]
    assert [one.id for one in shortening.shortened(made, order, least=20, most=79)] == ["s1", "s2", "s3"]
    assert [one.id for one in shortening.shortened(made[2:], order, least=0, most=10)] == ["s3"]
