"""A sample of what writers have, with a secret word in it that no file has by accident."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_DOCUMENT = """\
# Canals

The {secret} canal was opened in 1832. Mistakes were made, and it is clearly the best canal in the world.
Boats could not pass before 1840. The {secret} canal was opened in 1835.

## The mill

## Tolls

A toll of 3 pence was paid by all {secret} boats.
"""
_LIBRARY = """\
# The {secret} canal

The {secret} canal was opened in 1832. It carried coal, timber and grain to the mill at its lower end.
A toll of 3 pence was paid by boats that carried coal.
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A project with a document and a library, below a folder."""

    folder: Path
    secret: str

    @property
    def project(self) -> Path:
        """Return the folder of the project."""
        return self.folder / "project"

    @property
    def document(self) -> Path:
        """Return the document."""
        return self.project / "post.md"

    @property
    def library(self) -> Path:
        """Return the folder of the library."""
        return self.project / "library"


def made(folder: Path) -> Sample:
    """Write a sample with a new secret word below a folder."""
    sample = Sample(folder, "Canary" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(14)))
    sample.library.mkdir(parents=True)
    sample.document.write_text(_DOCUMENT.format(secret=sample.secret), "utf-8")
    (sample.library / "canal.md").write_text(_LIBRARY.format(secret=sample.secret), "utf-8")
    return sample
