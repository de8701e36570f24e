"""What is recorded of an accepted draft: each sentence with what made it, as it stands in the text."""

from __future__ import annotations

import asyncio

import pytest

from copydesk.core.brief import Brief
from copydesk.core.document import Document
from copydesk.core.draft.draft import Draft
from copydesk.core.edit import applied
from copydesk.core.markdown import read
from copydesk.core.provenance import made_at, made_of, share
from copydesk.core.text import Text
from harness.claims import ScriptedSearch
from harness.draft_models import FACTS, PAGES, POST, competent
from harness.drafting_desk import DraftEngine, drawn


def doc(source: str) -> Document:
    return read(Text(source))


@pytest.fixture(scope="module")
def draft() -> Draft:
    engine = DraftEngine(competent())
    brief = Brief(style="about 40 words")
    return asyncio.run(drawn(engine, POST, "## The Lund", [ScriptedSearch(PAGES)], brief=brief)).draft


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_sentence_of_an_accepted_draft_is_recorded_with_what_made_it(draft: Draft, end: str) -> None:
    source = POST.replace("\n", end)
    document = doc(source)
    if end == "\n":
        edit = draft.edit(document)
        assert edit is not None
        after = applied(document.text, edit)
    else:
        after = source.replace(f"canal{end}{end}## Af", f"canal{end}{draft.markdown}## Af".replace("\n", end))
        after = after.replace("\r\r", "\r")
    made = made_of(doc(after), draft)
    assert sorted(one.words for one in made) == sorted(FACTS.values())
    assert {one.origin.model for one in made} == {"scripted"}
    assert {source.title for one in made for source in one.sources} == {"Annals", "Survey"}
    found = share(doc(after), made)
    assert (found.changed, found.models[0].sentences) == (0, 4)
    for one in made:
        assert made_at(doc(after), made, after.index(one.words) + 3) is one
    assert made_at(doc(after), made, after.index("Then came")) is None


def test_only_the_sentences_of_accepted_paragraphs_are_recorded(draft: Draft) -> None:
    document = doc(POST)
    assert draft.chosen(range(len(draft.paragraphs))).markdown == draft.markdown
    seen = []
    for index in range(len(draft.paragraphs)):
        edit = draft.edit(document, [index])
        assert edit is not None
        made = made_of(doc(applied(document.text, edit)), draft, [index])
        assert made and len(made) < 4
        assert all(one.words in draft.paragraphs[index].markdown for one in made)
        seen += [one.words for one in made]
    assert sorted(seen) == sorted(FACTS.values())
    assert made_of(document, draft) == (), "nothing of it stands in the text"


def test_a_sentence_that_was_edited_before_it_is_recorded_is_not_the_models(draft: Draft) -> None:
    document = doc(POST)
    edit = draft.edit(document)
    assert edit is not None
    after = applied(document.text, edit).replace("since 1825", "since the year 1825")
    assert len(made_of(doc(after), draft)) == 3
