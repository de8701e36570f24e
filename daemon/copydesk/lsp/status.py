"""Who answers and what is running, for a status line: as an answer, and as news to a client that wants them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from copydesk.core.visible import shortened
from copydesk.errors import CopydeskError, EngineError
from copydesk.lsp.jobs import COMMAND_OF
from copydesk.lsp.wording import document_name, plain
from copydesk.ports import Locality, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from copydesk.lsp.client import Client
    from copydesk.lsp.configuring import Settings
    from copydesk.lsp.desks import Desks
    from copydesk.lsp.jobs import Job, Jobs
    from copydesk.lsp.ports import Configuration, Serving

TELL_SECONDS = 0.25
"""The least time between two pieces of news."""

NAME = 80
"""Code points of a model's name or a host that are shown."""

_ENGINES = {"ollama": "Ollama", "openai": "An OpenAI-compatible server", "embedded": "The embedded engine"}


class Status:
    """What a session last heard of its engine, and what its client was last told; `background` runs the telling."""

    def __init__(
        self,
        client: Client,
        jobs: Jobs,
        desks: Desks,
        settings: Settings,
        background: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._client = client
        self._jobs = jobs
        self._desks = desks
        self._settings = settings
        self._background = background
        self._problem = ""
        self._told: dict[str, Any] | None = None
        self._telling = False

    def failed(self, problem: CopydeskError | None) -> None:
        """Remember what is wrong with the engine; None where another one will be tried."""
        self._problem = problem.sentence if isinstance(problem, EngineError) else ""
        self.changed()

    def changed(self) -> None:
        """Tell the client what is new, and go on telling it as long as jobs are running."""
        if self._client.features.status and not self._telling:
            self._telling = True
            self._background(self._tell())

    def state(self, configuration: Configuration) -> dict[str, Any]:
        """Return who answers under a configuration, and what is running."""
        jobs = [listed(job) for job in self._jobs.running()]
        return {"engine": self._engine(configuration), "jobs": jobs}

    def _engine(self, configuration: Configuration) -> dict[str, Any]:
        desk = self._desks.held(configuration)
        serving = desk.serving if desk is not None else None
        known = _served(serving) if serving is not None else _chosen(configuration)
        problem = "" if serving is not None else self._problem
        state = "ready" if serving is not None else "failed" if problem else "unknown"
        engine = {"state": state if configuration.model else "off", **known, "problem": plain(problem) or None}
        return {**engine, "short": _short(engine), "sentence": _sentence(engine)}

    async def _tell(self) -> None:
        try:
            while True:
                state = self.state(self._desks.configuration or self._settings.current)
                if state != self._told:
                    self._told = state
                    self._client.status(state)
                if not state["jobs"]:
                    return
                await asyncio.sleep(TELL_SECONDS)
        finally:
            self._telling = False


def listed(job: Job) -> dict[str, Any]:
    """Return a job as clients are told of it."""
    return {
        "jobId": job.id,
        "token": job.token,
        "kind": job.kind.lower(),
        "name": plain(f"{job.kind.lower()} of {document_name(job.uri)}"),
        "line": job.line,
        "command": COMMAND_OF[job.kind],
        "uri": job.uri,
        "label": plain(job.label),
        "done": job.done,
        "total": job.total,
    }


def _short(engine: dict[str, Any]) -> str:
    """Return who answers in a few words, for a status line."""
    match engine["state"]:
        case "off":
            return "rules only"
        case "failed":
            return "no engine"
        case "unknown":
            return engine["model"] or ""
        case _:
            return f"{engine['model']}, {engine['locality']}"


def _sentence(engine: dict[str, Any]) -> str:
    """Return who answers, and where."""
    match engine["state"]:
        case "off":
            return "No model is asked; the rules alone report."
        case "failed":
            return str(engine["problem"])
        case "unknown":
            return f"{engine['model'] or 'The model'} is asked when a command first needs it."
        case _:
            at = f" at {engine['host']}" if engine["host"] else ""
            remote = engine["locality"] == Locality.REMOTE.value
            where = "on another machine: your text is sent there" if remote else "on this machine"
            return f"{_ENGINES.get(engine['kind'], engine['kind'])}{at}, {where}."


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
