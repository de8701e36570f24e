"""Mutated messages in any order: every request is answered, nothing is shown that was not meant, the server lives."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from harness.editor import RefusedRequest
from harness.mutation import NOTIFICATIONS, REQUESTS, mutated

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Connect


@pytest.mark.parametrize("seed", range(3))
async def test_mutated_messages(connect: Connect, log: Path, seed: int) -> None:
    chance = random.Random(seed)
    editor = (await connect()).editor
    await editor.initialize()
    answers = []
    for _ in range(300):
        if chance.random() < 0.5:
            method, params = chance.choice(NOTIFICATIONS)
            editor.notify(method, mutated(chance, params) if chance.random() < 0.6 else params)
        else:
            method, params = chance.choice(REQUESTS)
            answers.append(editor.start(method, mutated(chance, params) if chance.random() < 0.6 else params)[1])
    done = await asyncio.wait_for(asyncio.gather(*answers, return_exceptions=True), 60)
    assert [one for one in done if isinstance(one, BaseException) and not isinstance(one, RefusedRequest)] == []
    assert {one.code for one in done if isinstance(one, RefusedRequest)} <= {-32602, -32803, -32800}
    assert await editor.command("copydesk.jobs") is not None
    assert "failed" not in await asyncio.to_thread(log.read_text, "utf-8")
    assert "not handled" not in await asyncio.to_thread(log.read_text, "utf-8")
