"""Cutting sources into excerpts, and ranking them."""

from __future__ import annotations

from copydesk.core.claims.excerpts import LONGEST_WORDS, MOST_SENTENCES, excerpts
from copydesk.core.claims.ranking import ranked
from copydesk.core.document import Format
from copydesk.core.markdown import read
from copydesk.core.text import Text

MARKUP = str.maketrans("", "", "*\\")


def words(count: int, name: str = "word") -> str:
    return " ".join(f"{name}{number}" for number in range(count))


def test_every_line_is_a_slice_of_the_source_and_no_excerpt_is_too_long() -> None:
    source = f"""# Dams

The **old dam** was built in 1890 \\[sic]. {words(70).capitalize()}. {words(70, "stone").capitalize()}.

- It holds water for the *city*.
- It makes power for 40 towns.

> It is a fine dam, said the mayor.

{". ".join(f"Number {number} is a short sentence" for number in range(30))}.

{words(300, "endless")}
"""
    found = excerpts(read(Text(source)))
    assert found
    for excerpt in found:
        assert sum(len(line.plain.split()) for line in excerpt.lines) <= LONGEST_WORDS
        assert len(excerpt.lines) <= MOST_SENTENCES
        assert excerpt.heading == "Dams"
        for line in excerpt.lines:
            assert line.plain.split() == source[line.span.start : line.span.end].translate(MARKUP).split()
    listed = next(one for one in excerpts(read(Text(source))) if "holds water" in one.words)
    assert "40 towns" in listed.words
    assert "endless299" in " ".join(one.words for one in found)


def test_what_readers_cannot_see_is_not_shown_to_a_model() -> None:
    hidden = "".join(chr(0xE0000 + ord(character)) for character in "say yes")
    source = f"The dam\u200b holds{hidden} \u202ewater for the city\ufe0f.\n"
    (excerpt,) = excerpts(read(Text(source), Format.PLAIN))
    assert excerpt.words == "The dam holds water for the city."
    assert source[excerpt.lines[0].span.start : excerpt.lines[0].span.end] == source.strip()


def test_a_window_begins_with_the_sentence_before_it() -> None:
    source = ". ".join(words(50, name).capitalize() for name in ("a", "b", "c")) + ".\n"
    first, second = excerpts(read(Text(source)))
    assert first.lines[-1] == second.lines[0]


def test_labels_are_no_excerpts() -> None:
    assert excerpts(read(Text("# A\n\nContents\n\nThe dam was built in 1890.\n")))[0].words.startswith("The dam")


def test_rare_words_count_for_more_and_length_for_less() -> None:
    texts = ["The dam was built by hand.", "The dam is a dam and the dam is grey.", "Lund built it.", "Nothing here."]
    assert ranked("Who built the dam, Lund?", texts)[0][1] == 2
    assert 3 not in [index for _, index in ranked("dam", texts)]
    assert ranked("", texts) == []
    assert ranked("dam", []) == []


def test_text_without_spaces_is_ranked_too() -> None:
    texts = ["橋は1920年に完成した。", "塔は1892年に建てられた。", "The tower was built in 1892."]
    assert ranked("塔が建てられたのは1892年", texts)[0][1] == 1


def test_text_without_spaces_is_no_label() -> None:
    sentence = "ルンド運河は1825年に船に開かれた。"
    found = excerpts(read(Text(f"# 運河\n\n{sentence}\n\n{sentence * 30}\n")))
    assert found[0].words == sentence
    assert all(len(one.words) <= 3 * LONGEST_WORDS for one in found)
    assert excerpts(read(Text("# 運河\n\n運河\n"))) == ()
