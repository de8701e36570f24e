"""Where a document names its sources, which they are, and what it quotes."""

from __future__ import annotations

import pytest

from copydesk.core.citations.quotations import quotations, words_of
from copydesk.core.citations.references import CitationKind, references
from copydesk.core.document import Format
from copydesk.core.markdown import read
from copydesk.core.text import Text

DOCUMENT = """---
title: Pumps[^0]
---
A third failed.[^audit] They say “it was cold”, see [the report](http://e.example/a_(b) "T").[^B] [^late] It was old.

- One [in the log][log], [log] and [Log][], [@doe99; see @roe, p. 3]; @fig-one, <https://auto.example/x>.
- In place.^[See “the diary of 1932”.] Mail me@x.example or www.foo.example/bar. `[^code]` $[^math]$ <!-- [^comment] -->

| a[^audit] | b |
| --- | --- |
| c | [z](rel/path.md#x), [here](#x) |

[log]: http://ref.example/log 'Title'

[^audit]: “A third of the pumps failed,
    it seems.” [“The audit” of 2019](http://e.example/1), retrieved 2026-11-26. See [^b].

    Also “in a second paragraph”.
[^b]: https://bare.example/only
[^orphan]: Smith, "Paper title," *J* 5, [link](<a b.md>).

```
[^code2]: x
```
"""


def found() -> list[tuple[str, str, tuple[str, ...], list[str], list[str]]]:
    document = read(Text(DOCUMENT))
    return [
        (
            one.kind.value,
            one.name,
            one.entry.targets,
            [" ".join(quotation.words.split()) for quotation in one.entry.quotations],
            [document.text.slice(mark.span) for mark in one.marks],
        )
        for one in references(document).all
    ]


def test_every_citation_is_found_and_nothing_in_code_is_one() -> None:
    assert found() == [
        (
            "footnote",
            "audit",
            ("http://e.example/1",),
            ["A third of the pumps failed, it seems.", "in a second paragraph"],
            ["[^audit]", "[^audit]"],
        ),
        ("footnote", "b", ("https://bare.example/only",), [], ["[^B]", "[^b]"]),
        ("footnote", "orphan", ("a b.md",), ["Paper title,"], []),
        ("footnote", "late", (), [], ["[^late]"]),
        ("link", "", ("http://e.example/a_(b)",), [], ['](http://e.example/a_(b) "T")']),
        ("link", "log", ("http://ref.example/log",), [], ["][log]"]),
        ("link", "log", ("http://ref.example/log",), [], ["]"]),
        ("link", "Log", ("http://ref.example/log",), [], ["][]"]),
        ("address", "", ("https://auto.example/x",), [], ["<https://auto.example/x>"]),
        ("footnote", "", (), [], ["^[See “the diary of 1932”.]"]),
        ("address", "", ("https://www.foo.example/bar",), [], ["www.foo.example/bar"]),
        ("link", "", ("rel/path.md#x",), [], ["](rel/path.md#x)"]),
        ("key", "doe99", (), [], ["[@doe99; see @roe, p. 3]"]),
        ("key", "roe", (), [], ["[@doe99; see @roe, p. 3]"]),
    ]


@pytest.mark.parametrize(
    ("source", "sentences"),
    [
        ("One fails. Two fails.[^a] Three.\n\n[^a]: x", ["Two fails.[^a]"]),
        ("One fails. [^a] Two fails.\n\n[^a]: x", ["One fails."]),
        ("One[^a] fails. Two fails.\n\n[^a]: x", ["One[^a] fails."]),
        ("- One fails.[^a]\n- Two\n  fails.[^a]\n\n[^a]: x", ["One fails.[^a]", "Two\n  fails.[^a]"]),
    ],
)
def test_a_mark_vouches_for_the_sentence_that_it_closes(source: str, sentences: list[str]) -> None:
    document = read(Text(source))
    read_now = references(document)
    marks = [mark for one in read_now.of(CitationKind.FOOTNOTE) for mark in one.marks]
    assert [document.text.slice(read_now.sentence(mark).span) for mark in marks] == sentences


@pytest.mark.parametrize(
    ("source", "quoted"),
    [
        ("“One” and “two”.", ["One", "two"]),
        ("“He said “no” to it.”", ["He said “no” to it."]),
        ('She "wrote *this*" there', ["wrote this"]),
        ("«Un» und „zwei“ and „three” 「四」『五』", ["Un", "zwei", "three", "四", "五"]),
        ('A 5" pipe and a 6" pipe', []),
        ("“It's not closed", []),
        ("“a\\*b &amp; \\&amp; &#96; `x&amp;`”", ["a*b & &amp; ` x&amp;"]),
        ("“see [this](x.md) now[^1]”\n\n[^1]: x", ["see this now"]),
        ("> “over\n> two lines”", ["over  two lines"]),
        ("“… and so on.” Yes.", ["… and so on."]),
        ("”backwards“", []),
    ],
)
def test_quotations_are_read_as_readers_see_them(source: str, quoted: list[str]) -> None:
    text = Text(source)
    (passage, *_) = read(text).passages
    read_now = list(quotations(words_of(text, passage.sentences, passage.span)))
    assert [one.words for one in read_now] == quoted
    for one in read_now:
        assert text.slice(one.span)[0] in '“"«„「『'
        assert text.slice(one.span)[-1] in '”"»“」』'


@pytest.mark.slow
def test_many_marks_that_open_nothing_take_linear_time() -> None:
    text = Text("“a " * 30_000 + "« b » " * 3_000)
    (passage,) = read(text, Format.PLAIN).passages
    assert len(list(quotations(words_of(text, passage.sentences, passage.span)))) <= 3_000


def test_what_is_read_again_is_what_is_read_first() -> None:
    document = read(Text(DOCUMENT))
    first = references(document)
    edited = read(Text(DOCUMENT.replace("A third failed", "A fourth part failed")), previous=document)
    again, fresh = references(edited, first), references(read(Text(edited.text.source)))
    assert again.all == fresh.all
    assert again.entries == first.entries
    moved = read(Text(DOCUMENT.replace("ref.example/log", "other.example/log") + "\n[^c]: [log]\n"), previous=edited)
    assert references(moved, again).all == references(read(Text(moved.text.source))).all
