"""Which patches stay: those that code finds an improvement, and of the others those that the Critic confirms."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.core.brief import Brief
from copydesk.core.draft.ratchet import Stop
from copydesk.ports import Delta, Finished, Role, Usage
from harness.claims import ScriptedSearch
from harness.draft_models import FACTS, PAGES, POST, Question, competent
from harness.drafting_desk import HERE, SHORT, DraftEngine, Drawn, canal, drawn

FIRST = FACTS["The Lund canal was opened to boats in 1825."]
OTHER = "Since 1825 boats have gone up and down the Lund canal."
WORSE = "It is the best canal in the world, and boats have used the Lund canal since 1825."


async def answered(
    mend: dict[str, object], content: list[bool], brief: str = "about 40 words"
) -> tuple[Drawn, DraftEngine, list[Question]]:
    """Draft with a Critic that finds one sentence unclear, an Editor that patches it, and what it says of the patch."""
    model = competent(criticises=[[(FIRST, "unclear")]], mends={FIRST: [mend]}, content=content)
    result, engine = await canal(model, brief=Brief(style=brief))
    return result, engine, [one for one in engine.asked if one.confirms]


async def test_a_patch_that_only_answers_the_critic_stays_once_the_critic_says_so() -> None:
    result, engine, (again,) = await answered({"do": "rewrite", "text": OTHER, "spans": ["S1"]}, [True])
    assert OTHER in result.draft.markdown and FIRST not in result.draft.markdown
    assert (result.draft.log[1].accepted, result.draft.log[1].reverted) == (1, 0)
    assert engine.roles[-3:] == [Role.CRITIC, Role.EDITOR, Role.CRITIC]
    assert f"“{OTHER}” [S1]" in again.words.splitlines()[-1]
    assert "readers will not understand it" in again.words.splitlines()[-1]
    assert again.draft[next(id for id, text in again.draft.items() if text == FIRST)], "it is shown what was there"


@pytest.mark.parametrize(
    "mend", [{"do": "rewrite", "text": OTHER, "spans": ["S1"]}, {"do": "delete"}], ids=["rewritten", "deleted"]
)
async def test_a_patch_that_the_critic_does_not_confirm_is_taken_back(mend: dict[str, object]) -> None:
    result, _, (again,) = await answered(mend, [False])
    assert FIRST in result.draft.markdown and OTHER not in result.draft.markdown
    assert (result.draft.log[1].accepted, result.draft.log[1].reverted) == (0, 1)
    assert ("would delete it" in again.words) is (mend["do"] == "delete")


async def test_a_patch_that_code_finds_worse_is_taken_back_whatever_the_critic_would_say() -> None:
    result, _, confirmed = await answered({"do": "rewrite", "text": WORSE, "spans": ["S1"]}, [True])
    assert FIRST in result.draft.markdown
    assert result.draft.log[1].reverted == 1
    assert confirmed == []


async def test_a_patch_that_code_finds_better_needs_nobody_to_confirm_it() -> None:
    wrong = {"text": WORSE, "spans": ["S1"]}
    mend = {"do": "rewrite", "text": FIRST, "spans": ["S1"]}
    model = competent(extra={"P1": [wrong]}, criticises=[[(WORSE, "overstated")]], mends={WORSE: [mend]})
    model.paraphrases = dict(list(FACTS.items())[1:]) | {next(iter(FACTS)): WORSE}
    result, engine = await canal(model)
    assert FIRST in result.draft.markdown and WORSE not in result.draft.markdown
    assert result.draft.status is Stop.CLEAN
    assert not [one for one in engine.asked if one.confirms]


async def test_a_critic_that_says_nothing_usable_confirms_nothing() -> None:
    model = competent(
        criticises=[[(FIRST, "unclear")]], mends={FIRST: [{"do": "rewrite", "text": OTHER, "spans": ["S1"]}]}
    )

    class Mute(DraftEngine):
        async def stream(self, prompt: Any, sampling: Any, schema: Any = None) -> Any:
            if "mended" in schema["properties"]:
                yield Delta("yes")
                yield Finished(Usage(1, 0, 1))
                return
            async for one in super().stream(prompt, sampling, schema):
                yield one

    result = await drawn(Mute(model), POST, HERE, [ScriptedSearch(PAGES)], brief=SHORT)
    assert FIRST in result.draft.markdown
    assert result.draft.log[1].accepted == 0


async def test_the_score_by_code_never_rises_from_round_to_round() -> None:
    result, _, _ = await answered({"do": "rewrite", "text": OTHER, "spans": ["S1"]}, [True], "500 words")
    scores = [one.score.total for one in result.draft.log]
    assert scores == sorted(scores, reverse=True)
