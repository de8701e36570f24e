"""Who serves, as a desk says it: nobody before the first need, and nobody once the engine was lost."""

from __future__ import annotations

import pytest

from copydesk.errors import EngineUnreachable
from copydesk.ports import EngineFacts, Role
from harness.engine import MODEL, ScriptedEngine, desk


class Leaving(ScriptedEngine):
    """An engine that can be gone."""

    gone = False

    async def facts(self) -> EngineFacts:
        """Answer, or not."""
        if self.gone:
            raise EngineUnreachable("Nothing answers.", "Start it.")
        return await super().facts()


async def test_an_engine_is_found_when_it_is_looked_for_and_forgotten_when_it_left() -> None:
    engine = Leaving()
    asked = desk(engine)
    assert asked.serving is None
    await asked.look()
    assert asked.serving is not None
    assert asked.serving.models[Role.CRITIC] == MODEL
    engine.gone = True
    with pytest.raises(EngineUnreachable):
        await asked.look()
    assert asked.serving is None
    assert engine.closed
