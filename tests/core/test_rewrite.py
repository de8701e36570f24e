"""Which rewrites may be offered."""

from __future__ import annotations

import pytest

from copydesk.core.aims import Aim
from copydesk.core.document import Format
from copydesk.core.markdown import read
from copydesk.core.rewrite import is_complete, objection, proposal_of
from copydesk.core.text import Span, Text

BEFORE = "The first sentence. "
REFERENCES = " Run `make it` last.\n\n[ref]: https://example.org/ref\n\n[^1]: A note.\n"


def objection_to(
    original: str,
    proposal: str,
    format: Format = Format.MARKDOWN,
    *,
    aim: Aim = Aim.MEND,
    evidence: tuple[str, ...] = (),
) -> str | None:
    document = read(Text(f"{BEFORE}{original}{REFERENCES}"), format)
    return objection(document, Span(len(BEFORE), len(BEFORE) + len(original)), proposal, aim, evidence)


@pytest.mark.parametrize(
    ("original", "proposal"),
    [
        ("Mistakes were made during the move.", "We made mistakes during the move."),
        ("It might perhaps be somewhat slow.", "It is slow."),
        ("See [the guide](https://example.org/a) for all the many details.", "For details, see [the guide](https://example.org/a)."),
        ("Run `make all` before you do anything else at all.", "First, run `make all`."),
        ("The rate is $a + b$ in most cases, more or less.", "In most cases the rate is $a + b$."),
        ("A claim[^1] that is far too strong for anyone.", "A strong claim[^1]."),
        ("As [they say][ref], it is the best ever made.", "It is good, as [they say][ref]."),
        ("**Never** do that, under any circumstances.", "**Avoid** that."),
        ("Press <kbd>Enter</kbd> and then you are basically done.", "Press <kbd>Enter</kbd>, and you are done."),
        ("Use {{< ref x >}} in each and every case.", "Use {{< ref x >}} in each case."),
        ("It grew by 12.5% in 2024, they say.", "They say it grew by 12.5% in 2024."),
        ("It is never wrong, whatever happens.", "It is seldom wrong."),
        ("This 🚀 is the best thing ever made by anyone.", "This 🚀 is good."),
        ("Ärger wurde im Team von jemandem verursacht.", "Jemand verursachte im Team Ärger."),
        ("これは非常に長い文です。", "これは長い文です。"),
    ],
)  # fmt: skip
def test_R10_offered(original: str, proposal: str) -> None:
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
        ("He said it was fine.", "He said “it is fine so” then.", "a quotation that was not there"),
        ("Install it first.", "First run pip install evilpkg then.", "a package to install"),
        ("A plain sentence here.", "# A plain heading here", "document's structure"),
        ("A plain sentence here.", "- A plain item here", "document's structure"),
        ("A plain sentence here.", "--- a plain sentence here", "document's structure"),
        ("A plain sentence here.", "<div>A plain sentence here.</div>", "document's structure"),
        ("A plain sentence here.", "| A plain | row here |", "document's structure"),
        ("*It begins here.", "It does begin here.", "emphasis"),
        ("A plain sentence here.", "A *plain sentence here.", "markup"),
        ("A *plain* sentence *here*.", "A *plain sentence here*, *yes.", "emphasis"),
        ("A **plain** sentence here.", "A *plain sentence here.", "emphasis"),
        ("Line one  \nand line two.", "Both lines.", "lost 1 hard break"),
        ("Users prefer the new dashboard.", "Users `prefer the new one.", "lost 1 piece of code"),
        ("Users prefer the new dashboard.", "Users prefer <!-- the new one.", ""),
        ("Users prefer the new dashboard.", "Users prefer the new one\\", ""),
        ("Users prefer the new dashboard.", "Users prefer it.\r\r```", "structure"),
        ("Users prefer the new dashboard.", "Users prefer it.\u2028# So", "structure"),
        ("Users prefer the new dashboard.", "____", ""),
        ("Users prefer the new dashboard.", ": the new dashboard", "structure"),
        ("The tool is good.", "[the\\]tool]: https://evil.com 'is very good fast'", ""),
        ("The tool is good.", "The [tool](javascript:alert) is fine.", "markup"),
        ("The tool is good.", "The tool, evil.com, is fine.", "an address"),
        ("The tool is good.", "The tool at ftp://evil.com/x is fine.", "an address"),
        ("The tool is good.", "The [[tool]] is fine.", "markup"),
        ("The tool is good.", "The tool{.good} is fine.", "markup"),
        ("The tool is good.", "The **tool** is fine.", "markup"),
        ("The tool is good.", "The tool is &lt;b&gt; fine.", "markup"),
        ("[login](http://a.d) and [docs](http://b.d).", "[docs](http://a.d) and [login](http://b.d).", "lost 2 links"),
        ("[login](http://a.d) and [docs](http://b.d).", "[docs](http://b.d) and [login](http://a.d).", "another order"),
        ("Read [the site](http://a.de) today.", "Read [the bank](http://a.de) now.", "lost 1 link"),
        ("Copy `a` over `b` now.", "Now copy `b` over `a`.", "another order"),
        ("It runs very fast indeed.", "It runs fast", "run into the sentences around it"),
        ("Experts say it works.", "Google says it works.", "a name that was not there: Google"),
        ("It works well. More or less.", "It works well. Émile says so.", "a name"),
        ("They use a phone for it.", "They use an iPhone for it.", "a name"),
        ("It takes 3 to 5 days.", "It takes 5 to 3 days.", "changes a number"),
        ("It has 5 million users.", "It has 5 users or so.", "changes a number"),
        ("It fell to -40 degrees then.", "Then it fell to 40 degrees.", "changes a number"),
        ("It costs $40 there.", "There it costs €40.", "changes a number"),
        ("It weighs 5 kg at least.", "At least it weighs 5 lb.", "changes a number"),
        ("Of all, 50 people came.", "In all, 50% of people came.", "changes a number"),
        ("It took some days.", "It took thirteen days.", "thirteen"),
        ("It took a part of it.", "It took ½ of it.", "½"),
        ("You should not take it.", "You should take it.", "denied"),
        ("You should take it.", "You should not take it.", "denied"),
        ("You must take it.", "You may take it.", "denied, required"),
        ("It works well for us.", "It always works for us.", "stronger"),
        ("He said it was fine.", "He said ‘it is well’ then.", "a quotation"),
        ("Plain words here.", "Plain\u200e words there.", "invisible"),
        ("Plain\u200b words here.", "Plain\u202e words there.", "invisible"),
        ("Install it first of all.", "First run curl evil there.", "a command or a package"),
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
def test_R10_R11_R29_refused(original: str, proposal: str, reason: str) -> None:
    found = objection_to(original, proposal)
    assert found is not None
    assert reason in found


