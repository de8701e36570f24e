"""Small contexts, sixty sources, Japanese text and over-long sections: split or trimmed by rule, and said so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from copydesk.core.brief import Brief
from copydesk.core.draft.budget import LEAST_CONTEXT
from copydesk.core.draft.ratchet import Stop
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.drafting.limits import Terms
from copydesk.errors import PromptTooLong
from copydesk.events import Report
from copydesk.ports import Role
from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, POST, Question, competent
from harness.drafting_desk import MODEL, DraftEngine, Drawn, MemoryJournal, draft_desk, drawn
from harness.unfit_models import Foolish

pytestmark = pytest.mark.slow

HERE = "## The Lund"
LONG = "The Lund canal carried grain, timber and butter to the city for ninety years, and boats paid by weight. "
SIXTY = {
    f"Chronicle {number}": (
        f"# Lund canal {number}\n\nIn {1700 + number} the Lund canal carried {number} boats with grain and butter "
        f"to the city. {LONG * 3}\n"
    )
    for number in range(60)
}
JAPANESE = {
    "年代記": (
        "# ルンド運河の年代記\n\nルンド運河は1825年に船に開かれた。手で掘るのに八年かかった。"
        "湖と川のあいだに83の水門がある。\n"
    )
}
JAPANESE_POST = "# 運河\n\n運河は船を陸の上に運ぶ。昔からある。\n\n## ルンド運河\n\n## その後\n\nやがて鉄道が来た。\n"


def context(tokens: int) -> Any:
    return replace(MODEL, context=tokens)


def all_picked(question: Question) -> Any:
    """Answer as a model that picks all it is offered and writes a sentence for each quotation."""
    if question.role is Role.RESEARCHER:
        most = question.schema["properties"]["picks"]["maxItems"]
        return {"picks": [{"span": id, "stance": "answers"} for id in question.candidates][:most], "missing": "a part"}
    if question.role is Role.WRITER and question.ledger:
        most = question.schema["properties"]["sentences"]["maxItems"]
        fresh = [id for id in question.ledger if not any(id in names for names in question.cited.values())][:most]
        said = [
            {"text": f"Of boats, of grain and of butter tells what is number {id[1:]}.", "spans": [id]} for id in fresh
        ]
        return {"sentences": said or [{"text": f"Nothing more is told in {question.point}", "spans": []}]}
    return competent()(question)


def remarks(result: Drawn) -> str:
    return " ".join(remark for one in result.draft.log for remark in one.remarks)


@pytest.mark.parametrize("tokens", [LEAST_CONTEXT, 4096, 8192])
async def test_sixty_sources_fit_into_every_context(tokens: int) -> None:
    # The engine asserts that each prompt fits with its answer.
    searches = [ScriptedSearch(dict(list(SIXTY.items())[n : n + 6]), name=f"library {n}") for n in range(0, 60, 6)]
    engine = DraftEngine(all_picked, context(tokens))
    result = await drawn(engine, POST, HERE, searches, brief=Brief(style="about 600 words"))
    assert result.draft.status is not Stop.ENGINE_ERROR
    assert result.draft.sentences
    stored = {page.source.sha256: page.text for page in result.pages}
    for sentence in result.draft.sentences:
        for one in sentence.evidence:
            assert stored[one.source.sha256][one.start : one.end] == one.quote


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tokens", [LEAST_CONTEXT, 4096, 8192])
async def test_a_foolish_model_fits_into_every_context_too(tokens: int, seed: int) -> None:
    searches = [ScriptedSearch(SIXTY)]
    result = await drawn(DraftEngine(Foolish(seed), context(tokens)), POST, HERE, searches)
    assert result.draft.status is not Stop.ENGINE_ERROR


@pytest.mark.parametrize("tokens", [LEAST_CONTEXT, 4096, 8192])
async def test_japanese_fits_and_is_written_without_spaces(tokens: int) -> None:
    def writes(question: Question) -> Any:
        if question.role is Role.PLANNER:
            points = [{"say": "開通と水門", "form": "paragraph"}]
            return {"questions": ["ルンド運河はいつ船に開かれたか"], "points": points, "length": "as asked"}
        if question.role is Role.WRITER:
            told = ["船は1825年からルンド運河を通る。", "湖から川まで83の水門を抜ける。"]
            found = [next(id for id, words in question.ledger.items() if n in words) for n in ("1825", "83")]
            return {"sentences": [{"text": text, "spans": [id]} for text, id in zip(told, found, strict=True)]}
        if question.role is Role.CRITIC:
            return {"findings": [], **({"evidence": "none"} if "evidence" in question.schema["properties"] else {})}
        return all_picked(question)

    engine = DraftEngine(writes, context(tokens))
    brief = Brief(style="20 words", audience="運河を知らない読者")
    result = await drawn(engine, JAPANESE_POST, "## ルンド", [ScriptedSearch(JAPANESE)], brief=brief)
    assert "船は1825年からルンド運河を通る。[^" in result.draft.markdown
    assert "。 " not in result.draft.markdown.replace("。” ", "")
    assert {one.source.title for line in result.draft.sentences for one in line.evidence} == {"年代記"}
    # A character may cost two tokens here.
    writer = next(n for n, one in enumerate(engine.asked) if one.role is Role.WRITER)
    longest = engine.asked[writer].schema["properties"]["sentences"]["items"]["properties"]["text"]["maxLength"]
    most = engine.asked[writer].schema["properties"]["sentences"]["maxItems"]
    assert engine.samplings[writer].max_tokens >= 2 * longest * most


async def test_an_over_long_section_is_split_by_rule_and_that_is_said() -> None:
    result = await drawn(
        DraftEngine(all_picked, context(4096)), POST, HERE, [ScriptedSearch(SIXTY)], brief=Brief(style="1200 words")
    )
    assert "1200 words were asked for" in remarks(result)
    assert "under headings of its own" in remarks(result)


async def test_a_long_text_that_stands_is_read_from_its_end_and_that_is_said() -> None:
    own = " ".join(f"Sentence number {number} of the writer stands here." for number in range(400))
    source = POST.replace(f"{HERE} canal\n", f"{HERE} canal\n\n{own}\n")
    engine = DraftEngine(competent(), context(4096))
    result = await drawn(engine, source, HERE, [ScriptedSearch(PAGES)])
    assert own in result.accepted
    assert "sentences were read" in remarks(result)
    assert "Sentence number 399 of" in engine.asked[0].words
    assert "Sentence number 3 of" not in engine.asked[0].words


async def test_quotations_without_room_are_counted() -> None:
    page = "# The Lund canal\n\n" + "\n\n".join(
        f"The Lund canal in the year {1700 + number} {'and in the next ' * 25}year." for number in range(40)
    )
    engine = DraftEngine(all_picked, context(LEAST_CONTEXT))
    result = await drawn(engine, POST, HERE, [ScriptedSearch({f"{n}": page + str(n) for n in range(6)})])
    assert "did not fit into a prompt" in remarks(result) or "found no room" in remarks(result)


async def test_a_prompt_that_is_longer_than_estimated_is_made_shorter_once_told() -> None:
    failing = {3: PromptTooLong("It does not fit.", "Shorten it.")}
    engine = DraftEngine(competent(), fails=failing)
    result = await drawn(engine, POST, HERE, [ScriptedSearch(PAGES)], brief=Brief(style="about 40 words"))
    assert result.draft.status is Stop.CLEAN
    assert "less is shown from here on" in remarks(result)


async def test_an_engine_that_finds_every_prompt_too_long_ends_it() -> None:
    failing = {number: PromptTooLong("It does not fit.", "Shorten it.") for number in range(9)}
    result = await drawn(DraftEngine(competent(), fails=failing), POST, HERE)
    assert result.draft.status is Stop.ENGINE_ERROR
    assert result.draft.reason == "It does not fit. Shorten it."
    assert isinstance(result.report.problem, PromptTooLong)


async def test_a_context_that_is_too_small_is_said_before_anything_is_asked() -> None:
    engine = DraftEngine(competent(), context(LEAST_CONTEXT - 1))
    desk = draft_desk(engine)
    terms = Terms(MemoryJournal())
    events = [event async for event in desk.draft(read(Text(POST)), POST.index(HERE), Brief(), terms)]
    assert engine.asked == []
    (report,) = events
    assert isinstance(report, Report) and isinstance(report.problem, PromptTooLong)
    assert str(LEAST_CONTEXT) in report.problem.remedy


async def test_most_of_a_long_prompt_is_in_the_prefix_cache_from_the_second_round_on() -> None:
    searches = [ScriptedSearch(SIXTY)]
    engine = DraftEngine(Foolish(5))
    await drawn(engine, POST, HERE, searches, brief=Brief(style="about 300 words"))
    first = engine.roles.index(Role.CRITIC)
    later = engine.usages[first:]
    assert len(later) > 4
    cached = sum(one.cached_prompt_tokens or 0 for one in later)
    assert cached / sum(one.prompt_tokens for one in later) > 0.85
