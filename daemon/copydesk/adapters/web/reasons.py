"""Every reason why a page is not read, as one catalogue of sentences: fixed words and numbers, nothing of the page."""

from __future__ import annotations

from enum import StrEnum

from copydesk.errors import PageUnusable


class Reason(StrEnum):
    """What was wrong, in words for the writer; a number may be filled in."""

    SCHEME = "Only http and https addresses are read."
    USERINFO = "The address carries a user name or a password."
    CHARACTERS = "The address holds characters that an address may not hold."
    LONG_ADDRESS = "The address is longer than {most:,} characters."
    HOST = "The host in the address is spelled as neither a name nor a plain IP address."
    PORT = "The address asks for a port other than 80 and 443."
    PRIVATE = "The address leads to this computer or into a private network."

    UNKNOWN_HOST = "The host's name was not found."
    UNREACHABLE = "The host does not answer."
    CERTIFICATE = "The host could not prove that it is the one in the address."
    SLOW = "The page did not arrive within {seconds:g} seconds."
    BROKEN = "The connection ended before the page was complete."
    NOT_HTTP = "The host does not answer as a web server does."
    LONG_HEADER = "The header of the answer is too large."

    MANY_REDIRECTS = "The address was redirected more than {most} times."
    CIRCLE = "The address is redirected in a circle."
    ELSEWHERE = "The address is redirected to another one, which your settings do not name."
    NOWHERE = "The address is redirected without saying where to."

    LARGE = "The page is larger than {mebibytes:g} MiB."
    TYPE = "The answer is of a kind that is not read here."
    ENCODING = "The answer is compressed in a way that was not asked for."
    DAMAGED = "The compressed answer is damaged."
    BINARY = "The answer is labelled as text and holds something else."
    EMPTY = "No text was found on the page."

    STATUS = "The site answers with status {status}."
    CHALLENGE = "The site asks to see a human."
    RESTING = "The site asks to be left alone for another {seconds:.0f} s."
    ROBOTS = "The site's robots.txt asks programs not to read this page."
    ROBOTS_UNREAD = "The site's robots.txt could not be read, so its pages are left alone."
    OFFLINE = "copydesk is offline and has no copy of the page."


_SUSPICIOUS = frozenset(
    {Reason.USERINFO, Reason.CHARACTERS, Reason.LONG_ADDRESS, Reason.HOST, Reason.PORT, Reason.PRIVATE, Reason.BINARY}
)
_PASSING = frozenset(
    {Reason.UNKNOWN_HOST, Reason.UNREACHABLE, Reason.SLOW, Reason.BROKEN, Reason.RESTING, Reason.ROBOTS_UNREAD}
)
_OPEN = "Open it in a browser if you need it."
_REMEDIES = {
    **dict.fromkeys(_SUSPICIOUS, "Look closely at where it leads before you open it."),
    **dict.fromkeys(_PASSING, "Check the connection, or try again later."),
    Reason.ELSEWHERE: "Write the address that it leads to in your settings, if you trust it.",
    Reason.OFFLINE: "Set offline = false under [search] in your user settings to fetch it.",
}


class Refused(PageUnusable):
    """One page was not read; `reason` is its place in the catalogue."""

    def __init__(self, reason: Reason, **numbers: float) -> None:
        super().__init__(reason.value.format(**numbers), _REMEDIES.get(reason, _OPEN))
        self.reason = reason
