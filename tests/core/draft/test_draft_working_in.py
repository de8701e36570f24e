"""When sentences may take the place of a note: only where the writer loses nothing of it."""

from __future__ import annotations

import pytest

from copydesk.core.draft.material import Jotting
from copydesk.core.draft.working_in import left_out
from copydesk.core.text import Span

BERG = "nine locks, rebuilt in 1953 by Anna Berg"


def note(text: str, *, carried: tuple[str, ...] = (), code: tuple[str, ...] = ()) -> Jotting:
    return Jotting("N1", text, Span(0, len(text)), carried, code)


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        (BERG, ["The nine locks were rebuilt in 1953 by Anna Berg."]),
        (BERG, ["It has 9 locks.", "In 1953 they were rebuilt by Anna Berg."]),
        ("nine locks", ["It has 9 locks."]),
        ("~40% faster than rail", ["It was about 40 percent faster than the rail."]),
        ("important for grain farmers", ["Grain farmers sold more thanks to it."]),
        ("TODO: mention the old locks", ["The locks are old."]),
        ("TODO:", ["The locks are old."]),
        ("1825", ["It was opened in 1825."]),
        ("twelve", ["It has 12 locks."]),
        ("never open on Sundays", ["It is never open on Sundays."]),
        ("neun alte Schleusen", ["Die neun Schleusen sind alt."]),
        ("湖と川のあいだに水門が83ある", ["湖と川のあいだには83の水門がある。"]),
    ],
)
def test_sentences_that_say_what_was_noted_may_take_its_place(words: str, sentences: list[str]) -> None:
    assert left_out(note(words), sentences) == ""


@pytest.mark.parametrize(
    ("words", "sentence", "missing"),
    [
        ("nine locks", "The locks were a dream of the town.", "“nine”"),
        (BERG, "The nine locks were rebuilt by Anna Berg.", "“1953”"),
        (BERG, "The nine locks were rebuilt in 1953.", "“Anna Berg”"),
        (BERG, "The nine locks were rebuilt in 1935 by Anna Berg.", "“1953”"),
        ("opened on 3 May 1825", "It opened on 4 May 1825.", "“3 May 1825”"),
        ("45 % full", "It is 45 metres full.", "“45 %”"),
        ("never open on Sundays", "It is open on Sundays.", "what it denies, or denies what it says"),
        ("barges, grain and butter", "People walk beside it and talk about the weather.", "much of what it says"),
        ("barges and butter", "The barges were slow.", "much of what it says"),
        ("why not?", "It was opened in 1825.", "much of what it says"),
        ("ask the miller about ghosts", "The town dreamt of it.", "much of what it says"),
        ("湖と川のあいだに水門がある", "船は運河を通る。", "much of what it says"),
    ],
)
def test_what_sentences_leave_out_is_named(words: str, sentence: str, missing: str) -> None:
    assert left_out(note(words), [sentence]) == missing


def test_code_must_be_there_and_the_words_of_links_are_carried_over() -> None:
    assert left_out(note("call run() twice", code=("run()",)), ["One calls it twice."]) == "`run()`"
    link = "[the survey of 1901](https://survey.example/1853)"
    assert left_out(note("farmers, see the survey of 1901", carried=(link,)), ["The farmers were glad."]) == ""
    assert left_out(note("farmers in 1853", carried=(link,)), ["The farmers were glad."]) == "“1853”"
