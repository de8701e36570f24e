"""Arguments are checked by name and type, and the reference page says what the code does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from copydesk.lsp.arguments import InvalidArguments, parsed
from copydesk.lsp.commands import COMMANDS
from copydesk.lsp.execute import EXECUTE
from copydesk.lsp.reference import protocol_page

BY_ID = {command.id.removeprefix("copydesk."): command for command in COMMANDS}
HERE = {"line": 0, "character": 0}

GOOD: list[tuple[str, Any, dict[str, Any]]] = [
    ("critiqueDocument", [{"uri": "u"}], {"uri": "u"}),
    ("critiqueDocument", [{"uri": "u", "range": None, "token": 0}], {"uri": "u", "token": 0}),
    (
        "critiqueDocument",
        [{"uri": "u", "range": {"start": HERE, "end": HERE}}],
        {"uri": "u", "range": {"start": HERE, "end": HERE}},
    ),
    (
        "dismissNote",
        [{"noteId": "n", "scope": "project", "reason": "x"}],
        {"noteId": "n", "scope": "project", "reason": "x"},
    ),
    ("jobs", None, {}),
    ("jobs", [], {}),
    ("cancel", [{}], {}),
]

BAD: list[tuple[str, Any, str]] = [
    ("critiqueDocument", None, "copydesk.critiqueDocument needs the argument 'uri'."),
    ("critiqueDocument", ["u"], "copydesk.critiqueDocument takes one object as its only argument."),
    ("critiqueDocument", [{"uri": "u"}, {}], "copydesk.critiqueDocument takes one object as its only argument."),
    ("critiqueDocument", {"uri": "u"}, "copydesk.critiqueDocument takes one object as its only argument."),
    ("critiqueDocument", [{"uri": 5}], "copydesk.critiqueDocument: the argument 'uri' has to be a string."),
    ("critiqueDocument", [{"uri": "u", "range": {"start": HERE}}],
     "copydesk.critiqueDocument: the argument 'range' has to be a range."),
    ("critiqueDocument", [{"uri": "u", "range": {"start": HERE, "end": {"line": -1, "character": 0}}}],
     "copydesk.critiqueDocument: the argument 'range' has to be a range."),
    ("critiqueDocument", [{"uri": "u", "range": {"start": HERE, "end": {"line": True, "character": 0}}}],
     "copydesk.critiqueDocument: the argument 'range' has to be a range."),
    ("critiqueDocument", [{"uri": "u", "range": {"start": HERE, "end": {"line": 2**31, "character": 0}}}],
     "copydesk.critiqueDocument: the argument 'range' has to be a range."),
    ("critiqueDocument", [{"uri": "u", "token": True}],
     "copydesk.critiqueDocument: the argument 'token' has to be an integer or string."),
    ("critiqueDocument", [{"uri": "u", "Range": {}}],
     "copydesk.critiqueDocument does not know the argument 'Range'; it knows: uri, range, token."),
    ("dismissNote", [{"noteId": "n", "scope": "world"}],
     'copydesk.dismissNote: the argument \'scope\' has to be one of "note", "document", "project".'),
    ("jobs", [{"all": 1}], "copydesk.jobs does not know the argument 'all'; it knows: none."),
]  # fmt: skip


@pytest.mark.parametrize(("command", "arguments", "expected"), GOOD)
def test_arguments_are_taken(command: str, arguments: Any, expected: dict[str, Any]) -> None:
    assert parsed(BY_ID[command], arguments) == expected


@pytest.mark.parametrize(("command", "arguments", "message"), BAD)
def test_R52_arguments_that_do_not_fit_are_named(command: str, arguments: Any, message: str) -> None:
    with pytest.raises(InvalidArguments) as refused:
        parsed(BY_ID[command], arguments)
    assert str(refused.value) == message


def test_every_command_is_done_by_something() -> None:
    assert set(EXECUTE) == set(COMMANDS)


def test_the_protocol_page_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "protocol.md"
    assert page.read_text("utf-8") == protocol_page(), "run `make docs`"
