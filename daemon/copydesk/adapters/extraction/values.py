"""What comes out of a page or a PDF file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text that a reader sees, in NFC, with a blank line between blocks and no characters that hide or steer.

    `title` is empty where there is none. `hidden` tells that words which no reader sees were left out of `text`.
    """

    text: str
    title: str
    hidden: bool
