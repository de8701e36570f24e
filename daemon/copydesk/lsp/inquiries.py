"""What is asked about the server itself: who answers, what runs, what was connected to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from copydesk.errors import CopydeskError
from copydesk.lsp.status import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.lsp.ports import Configuration
    from copydesk.lsp.session import Session


async def status(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return who answers and what is running; look whether the engine answers if asked to."""
    configuration = await _configuration(session, given)
    if given.get("look") and configuration.model:
        try:
            async with session.desks.lent(configuration) as desk:
                await desk.look()
        except CopydeskError as problem:
            session.status.failed(problem)
        session.status.changed()
    return session.status.state(configuration)


async def doctor(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report on the engines and the places to search."""
    return {"text": await session.services.doctor(await _configuration(session, given))}


async def jobs(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """List the running jobs."""
    return {"jobs": [listed(job) for job in session.jobs.running()]}


async def ledger(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """List the newest connections."""
    return await asyncio.to_thread(session.services.ledger)


async def _configuration(session: Session, given: Mapping[str, Any]) -> Configuration:
    document = session.documents.get(given["uri"]) if "uri" in given else None
    return await session.settings.told(document.path if document is not None else None)
