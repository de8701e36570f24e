"""How a draft fits into its document: one edit in its place, with what the writer has there already."""

from __future__ import annotations

import pytest

from copydesk.core.brief import Brief
from copydesk.core.draft.ratchet import Stop
from copydesk.core.draft.task import Mode
from copydesk.core.edit import applied
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.desk import Desk
from copydesk.drafting.limits import Terms
from copydesk.errors import DocumentError
from harness.draft_models import POST, Competent, competent
from harness.drafting_desk import HERE, SHORT, DraftEngine, MemoryJournal, canal, draft_desk, drawn


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


async def test_a_note_that_sentences_name_and_do_not_say_stays_as_the_writer_wrote_it() -> None:
    notes = "- nine locks, rebuilt in 1953 by [Anna Berg](https://berg.example/)\n- opened to boats early"
    source = POST.replace(f"{HERE} canal\n", f"{HERE} canal\n\n{notes}\n")
    dream = {"text": "The canal was a dream of the town for a very long time.", "spans": ["N1"]}
    weather = {"text": "People walk beside it and talk about the weather.", "spans": ["N2"]}
    result = await drawn(DraftEngine(competent(extra={"P1": [dream], "P2": [weather]})), source, HERE, brief=SHORT)
    draft = result.draft
    assert draft.sentences
    assert draft.replaced == ()
    assert f"\n\n{notes}\n" in draft.markdown
    assert draft.markdown.count("berg.example") == 1
    assert draft.status is Stop.NO_PROGRESS
    assert [fault for fault in draft.faults if "it leaves out" in fault] == [
        "“The canal was a dream of the town for a very long…”: "
        "of “nine locks, rebuilt in 1953 by Anna Berg” it leaves out “1953”",
        "“People walk beside it and talk about the weather.”: "
        "of “opened to boats early” it leaves out much of what it says",
    ]
    for index in range(len(draft.paragraphs)):
        assert notes in draft.chosen([index]).markdown


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


@pytest.mark.parametrize(
    ("source", "position"), [("Just words.\n", 3), ("---\ntitle: x\n---\n\nWords.\n\n# Late\n", 20)]
)
async def test_without_a_heading_there_is_nothing_to_draft(source: str, position: int) -> None:
    desk: Desk = draft_desk(DraftEngine(competent()))
    with pytest.raises(DocumentError, match="no heading"):
        async for _ in desk.draft(read(Text(source)), position, SHORT, Terms(MemoryJournal())):
            pass
