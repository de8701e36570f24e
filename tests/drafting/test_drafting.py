"""Drafting through the desk with a model that can: what comes out, and every reason to stop."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from copydesk.core.brief import Brief
from copydesk.core.draft.draft import Draft
from copydesk.core.draft.plan import questions_of
from copydesk.core.draft.ratchet import Score, Stop
from copydesk.core.draft.stored import decoded
from copydesk.core.draft.task import Mode, task_at
from copydesk.core.edit import applied
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.desk import Desk
from copydesk.drafting.limits import Limits, Terms
from copydesk.errors import DocumentError, EngineBroken, EngineError, EngineUnreachable, SettingsError
from copydesk.events import Drafted, Drafting, Preview, Report
from copydesk.ports import Role
from harness.claims import ScriptedSearch
from harness.draft_models import FACTS, PAGES, POST, Answer, Competent, competent
from harness.drafting_desk import MODEL, DraftEngine, Drawn, MemoryJournal, draft_desk, drawn, texts

HERE = "## The Lund"
SHORT = Brief(style="about 40 words")


async def canal(model: Any, *, source: str = POST, **more: Any) -> tuple[Drawn, DraftEngine]:
    engine = DraftEngine(model, **{key: more.pop(key) for key in ("fails", "before", "hangs") if key in more})
    result = await drawn(engine, source, HERE, [ScriptedSearch(PAGES)], brief=more.pop("brief", SHORT), **more)
    return result, engine


async def test_a_section_is_planned_looked_up_written_criticised_and_clean() -> None:
    result, engine = await canal(competent())
    draft = result.draft
    assert (draft.status, draft.reason, draft.rounds) == (Stop.CLEAN, "", 2)
    assert draft.score == Score()
    assert sorted(texts(draft)) == sorted(FACTS.values())
    assert engine.roles == [
        *(Role.PLANNER, Role.RESEARCHER, Role.WRITER, Role.WRITER, Role.CRITIC),
    ]
    assert result.report.problem is None
    assert result.report.model == MODEL
    assert [one.agent for one in (sentence.origin for sentence in draft.sentences)] == [Role.WRITER] * 4
    assert {one.model for one in (sentence.origin for sentence in draft.sentences)} == {"scripted"}


async def test_every_citation_is_a_verbatim_span_of_a_page_that_comes_with_the_draft() -> None:
    result, _ = await canal(competent())
    assert [page.source for page in result.pages] == list(result.draft.sources)
    stored = {page.source.sha256: page.text for page in result.pages}
    for sentence in result.draft.sentences:
        assert result.draft.markdown[sentence.span.start : sentence.span.end].startswith(sentence.text)
        for one in sentence.evidence:
            assert stored[one.source.sha256][one.start : one.end] == one.quote
            assert one.quote in result.draft.markdown
    assert not result.draft.unsourced


async def test_the_draft_is_one_edit_and_nothing_outside_the_body_changes() -> None:
    result, _ = await canal(competent())
    before, after = POST.split("\n## Afterwards"), result.accepted.split("\n## Afterwards")
    assert after[1] == before[1]
    assert after[0].startswith(before[0])
    document = read(Text(result.accepted))
    assert [section.title for section in document.sections[1:]] == ["Canals", "The Lund canal", "Afterwards"]
    assert {note.code for note in instant(document).notes} <= {note.code for note in instant(read(Text(POST))).notes}


async def test_a_draft_is_never_put_in_place_of_another_text() -> None:
    draft = (await canal(competent()))[0].draft
    for changed in (
        POST.replace("canal\n\n## After", "canal\n\nMine.\n\n## After"),
        POST.replace("canal\n\n## After", "canal\n## After"),
        POST.replace("## The Lund canal", "## The other canal"),
        POST.replace("railway.", "railway.[^annals]\n\n[^annals]: Mine."),
        POST + "\n# Canals\n\n## The Lund canal\n\n## Again\n",
        "# Other\n",
    ):
        assert draft.edit(read(Text(changed))) is None, changed


async def test_a_draft_finds_its_place_after_edits_elsewhere() -> None:
    draft = (await canal(competent()))[0].draft
    moved = POST.replace("# Canals\n", "# Canals\n\nA new paragraph.\n").replace("railway", "first railway")
    document = read(Text(moved))
    edit = draft.edit(document)
    assert edit is not None
    assert applied(document.text, edit) == moved.replace(
        "## The Lund canal\n\n", f"## The Lund canal\n{draft.markdown}"
    )


async def test_progress_says_who_does_what_and_previews_grow() -> None:
    result, _ = await canal(competent())
    steps = [event for event in result.events if isinstance(event, Drafting)]
    assert [step.label for step in steps if step.role is not Role.RESEARCHER] == [
        *("planning", "writing", "writing"),
        "criticising",
    ]
    assert {step.label for step in steps if step.role is Role.RESEARCHER} == {"searching", "reading sources"}
    assert [step.round for step in steps] == sorted(step.round for step in steps)
    assert steps[-1].sources == 2
    assert steps[-1].words == sum(len(text.split()) for text in FACTS.values())
    previews = [event.markdown for event in result.events if isinstance(event, Preview)]
    assert previews[-1] == result.draft.markdown
    assert [len(one) for one in previews] == sorted(len(one) for one in previews)


async def test_the_editor_mends_what_code_finds_and_nothing_else() -> None:
    wrong = {"text": "Boats have used the Lund canal since 1852.", "spans": ["S1"]}
    right = {"do": "rewrite", "text": FACTS["The Lund canal was opened to boats in 1825."], "spans": ["S1"]}
    model = competent(extra={"P1": [wrong]}, mends={"1852": [right, {"do": "delete"}]})
    model.paraphrases = dict(list(FACTS.items())[1:]) | {next(iter(FACTS)): wrong["text"]}
    result, engine = await canal(model)
    assert result.draft.status is Stop.CLEAN
    assert "1852" not in result.draft.markdown
    assert [one.number for one in result.draft.log] == [1, 2]
    assert result.draft.log[0].score.blocking == 1
    assert result.draft.log[1].accepted == 1
    assert engine.roles.count(Role.EDITOR) == 1
    mended = next(one for one in result.draft.sentences if "1825" in one.text)
    assert (mended.origin.agent, mended.origin.round) == (Role.EDITOR, 2)


async def test_no_progress_ends_it_and_what_blocks_is_taken_out() -> None:
    wrong = {"text": "In 1852 a ghost was seen beside it.", "spans": ["S1"]}
    result, _ = await canal(competent(extra={"P1": [wrong]}))
    assert result.draft.status is Stop.NO_PROGRESS
    assert result.draft.log[-1].score.blocking == 1
    assert result.draft.score.blocking == 0
    assert "1852" not in result.draft.markdown
    assert any("taken out" in remark for remark in result.draft.log[-1].remarks)


async def test_a_draft_that_it_was_before_ends_it_and_the_best_is_kept() -> None:
    other = "Since 1825 boats have gone up and down the Lund canal."
    first = FACTS["The Lund canal was opened to boats in 1825."]
    model = competent(
        criticises=[[(first, "unclear")], [(other, "wordy")]],
        mends={
            first: [{"do": "rewrite", "text": other, "spans": ["S1"]}],
            other: [{"do": "rewrite", "text": first, "spans": ["S1"]}],
        },
    )
    # Far too short for what is asked, so that it is never clean.
    result, _ = await canal(model, brief=Brief(style="500 words"))
    assert result.draft.status is Stop.SEEN_BEFORE
    assert result.draft.rounds == 3


async def test_five_rounds_are_the_most() -> None:
    texts_of = [f"Boats, it is told, have used the Lund canal since 1825{'again' * number}." for number in range(1, 7)]
    first = FACTS["The Lund canal was opened to boats in 1825."]
    steps = [first, *texts_of]
    model = competent(
        criticises=[[(one, "unclear")] for one in steps],
        mends={one: [{"do": "rewrite", "text": after, "spans": ["S1"]}] for one, after in pairwise(steps)},
    )
    result, _ = await canal(model, brief=Brief(style="500 words"))
    assert (result.draft.status, result.draft.rounds) == (Stop.ROUND_CAP, 5)
    assert result.draft.sentences


async def test_fewer_rounds_can_be_set() -> None:
    result, engine = await canal(competent(), limits=Limits(rounds=1))
    assert (result.draft.status, result.draft.rounds) == (Stop.ROUND_CAP, 1)
    assert Role.CRITIC not in engine.roles


async def test_the_token_budget_ends_it_with_what_there_is() -> None:
    whole, engine = await canal(competent())
    spent = sum(usage.prompt_tokens + usage.output_tokens for usage in engine.usages[:3])
    result, engine = await canal(competent(), limits=Limits(tokens=spent))
    assert result.draft.status is Stop.TOKEN_BUDGET
    assert len(engine.asked) == 3
    assert 0 < len(result.draft.sentences) < len(whole.draft.sentences)
    assert result.accepted.count("[^annals]:") == 1


async def test_the_time_budget_ends_it_with_what_there_is() -> None:
    ticks = iter(range(10_000))
    result, engine = await canal(competent(), limits=Limits(seconds=9), clock=lambda: float(next(ticks)))
    assert result.draft.status is Stop.TIME_BUDGET
    assert result.report.problem is None
    assert len(engine.asked) < 6


async def test_a_call_that_outlasts_the_time_budget_is_cut() -> None:
    class Stuck(DraftEngine):
        async def stream(self, *arguments: Any) -> Any:
            self.asked.append(arguments)  # type: ignore[arg-type]
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cut += 1
                raise
            yield

    engine = Stuck(competent())
    result = await drawn(engine, POST, HERE, [ScriptedSearch(PAGES)], limits=Limits(seconds=0.02))
    assert (result.draft.status, engine.cut) == (Stop.TIME_BUDGET, 1)


@pytest.mark.parametrize("at", range(5))
async def test_told_to_stop_it_returns_what_is_finished(at: int) -> None:
    stop = asyncio.Event()

    def before(number: int) -> None:
        if number == at:
            stop.set()

    journal = MemoryJournal()
    result, engine = await canal(competent(), before=before, hangs=at, stop=stop, journal=journal)
    assert result.draft.status is Stop.CANCELLED
    assert len(engine.asked) == at + 1
    assert engine.cut == 1, "the call under way was not cancelled"
    assert len(result.draft.sentences) == {0: 0, 1: 0, 2: 0, 3: 2, 4: 4}[at]
    assert decoded(journal.kept["draft"]) == result.draft


async def test_a_cancelled_task_leaves_the_draft_so_far_in_the_journal() -> None:
    journal, engine = MemoryJournal(), DraftEngine(competent())
    desk = draft_desk(engine, [ScriptedSearch(PAGES)])

    reached = asyncio.Event()

    async def run() -> None:
        async for event in desk.draft(read(Text(POST)), POST.index(HERE), SHORT, Terms(journal)):
            if isinstance(event, Preview) and len(engine.asked) == 3:
                reached.set()
                await asyncio.Event().wait()

    task = asyncio.ensure_future(run())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    # The paragraph is kept only after its preview was taken; the one call whose answer it was is in the journal.
    engine = DraftEngine(competent())
    result = await drawn(engine, POST, HERE, [ScriptedSearch(PAGES)], brief=SHORT, journal=journal)
    assert result.draft.status is Stop.CLEAN
    assert len(engine.asked) == 2


@pytest.mark.parametrize("at", range(5))
async def test_an_engine_that_fails_accepts_nothing_and_costs_nothing_of_the_draft(at: int) -> None:
    problem = EngineUnreachable("Nothing answers at the engine.", "Start it.")
    result, _ = await canal(competent(), fails={at: problem})
    draft = result.draft
    assert draft.status is Stop.ENGINE_ERROR
    assert draft.reason == "Nothing answers at the engine. Start it."
    assert result.report.problem is problem
    assert len(draft.sentences) == {0: 0, 1: 0, 2: 0, 3: 2, 4: 4}[at]
    if at < 3:
        assert draft.markdown == draft.original


async def test_an_engine_that_breaks_once_is_asked_again() -> None:
    result, engine = await canal(competent(), fails={2: EngineBroken("It hung up.")})
    assert result.draft.status is Stop.CLEAN
    assert len(engine.asked) == 6


async def test_without_an_engine_there_is_no_draft_but_a_reason() -> None:
    async def hire() -> Any:
        raise EngineUnreachable("Nothing answers.", "Start Ollama.")

    desk = draft_desk(DraftEngine(competent()))
    desk.hire = hire
    events = [event async for event in desk.draft(read(Text(POST)), POST.index(HERE), SHORT, Terms(MemoryJournal()))]
    assert len(events) == 1 and isinstance(events[0], Report)
    assert isinstance(events[0].problem, EngineError)


async def test_a_critic_without_a_usable_answer_makes_nothing_clean() -> None:
    def mute(question: Any) -> Answer:
        return competent()(question)

    class Mute(DraftEngine):
        async def stream(self, prompt: Any, sampling: Any, schema: Any = None) -> Any:
            if "findings" in schema["properties"]:
                from copydesk.ports import Delta, Finished, Usage

                yield Delta('{"findings": "none"}')
                yield Finished(Usage(1, 0, 1))
                return
            async for one in super().stream(prompt, sampling, schema):
                yield one

    result = await drawn(Mute(mute), POST, HERE, [ScriptedSearch(PAGES)], brief=SHORT)
    assert result.draft.status is Stop.NO_PROGRESS
    assert result.draft.score == Score()
    assert len(result.draft.sentences) == 4
    assert any("critic" in remark for one in result.draft.log for remark in one.remarks)


async def test_a_finding_that_needs_evidence_sends_the_researcher_out_with_a_planned_query() -> None:
    model = competent(evidence=["Q1"])
    engine = DraftEngine(model)
    search = ScriptedSearch({"Annals": PAGES["Annals"]})
    later = ScriptedSearch(PAGES)

    class Later:
        name = "library"

        async def find(self, query: str, limit: int) -> Any:
            return await (search if engine.roles.count(Role.CRITIC) == 0 else later).find(query, limit)

        async def read(self, hit: Any) -> Any:
            return await later.read(hit)

        async def close(self) -> None: ...

    model.paraphrases = dict(FACTS)
    model.questions = ["When was the Lund canal opened?"]
    result = await drawn(engine, POST, HERE, [Later()], brief=Brief(style="about 20 words"))
    assert engine.roles[-3:] == [Role.CRITIC, Role.RESEARCHER, Role.WRITER]
    assert result.draft.status is Stop.CLEAN
    new = next(one for one in result.draft.sentences if one.origin.round == 2)
    assert [one.source.title for one in new.evidence] == ["Survey"]
    plan = questions_of(task_at(read(Text(POST)), POST.index(HERE), Brief()), model.questions)[0].queries  # type: ignore[arg-type]
    assert (search.queries, later.queries) == ([plan[0]], [plan[1]])
    assert result.draft.queries == plan


@pytest.mark.parametrize("searches", [[], [ScriptedSearch({})]])
async def test_without_sources_there_are_no_citations_and_the_draft_says_so(searches: list[Any]) -> None:
    engine = DraftEngine(competent())
    result = await drawn(engine, POST, HERE, searches, brief=Brief(style="about 20 words"))
    assert result.draft.unsourced
    assert result.draft.sources == result.pages == ()
    assert result.draft.sentences
    assert "[^" not in result.draft.markdown and "](" not in result.draft.markdown
    writer = next(one for one in engine.asked if one.role is Role.WRITER)
    assert "spans" not in writer.schema["properties"]["sentences"]["items"]["properties"]


async def test_a_search_that_is_not_set_up_does_not_keep_a_draft_from_being_written() -> None:
    def search() -> Any:
        raise SettingsError("search.providers names an unknown place.", "Name one that there is.")

    desk = draft_desk(DraftEngine(competent()))
    desk.search = search
    terms = Terms(MemoryJournal())
    events = [event async for event in desk.draft(read(Text(POST)), POST.index(HERE), SHORT, terms)]
    drafted = events[-2]
    assert isinstance(drafted, Drafted)
    assert any("nothing was searched" in remark for one in drafted.draft.log for remark in one.remarks)


async def test_links_instead_of_footnotes_where_the_writer_wants_them() -> None:
    result, _ = await canal(competent(), style="link")
    assert "[^" not in result.draft.markdown
    assert "since 1825 ([Annals](https://annals.example/page))." in result.draft.markdown
    assert result.draft.status is Stop.CLEAN


async def test_a_quotation_that_has_a_footnote_already_is_cited_by_that() -> None:
    note = "[^old]: “The Lund canal was opened to boats in 1825.” [Annals](https://annals.example/page)"
    source = POST.replace("railway.\n", f"railway.[^old]\n\n{note}\n")
    result, _ = await canal(competent(), source=source)
    assert "since 1825.[^old]" in result.draft.markdown
    assert result.accepted.count("opened to boats in 1825.”") == 1
    assert result.draft.status is Stop.CLEAN


async def test_new_footnotes_never_take_a_label_that_is_taken() -> None:
    source = POST.replace("railway.\n", "railway.[^Annals]\n\n[^Annals]: [Other](https://other.example/)\n")
    result, _ = await canal(competent(), source=source)
    assert "since 1825.[^annals-2]" in result.draft.markdown
    assert "[^Annals]:" not in result.draft.markdown


async def test_what_the_writer_wrote_stays_word_for_word_and_is_gone_on_with() -> None:
    own = "The canal runs past *our* house; its `lock.gate` squeaks.\n\n> Nobody swims in it."
    source = POST.replace(f"{HERE} canal\n", f"{HERE} canal\n\n{own}\n")
    result, engine = await canal(competent(), source=source)
    assert result.draft.mode is Mode.CONTINUE
    assert result.draft.markdown.startswith(f"\n{own}\n\nBoats have used")
    assert result.draft.replaced == ()
    assert "its lock.gate squeaks" in engine.asked[0].words


async def test_bullets_become_prose_that_names_them_and_are_told_as_replaced() -> None:
    notes = "- opened to boats early\n- farmers, see [the survey](https://survey.example/x)[^1]"
    source = POST.replace(f"{HERE} canal\n", f"{HERE} canal\n\n{notes}\n").replace("railway.", "railway.[^1]")
    source += "\n[^1]: A note.\n"
    told = {
        "opened to boats early": "Boats came early.",
        "farmers, see the survey": "Farmers were glad of it.",
    }
    model = Competent([], ["its opening", "its farmers"], told)
    model.questions = ["When was the Lund canal opened?"]
    result = await drawn(DraftEngine(model), source, HERE, brief=Brief(style="about 40 words"))
    draft = result.draft
    assert draft.mode is Mode.EXPAND
    assert draft.replaced == tuple(notes.splitlines())
    assert "Boats came early." in draft.markdown
    assert "Farmers were glad of it ([the survey](https://survey.example/x)).[^1]" in draft.markdown
    assert "- " not in draft.markdown
    assert {note for one in draft.sentences for note in one.notes} == set(told)


async def test_notes_of_which_nothing_was_made_stay_as_they_are() -> None:
    notes = "- opened to boats early\n- ask Maria about the ghost\n  - and her aunt"
    source = POST.replace(f"{HERE} canal\n", f"{HERE} canal\n\n{notes}\n")
    model = Competent(["When was it opened?"], ["its opening"], {"opened to boats early": "Boats came early."})
    result = await drawn(DraftEngine(model), source, HERE, brief=SHORT)
    assert result.draft.replaced == ("- opened to boats early",)
    assert "\n\n- ask Maria about the ghost\n  - and her aunt\n" in result.draft.markdown


async def test_paragraphs_can_be_accepted_one_by_one() -> None:
    result, _ = await canal(competent())
    draft = result.draft
    assert len(draft.paragraphs) == 2
    for index, paragraph in enumerate(draft.paragraphs):
        document = read(Text(POST))
        edit = draft.edit(document, [index])
        assert edit is not None
        text = applied(document.text, edit)
        assert paragraph.markdown in text
        assert draft.paragraphs[1 - index].markdown not in text
        assert {note.code for note in instant(read(Text(text))).notes} <= {"CD605"}
    assert draft.chosen([]).markdown == draft.original
    assert draft.chosen([0, 1]).markdown == draft.markdown


async def test_a_draft_survives_being_stored() -> None:
    journal = MemoryJournal()
    result, _ = await canal(competent(), journal=journal)
    stored = decoded(journal.kept["draft"])
    assert stored == result.draft
    assert isinstance(stored, Draft) and stored.chosen([0]) == result.draft.chosen([0])


@pytest.mark.parametrize(
    ("source", "position"), [("Just words.\n", 3), ("---\ntitle: x\n---\n\nWords.\n\n# Late\n", 20)]
)
async def test_without_a_heading_there_is_nothing_to_draft(source: str, position: int) -> None:
    desk: Desk = draft_desk(DraftEngine(competent()))
    with pytest.raises(DocumentError, match="no heading"):
        async for _ in desk.draft(read(Text(source)), position, SHORT, Terms(MemoryJournal())):
            pass
