"""R74 from an editor: what is kept is listed, and removed only when it is named and the user was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.editor import VSCODE
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conftest import Connect

ASKED: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ()),
    ({"what": ["drafts"]}, ()),
    ({"what": ["drafts"], "confirmed": False}, ()),
    ({"confirmed": True}, ()),
    ({"what": ["drafts", "ledger"], "confirmed": True}, ("drafts", "ledger")),
]


@pytest.mark.parametrize(("given", "removed"), ASKED)
async def test_R74_R75_nothing_goes_that_is_not_named_and_confirmed(
    connect: Connect, given: dict[str, Any], removed: tuple[str, ...]
) -> None:
    def clear(names: Sequence[str]) -> dict[str, Any]:
        return {"removed": list(names)}

    editor = (await connect(VSCODE, services(ScriptedDesk(), clear=clear))).editor
    await editor.initialize()
    assert await editor.command("copydesk.clear", **given) == {"removed": list(removed)}


@pytest.mark.parametrize("wrong", [{"what": "drafts"}, {"what": [7]}, {"confirmed": "yes"}, {"path": "/"}])
async def test_R75_arguments_that_do_not_fit_are_refused(connect: Connect, wrong: dict[str, Any]) -> None:
    def clear(names: Sequence[str]) -> dict[str, Any]:
        raise AssertionError(names)

    editor = (await connect(VSCODE, services(ScriptedDesk(), clear=clear))).editor
    await editor.initialize()
    with pytest.raises(Exception, match=r"copydesk\.clear"):
        await editor.command("copydesk.clear", **wrong)
