"""Why a document gives no text, as the parsing process tells it to its parent."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a document, in words that follow its name."""

    SLOW = "took too long to read"
    HUNGRY = "needs too much memory"
    BROKEN = "cannot be read (it stopped the program that reads pages)"
    LARGE = "is too large to read"
    WORDY = "holds too much text"
    NESTED = "is nested too deeply to read"
    NOT_HTML = "not HTML"
    EMPTY = "a page without text (drawn by a script?)"
    ENCRYPTED = "an encrypted PDF"
    SCANNED = "a PDF without text (scanned?)"
    DAMAGED = "cannot be read (damaged PDF)"
    NOT_INSTALLED = "cannot be read: the part of copydesk that reads web pages is not installed"


class Unreadable(Exception):
    """A document that gives no text."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
