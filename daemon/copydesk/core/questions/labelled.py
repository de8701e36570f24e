"""The labelled cases on which a model is tested before it is believed."""

from __future__ import annotations

from dataclasses import dataclass

Case = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Cases of one kind, as many flawed as sound. A case is one sentence, or a sentence and an earlier one."""

    flawed: tuple[Case, ...]
    sound: tuple[Case, ...]

    def first(self, count: int) -> Labelled:
        """Return the first cases of either sort."""
        return Labelled(self.flawed[:count], self.sound[:count])
