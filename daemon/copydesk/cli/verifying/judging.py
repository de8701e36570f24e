"""What a trial shows, in plain words, and what of it must not be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.cli.verifying.trial import FINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.adapters.user_data import Kind
    from copydesk.cli.verifying.sample import Sample
    from copydesk.cli.verifying.trial import Ran, Trial

DOCUMENTED = frozenset({"answers", "library", "drafts", "sources", "provenance"})
"""Kinds of `adapters/user_data.py` that hold words of documents or sources, as docs/privacy.md says."""
_HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, a line each, and what of it is not as docs/privacy.md says; none if all is."""

    said: tuple[str, ...]
    wrong: tuple[str, ...]


def judged(trial: Trial, sample: Sample, kinds: Sequence[Kind], traces: Sequence[Path], files: int) -> Verdict:
    """Return what a trial shows; `traces` are the files that hold the sample's secret word, of so many in all."""
    wrong = [*_failed(trial.ran), *_elsewhere(trial), *_unrecorded(trial), *_outside(trial, sample)]
    places: Counter[str] = Counter()
    for path in traces:
        place = _place(path, sample, kinds)
        if place is None:
            wrong.append(f"The document's secret word is in {path}.")
        else:
            places[place] += 1
    listed = ", ".join(f"{name} ({count})" for name, count in sorted(places.items())) or "no file"
    said = (
        "These commands were run on a sample document:",
        *(f"  {one.name}: {_connections(one, trial)}" for one in trial.ran),
        _network(trial),
        f"The ledger has {_counted(len(trial.entries), 'entry', 'entries')} of this.",
        f"Of {files} files that there are afterwards, the document's secret word is in: {listed}.",
    )
    return Verdict(said, tuple(wrong))


def _connections(one: Ran, trial: Trial) -> str:
    begun = [(where, port) for what, where, port in one.heard if what == "connection"]
    if not begun:
        return "connected to nothing"
    counted = _counted(len(begun), "connection", "connections")
    if all(where == _HERE and port in trial.engines for where, port in begun):
        return f"{counted}, to the sample's engine on this machine alone"
    return f"{counted}, to {', '.join(sorted({f'{where} port {port}' for where, port in begun}))}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _network(trial: Trial) -> str:
    if trial.empty:
        return f"The network was an empty one ({', '.join(trial.interfaces)} alone), out of which nothing leads."
    return (
        "This system gives no empty network to programs, or not to this user, so that only what Python does was "
        "witnessed; docs/privacy.md says how to look from outside."
    )


def _failed(ran: Sequence[Ran]) -> Iterator[str]:
    for one in ran:
        if one.status not in FINE and not one.broken and one.name != "clear":
            yield f"{one.name} could not run (status {one.status}), so that it shows nothing."


def _elsewhere(trial: Trial) -> Iterator[str]:
    for one in trial.ran:
        for what, where, port in one.heard:
            if what == "look-up" and where != _HERE:
                yield f"{one.name} looked up {where}."
            elif what == "connection" and not (where == _HERE and port in trial.engines):
                yield f"{one.name} connected to {where} port {port}."


def _unrecorded(trial: Trial) -> Iterator[str]:
    recorded = {(entry.host, entry.port) for entry in trial.entries}
    for host, port in recorded:
        if not (host == _HERE and port in trial.engines):
            yield f"The ledger has a connection to {host} port {port}."
    begun = Counter((where, port) for one in trial.ran for what, where, port in one.heard if what == "connection")
    noted = Counter((entry.host, entry.port) for entry in trial.entries)
    for (host, port), count in begun.items():
        if noted[host, port] < count:
            yield f"{count} connections to {host} port {port} were begun, and the ledger has {noted[host, port]}."


def _outside(trial: Trial, sample: Sample) -> Iterator[str]:
    for one in trial.ran:
        for path in {where for what, where, _ in one.heard if what == "file"}:
            if sample.folder not in Path(path).parents and not path.startswith(("/dev/", "/proc/")):
                yield f"{one.name} opened {path} for writing."


def _place(path: Path, sample: Sample, kinds: Sequence[Kind]) -> str | None:
    """Return what a file is where the secret may be, None where it may not."""
    if path == sample.document:
        return "the document"
    if sample.library in path.parents:
        return "the sample's library"
    for kind in kinds:
        if kind.name in DOCUMENTED and kind.folder is not None and kind.folder in path.parents:
            return kind.name
    return None