TOWER = "The old tower at Lund is 40 metres high."
COFFEE = "Coffee causes cancer in mice."


@pytest.mark.parametrize(
    ("original", "proposal"),
    [
        (TOWER, "The old tower at Lund may be 40 metres high."),
        (TOWER, "The old tower at Lund might be 40 metres high."),
        (TOWER, "The old tower at Lund is perhaps 40 metres high."),
        (TOWER, "The old tower at Lund is said to be 40 metres high."),
        (TOWER, "The old tower at Lund is 40 metres high, as some say."),
        (TOWER, "The old tower at Lund may be high."),
        (COFFEE, "Coffee may cause cancer in mice."),
        (COFFEE, "Coffee may, in some cases, cause cancer in mice."),
        ("It may be so, and it always ends badly.", "It may be so, and it may end badly."),
    ],
)
def test_R10_a_claim_is_weakened_by_hedges(original: str, proposal: str) -> None:
    assert objection_to(original, proposal, aim=Aim.WEAKEN) is None


@pytest.mark.parametrize(
    ("original", "proposal", "reason"),
    [
        ("The tower may be 40 metres high.", "The tower is 40 metres high, it seems.", "denied, required or allowed"),
        ("You must take it.", "You may take it.", "denied, required or allowed"),
        ("You may take it.", "You may not take it.", "denied, required or allowed"),
        (TOWER, "The old tower at Lund may be 41 metres high.", "a number"),
        (TOWER, "The old tower at Lund may, says Ann Berg, be 40 metres high.", "a name"),
        (TOWER, "The old tower at Lund always may be 40 metres high.", "stronger"),
        (TOWER, "Weaker: The old tower at Lund is 40 metres high.", "only repeated"),
        ("It helps, they say.", "It may help, [they](https://x.example) say.", "link"),
    ],
)
def test_R10_R29_a_claim_is_weakened_by_nothing_else(original: str, proposal: str, reason: str) -> None:
    found = objection_to(original, proposal, aim=Aim.WEAKEN)
    assert found is not None
    assert reason in found


@pytest.mark.parametrize("aim", [Aim.MEND, Aim.CORRECT])
def test_R10_hedges_are_for_weakening_alone(aim: Aim) -> None:
    evidence = ("The tower at Lund is 40 metres high.",) if aim is Aim.CORRECT else ()
    found = objection_to(TOWER, "The old tower at Lund may be 40 metres high.", aim=aim, evidence=evidence)
    assert found is not None
    assert "denied, required or allowed" in found


@pytest.mark.parametrize(
    ("original", "proposal", "evidence"),
    [
        (TOWER, "The old tower at Lund is 17 metres high.", "Its tower is 17 metres high and stands on a mound."),
        ("The mill was built by Ann Berg.", "The mill was built by Carl Holm.", "In 1790 Carl Holm built the mill."),
        (
            "The ferry runs every day.",
            "The ferry runs every day, but not on Sundays.",
            "The ferry runs, but not on Sundays.",
        ),
        ("The mill at Lund was built in 1790.", "The mill at Lund was built in 1791.", "The mill dates from 1791."),
        (COFFEE, "Coffee may cause cancer in mice.", "Coffee may cause cancer in mice, the study says."),
    ],
)
def test_R10_a_sentence_is_corrected_by_what_a_source_says(original: str, proposal: str, evidence: str) -> None:
    assert objection_to(original, proposal, aim=Aim.CORRECT, evidence=(evidence,)) is None


@pytest.mark.parametrize(
    ("proposal", "reason"),
    [
        ("The old tower at Lund is 18 metres high.", "no source has: 18"),
        ("The old tower at Lund is, says Ann Berg, 17 metres high.", "a name"),
        ("The old tower at Lund is not 17 metres high.", "denied"),
        ("The old tower at Lund is 40 metres high, on a mound.", "what no source says"),
        ("The old tower at Lund stands on a mound, 17 feet high.", "what no source says"),
    ],
)
def test_R10_a_correction_says_nothing_that_no_source_says(proposal: str, reason: str) -> None:
    evidence = ("Its tower is 17 metres high and stands on a mound.",)
    found = objection_to(TOWER, proposal, aim=Aim.CORRECT, evidence=evidence)
    assert found is not None
    assert reason in found


def test_R29_modules_are_refused_in_mdx() -> None:
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
