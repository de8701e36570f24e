"""The words sent to a model: templates from `core/prompts/`, filled in once, versioned by their content."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

from copydesk.core.note import digest

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Prompts:
    """Prompt templates by name, without their file ending."""

    templates: Mapping[str, str]

    def fill(self, name: str, **values: str) -> str:
        """Return a template with its `$names` replaced; values are not searched for names again."""
        return Template(self.templates[name]).substitute(values).strip()

    def swapped(self, name: str, pattern: re.Pattern[str], replacement: str) -> Prompts:
        """Return these prompts with one template's wording changed by a pattern."""
        return Prompts({**self.templates, name: pattern.sub(replacement, self.templates[name])})

    def version(self, name: str, system: str = "system") -> str:
        """Return a name for the present wording of a template and its system prompt: it changes when a word changes."""
        return f"{name}@{digest(self.templates[system], self.templates[name])[:8]}"
