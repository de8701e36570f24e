"""Who serves a command, and what it costs: a staff on duty, and a watch that times and counts one command."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from copydesk.answers import Answers, Tally
from copydesk.events import Drafting, Preview, Progress, Report, Stats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from copydesk.core.note import Note
    from copydesk.errors import CopydeskError
    from copydesk.events import Drafted, Researched
    from copydesk.ports import Cache, Engine, EngineFacts, ModelFacts, Role
    from copydesk.turns import Turns


@dataclass(frozen=True, slots=True)
class Staff:
    """An engine and the model that fills each role; `reason` says why these."""

    engine: Engine
    facts: EngineFacts
    models: Mapping[Role, ModelFacts]
    reason: str
    concurrency: int = 1


@dataclass(slots=True)
class Duty:
    """A staff, its queue, and how many commands use it."""

    staff: Staff
    turns: Turns
    users: int = 0


class Watch:
    """Times and counts one command; `duty` is who served it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.duty: Duty | None = None
        self._tally = Tally()
        self._clock = clock
        self._started = clock()
        self._first: float | None = None

    def answers(self, cache: Cache) -> Answers:
        """Return a way to ask that counts here."""
        assert self.duty is not None
        return Answers(self.duty.staff.engine, cache, self.duty.turns, self._tally)

    def saw(self, event: Note | Progress | Researched | Drafting | Preview | Drafted) -> None:
        """Note when the first finding came."""
        if self._first is None and not isinstance(event, (Progress, Drafting, Preview)):
            self._first = self._clock() - self._started

    def report(
        self,
        role: Role,
        *,
        untrusted: tuple[str, ...] = (),
        problem: CopydeskError | None = None,
    ) -> Report:
        """Return the command's last event."""
        stats = Stats(seconds=self._clock() - self._started, first_note_seconds=self._first, **asdict(self._tally))
        if self.duty is None:
            return Report(stats, untrusted=untrusted, problem=problem)
        staff = self.duty.staff
        return Report(stats, staff.facts, staff.models[role], staff.reason, untrusted, problem)
