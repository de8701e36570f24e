"""What comes out of a page or a PDF file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text that a reader sees, in NFC, with a blank line between blocks and no characters that hide or steer.

    `title` is empty where there is none. `hidden` tells that prose which readers do not see was left out of `text`, in
    a place or a way that honest pages seldom use (see `visible_html`), or that invisible characters spelled something.
    """

    text: str
    title: str
    hidden: bool
