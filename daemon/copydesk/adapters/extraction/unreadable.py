"""Why a document gives no text, as the parsing process tells it to its parent."""

from __future__ import annotations

from enum import StrEnum

from copydesk.errors import PageUnusable


class Fault(StrEnum):
    """What is wrong with a document, in words for the writer."""

    SLOW = "It took too long to read."
    HUNGRY = "It needs too much memory."
    BROKEN = "It cannot be read: it stopped the program that reads pages."
    STOPPED = "It was not read, because copydesk was ending."
    LARGE = "It is too large to read."
    WORDY = "It holds too much text."
    NESTED = "It is nested too deeply to read."
    NOT_HTML = "It is not HTML."
    EMPTY = "It is a page without text (drawn by a script?)."
    ENCRYPTED = "It is an encrypted PDF."
    SCANNED = "It is a PDF without text (scanned?)."
    DAMAGED = "It cannot be read (damaged PDF)."
    NOT_INSTALLED = "It cannot be read: what reads web pages is not installed."


class NotTried(PageUnusable):
    """A document that nobody has tried to read: nothing follows for the next time."""


class Unreadable(Exception):
    """A document that gives no text."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
