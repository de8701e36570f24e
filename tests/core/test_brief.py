"""The brief in a document's front matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.brief import Brief, brief_of

TEAM = Brief(audience="the team", style="plain")

READ = {
    "nothing": ("---\ntitle: A\n---\n", TEAM),
    "empty": ("", TEAM),
    "plain scalars, comments": (
        "---\ncopydesk:\n  # for whom\n  audience: new users  # mostly\n  purpose: to help #1 users\n---",
        Brief("new users", "to help", "plain"),
    ),
    "quoted": (
        "---\ncopydesk:\n  audience: \"a: \\\"b\\\" # c\"\n  style: 'it''s [fine]' # yes\n---",
        Brief('a: "b" # c', "", "it's [fine]"),
    ),
    "words that YAML takes for something else": (
        "---\ncopydesk:\n  audience: no\n  purpose: 12\n  style: null\n---",
        Brief("no", "12", "null"),
    ),
    "folded": (
        "---\ncopydesk:\n  purpose: >-\n    one\n    two\n\n    three\n---",
        Brief("the team", "one two\nthree", "plain"),
    ),
    "literal": ("---\ncopydesk:\n  purpose: |\n    one\n      two\n---", Brief("the team", "one\n  two", "plain")),
    "continued": ("---\ncopydesk:\n  purpose: one\n    two\n---", Brief("the team", "one two", "plain")),
    "flow list": (
        "---\ncopydesk:\n  known_terms: [a b, 'c, d',\n    \"e\"] # x\n---",
        Brief("the team", "", "plain", ("a b", "c, d", "e")),
    ),
    "block list": (
        '---\ncopydesk:\n  known_terms:\n    - a\n    - "b"\n---',
        Brief("the team", "", "plain", ("a", "b")),
    ),
    "block list not indented": (
        "---\ncopydesk:\n  known_terms:\n  - a\n  - b\nx: y\n---",
        Brief("the team", "", "plain", ("a", "b")),
    ),
    "empty list": ("---\ncopydesk:\n  known_terms: []\n---", TEAM),
    "other tools' syntax around it": (
        "---\ntitle: {{ site.title }}\n\tbad: [\ncopydesk:\r\n  audience: x\r\n&a *b\n---",
        Brief("x", "", "plain"),
    ),
    "byte order mark": ("\ufeff---\ncopydesk:\n  audience: x\n---", Brief("x", "", "plain")),
    "not at the left margin": ("---\nother:\n  copydesk:\n    audience: x\n---", TEAM),
    "null clears nothing": ("---\ncopydesk:\n  audience:\n---", TEAM),
    "TOML": ('+++\ntitle = "x"\n[copydesk]\nknown_terms = ["a"]\n+++\n', Brief("the team", "", "plain", ("a",))),
    "broken TOML without a brief": ("+++\ntitle = \n+++\n", TEAM),
}

PROBLEMS = {
    "unknown key": ("---\ncopydesk:\n  tone: x\n---", "copydesk.tone", None),
    "wrong type": ("---\ncopydesk:\n  known_terms: x\n---", "copydesk.known_terms", None),
    "string wanted": ("---\ncopydesk:\n  style: [x]\n---", "copydesk.style", None),
    "alias": ("---\ncopydesk:\n  style: *x\n---", "copydesk", 3),
    "tag": ("---\ncopydesk:\n  style: !!python/object/apply:os.system [x]\n---", "copydesk", 3),
    "flow mapping": ("---\ncopydesk: {style: x}\n---", "copydesk", 2),
    "nested mapping": ("---\ncopydesk:\n  style:\n    a: b\n---", "copydesk", 4),
    "twice": ("---\ncopydesk:\n  style: a\n  style: b\n---", "copydesk", 4),
    "tab": ("---\ncopydesk:\n\tstyle: a\n---", "copydesk", 3),
    "uneven": ("---\ncopydesk:\n  style: a\n   purpose: b\n---", "copydesk", None),
    "open list": ("---\ncopydesk:\n  known_terms: [a, b\n---", "copydesk", 3),
    "open quote": ("---\ncopydesk:\n  style: 'a\n---", "copydesk", 3),
    "broken TOML": ("+++\n[copydesk]\nstyle = \n+++\n", "copydesk", None),
}


@pytest.mark.parametrize(("front_matter", "brief"), READ.values(), ids=READ)
def test_front_matter_is_read_over_the_base(front_matter: str, brief: Brief) -> None:
    assert brief_of(front_matter, TEAM) == (brief, ())


@pytest.mark.parametrize(("front_matter", "path", "line"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_is_not_understood_is_a_problem_and_the_base_stays(front_matter: str, path: str, line: int | None) -> None:
    brief, problems = brief_of(front_matter, TEAM)
    assert brief == TEAM
    assert [problem.path for problem in problems] == [path]
    assert line is None or problems[0].line == line


@given(st.text(alphabet="copydesk: \n-[]'\"|>#,{}+=ab\t\ufeff", max_size=80) | st.text())
def test_no_front_matter_raises(text: str) -> None:
    for start in ("---\ncopydesk:\n  style: ", "---\ncopydesk:", "+++\n[copydesk]\n", ""):
        brief_of(start + text, TEAM)
