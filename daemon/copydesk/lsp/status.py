"""Who answers and what is running, for a status line: as an answer, and as news to a client that wants them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from copydesk.core.visible import shortened
from copydesk.errors import CopydeskError, EngineError
from copydesk.lsp.jobs import COMMAND_OF
from copydesk.lsp.wording import plain
from copydesk.ports import Locality, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.lsp.jobs import Job
    from copydesk.lsp.ports import Configuration, Serving
    from copydesk.lsp.session import Session

TELL_SECONDS = 0.25
"""The least time between two pieces of news."""

NAME = 80
"""Code points of a model's name or a host that are shown."""


class Status:
    """What a session last heard of its engine, and what its client was last told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._problem = ""
        self._told: dict[str, Any] | None = None
        self._telling = False

    def failed(self, problem: CopydeskError | None) -> None:
        """Remember what is wrong with the engine; None where another one will be tried."""
        self._problem = problem.sentence if isinstance(problem, EngineError) else ""
        self.changed()

    def changed(self) -> None:
        """Tell the client what is new, and go on telling it as long as jobs are running."""
        if self._session.client.features.status and not self._telling:
            self._telling = True
            self._session.background(self._tell())

    def state(self, configuration: Configuration) -> dict[str, Any]:
        """Return who answers under a configuration, and what is running."""
        jobs = [listed(job) for job in self._session.jobs.running()]
        return {"engine": self._engine(configuration), "jobs": jobs}

    def _engine(self, configuration: Configuration) -> dict[str, Any]:
        desk = self._session.desks.held(configuration)
        serving = desk.serving if desk is not None else None
        known = _served(serving) if serving is not None else _chosen(configuration)
        problem = "" if serving is not None else self._problem
        state = "ready" if serving is not None else "failed" if problem else "unknown"
        return {"state": state if configuration.model else "off", **known, "problem": plain(problem) or None}

    async def _tell(self) -> None:
        try:
            while True:
                state = self.state(self._session.desks.configuration or self._session.settings.current)
                if state != self._told:
                    self._told = state
                    self._session.client.status(state)
                if not state["jobs"]:
                    return
                await asyncio.sleep(TELL_SECONDS)
        finally:
            self._telling = False


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


def listed(job: Job) -> dict[str, Any]:
    """Return a job as clients are told of it."""
    return {
        "jobId": job.id,
        "command": COMMAND_OF[job.kind],
        "uri": job.uri,
        "label": plain(job.label),
        "done": job.done,
        "total": job.total,
    }


async def _configuration(session: Session, given: Mapping[str, Any]) -> Configuration:
    document = session.documents.get(given["uri"]) if "uri" in given else None
    return await session.settings.told(document.path if document is not None else None)


def _served(serving: Serving) -> dict[str, Any]:
    facts, models = serving.facts, serving.models
    remote = Locality.REMOTE in {facts.locality, *(model.locality for model in models.values())}
    return {
        "kind": facts.kind,
        "model": _name(models[Role.CRITIC].name),
        "models": {str(role): _name(model.name) for role, model in models.items()},
        "locality": str(Locality.REMOTE if remote else Locality.LOCAL),
        "host": _name(facts.host) or None,
        "reason": plain(serving.reason),
    }


def _chosen(configuration: Configuration) -> dict[str, Any]:
    """Return what the settings say of an engine that was not yet asked anything."""
    return {
        "kind": configuration.engine_kind,
        "model": _name(configuration.engine_model) or None,
        "models": {},
        "locality": None,
        "host": None,
        "reason": None,
    }


def _name(text: str) -> str:
    return plain(shortened(text, NAME)) if text else ""
