"""Which rewrites may be offered."""

from __future__ import annotations

import pytest

from copydesk.core.document import Format
from copydesk.core.markdown import read
from copydesk.core.rewrite import is_complete, objection, proposal_of
from copydesk.core.text import Text

REFERENCES = "\n\n[ref]: https://example.org/ref\n\n[^1]: A note.\n"


def objection_to(original: str, proposal: str, format: Format = Format.MARKDOWN) -> str | None:
    return objection(original, proposal, read(Text(original + REFERENCES), format))


@pytest.mark.parametrize(
    ("original", "proposal"),
    [
        ("Mistakes were made during the move.", "We made mistakes during the move."),
        ("It might perhaps be somewhat slow.", "It is slow."),
        ("See [the guide](https://example.org/a) for all the many details.", "For details, see [the manual](https://example.org/a)."),
        ("Run `make all` before you do anything else at all.", "First, run `make all`."),
        ("The rate is $a + b$ in most cases, more or less.", "In most cases the rate is $a + b$."),
        ("A claim[^1] that is far too strong for anyone.", "A strong claim[^1]."),
        ("As [they say][ref], it is the best ever made.", "It is good, as [they say][ref]."),
        ("**Never** do that, under any circumstances.", "**Avoid** that."),
        ("Press <kbd>Enter</kbd> and then you are basically done.", "Press <kbd>Enter</kbd>, and you are done."),
        ("Use {{< ref x >}} in each and every case.", "Use {{< ref x >}} in each case."),
        ("It grew by 12.5% in 2024, they say.", "They say it grew by 12.5% in 2024."),
        ("Line one  \nand line two of it are long.", "Both lines are long."),
        ("Ärger wurde im Team von jemandem verursacht.", "Jemand verursachte im Team Ärger."),
        ("これは非常に長い文です。", "これは長い文です。"),
    ],
)  # fmt: skip
def test_offered(original: str, proposal: str) -> None:
    assert objection_to(original, proposal) is None


@pytest.mark.parametrize(
    ("original", "proposal", "reason"),
    [
        ("See [the guide](https://example.org/a) now.", "See the guide now.", "lost 1 link"),
        ("See [the guide](https://example.org/a) now.", "See [the guide](https://example.org/b) now.", "lost 1 link"),
        ("See the guide now.", "See [the guide](https://example.org/a) now.", "added 1 link"),
        ("Read it now.", "Read it at https://evil.example now.", "added 1 address"),
        ("Read it now.", "Read it ![now](https://evil.example/?d=1).", "added 1 image"),
        ("Run `make all` and `make test` first.", "Run `make all` first.", "lost 1 piece of code"),
        ("Run `make all` first.", "First run `make  all`.", "lost 1 piece of code"),
        ("A claim[^1] that is strong.", "A claim that is strong.", "lost 1 footnote"),
        ("A claim that is strong.", "A claim[^2] that is strong.", "added 1 footnote"),
        ("Press <kbd>Enter</kbd> now.", "Press Enter now.", "lost 2 HTML tags"),
        ("Press it now.", "Press <script>it</script> now.", "added 2 HTML tags"),
        ("Use {{< ref x >}} here.", "Use ref x here.", "lost 1 shortcode"),
        ("Use it here.", "Use it {{% readfile x %}} here.", "added 1 shortcode"),
        ("Use it here.", "Use it {% include x %} here.", "added 1 shortcode"),
        ("The rate is $a + b$ here.", "The rate is $a - b$ here.", "lost 1 math"),
        ("It grew by a lot.", "It grew by 12% at once.", "a number that was not there: 12"),
        ("It grew by 12% then.", "It grew by 13% then.", "a number that was not there: 13"),
        ("It grew by a lot.", "It grew by half or so.", "a number that was not there: half"),
        ("They built it well.", "They and Google built it well.", "a name that was not there: Google"),
        ("He said it was fine.", "He said “all is fine” then.", "a quotation that was not there"),
        ("Install it first.", "First run pip install evilpkg then.", "a package to install"),
        ("A plain sentence here.", "# A plain heading here", "document's structure"),
        ("A plain sentence here.", "- A plain item here", "document's structure"),
        ("A plain sentence here.", "--- a plain sentence here", "document's structure"),
        ("A plain sentence here.", "<div>A plain sentence here.</div>", "document's structure"),
        ("A plain sentence here.", "| A plain | row here |", "document's structure"),
        ("**Bold begins here.", "Bold begins here.", "emphasis"),
        ("A plain sentence here.", "A *plain sentence here.", "emphasis"),
        ("Short one.", "This one is now a great deal longer than what it was made from.", "much longer"),
        ("One two three four five six seven eight nine ten.", "One two.", "almost nothing"),
        ("The same words.", "The  same words.", "changed nothing"),
        ("The same words.", "", "answered with nothing"),
        ("Home hosting is free.", "This sentence needs work: “Home hosting is free.”", "only repeated the sentence"),
        ("Home hosting is free 🚀.", "Hosting at home is free.", "loses an emoji"),
        ("Home hosting is free.", "Hosting at home is free 🚀.", "brings in an emoji"),
        ("Plain words here.", "Plain\u202e words here.", "invisible"),
        ("Plain words here.", "Plain words\x1b[31m here.", "invisible"),
    ],
)  # fmt: skip
def test_refused(original: str, proposal: str, reason: str) -> None:
    found = objection_to(original, proposal)
    assert found is not None
    assert reason in found


def test_modules_are_refused_in_mdx() -> None:
    assert objection_to("A plain sentence here.", "import x from 'plain'", Format.MDX)
    assert objection_to("A plain sentence here.", "A plain {process.env} here.", Format.MDX)


@pytest.mark.parametrize(
    ("answer", "proposal"),
    [
        ("We made mistakes.", "We made mistakes."),
        ("\n\n  We made mistakes.  \nIt is better now.", "We made mistakes."),
        ("Here is the rewritten sentence:\n\nWe made mistakes.", "We made mistakes."),
        ("Here's a better version: We made mistakes.", "We made mistakes."),
        ("Rewritten sentence: We made mistakes.", "We made mistakes."),
        ('"We made mistakes."', "We made mistakes."),
        ("“We made mistakes.”", "We made mistakes."),
        ("“Mistakes” are “made”", "“Mistakes” are “made”"),
        ("", ""),
    ],
)
def test_the_sentence_in_an_answer(answer: str, proposal: str) -> None:
    assert proposal_of(answer) == proposal


@pytest.mark.parametrize(
    ("answer", "complete"),
    [("We made", False), ("We made mistakes.\n", True), ("Here it is:\n", False), ("Here it is:\nWe", False)],
)
def test_when_to_stop_reading(answer: str, complete: bool) -> None:
    assert is_complete(answer) is complete
