"""Work that takes long: one job per document and kind, the latest wins, and every way to cancel is one function.

A burst of starts, each replacing the one before, which is told to stop and waited for:

    start   a     b  c
    a       ━━━━━╸
    b             ━╸
    c                ━━━━━━━━━━
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.cause import command
from copydesk.lsp import commands
from copydesk.lsp.wording import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from copydesk.lsp.client import Client

REPORT_SECONDS = 0.25
"""The least time between two progress reports."""

SUCCESSION_SECONDS = 2.0
"""How long a job waits for the one it replaces to let go of the engine."""


class Kind(StrEnum):
    """What a job does, as the writer is told."""

    CRITIQUE = "Critique"
    REWRITE = "Rewrite"
    RESEARCH = "Research"
    DRAFT = "Draft"


COMMAND_OF = {
    Kind.CRITIQUE: commands.CRITIQUE.id,
    Kind.REWRITE: commands.REWRITE.id,
    Kind.RESEARCH: commands.RESEARCH.id,
    Kind.DRAFT: commands.DRAFT.id,
}
"""The command that each kind of job is started by, in the ledger and in lists of jobs."""


@dataclass(slots=True, eq=False)
class Job:
    """A running command. `token` is its progress token, made by the client if `foreign` is set."""

    id: str
    kind: Kind
    uri: str
    token: str | int
    foreign: bool
    label: str = "Waiting"
    done: int = 0
    total: int = 0
    outcome: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[str] | None = None

    @property
    def line(self) -> str:
        """Return how far the job has come, in a line."""
        return plain(f"{self.label} {self.done}/{self.total}" if self.total else self.label)

    def advance(self, label: str, done: int, total: int) -> None:
        """Say how far the job has come; the label is of a fixed vocabulary."""
        self.label, self.done, self.total = label, done, total


class Jobs:
    """The running jobs. `failed` is told of each that failed, `changed` of each that began or ended."""

    def __init__(
        self, client: Client, failed: Callable[[Job, BaseException], None], changed: Callable[[], None]
    ) -> None:
        self._client = client
        self._failed = failed
        self._changed = changed
        self._numbers = itertools.count(1)
        self._jobs: dict[str, Job] = {}
        self._displays: set[asyncio.Task[None]] = set()

    def start(self, kind: Kind, uri: str, work: Callable[[Job], Awaitable[str]], token: str | int | None = None) -> Job:
        """Start a job in place of the running one of its kind and document; `work` returns how it ended."""
        replaced = [job.task for job in self._of(uri) if job.kind is kind and job.task is not None]
        for task in replaced:
            task.cancel()
        identity = f"{kind.lower()}-{next(self._numbers)}"
        own = f"copydesk/{identity}"
        job = Job(identity, kind, uri, own if token is None else token, foreign=token is not None)
        self._jobs[identity] = job
        job.task = asyncio.create_task(self._run(job, replaced, work), name=own)
        job.task.add_done_callback(partial(self._end, job))
        display = asyncio.create_task(self._display(job), name=f"{own} progress")
        self._displays.add(display)
        display.add_done_callback(self._displays.discard)
        self._changed()
        return job

    def running(self) -> tuple[Job, ...]:
        """Return the jobs that have not ended, oldest first."""
        return tuple(self._jobs.values())

    def cancel(self, *jobs: Job) -> int:
        """Cancel jobs and return how many of them were still running."""
        return sum(job.task.cancel() for job in jobs if job.task is not None)

    def cancel_token(self, token: str | int) -> int:
        """Cancel what a progress stands for."""
        return self.cancel(*(job for job in self.running() if job.token == token))

    def cancel_document(self, uri: str) -> int:
        """Cancel all work on a document."""
        return self.cancel(*self._of(uri))

    def cancel_id(self, identity: str | None) -> int:
        """Cancel one job, or all of them."""
        return self.cancel(*(job for job in self.running() if identity in (None, job.id)))

    async def close(self, seconds: float) -> None:
        """Cancel everything and wait for it to end, for so long."""
        running = self.running()
        self.cancel(*running)
        tasks = [job.task for job in running if job.task is not None]
        for waiting in (tasks, list(self._displays)):
            if waiting:
                await asyncio.wait(waiting, timeout=seconds)

    def _of(self, uri: str) -> tuple[Job, ...]:
        return tuple(job for job in self._jobs.values() if job.uri == uri)

    async def _run(self, job: Job, replaced: list[asyncio.Task[str]], work: Callable[[Job], Awaitable[str]]) -> str:
        command.set(COMMAND_OF[job.kind])  # for this task alone
        if replaced:
            await asyncio.wait(replaced, timeout=SUCCESSION_SECONDS)
        return await work(job)

    def _end(self, job: Job, task: asyncio.Task[str]) -> None:
        del self._jobs[job.id]
        if task.cancelled():
            job.outcome = "Cancelled"
        elif (error := task.exception()) is not None:
            job.outcome = "Failed"
            self._failed(job, error)
        else:
            job.outcome = task.result()
        job.ended.set()
        self._changed()

    async def _display(self, job: Job) -> None:
        """Show a job's progress until it has ended; a client that is slow to make room does not delay the job."""
        if not job.foreign and not await self._client.create_progress(job.token):
            return
        title = f"copydesk: {job.kind.lower()}"
        self._client.progress(job.token, types.WorkDoneProgressBegin(title=title, cancellable=True))
        try:
            shown: tuple[str, int, int] | None = None
            while not job.ended.is_set():
                state = (job.line, job.done, job.total)
                if state != shown:
                    shown = state
                    self._client.progress(job.token, _report(*state))
                with suppress(TimeoutError):
                    await asyncio.wait_for(job.ended.wait(), REPORT_SECONDS)
        finally:
            self._client.progress(job.token, types.WorkDoneProgressEnd(message=plain(job.outcome)))


def _report(line: str, done: int, total: int) -> types.WorkDoneProgressReport:
    return types.WorkDoneProgressReport(
        cancellable=True, message=line, percentage=min(100, 100 * done // total) if total else None
    )
