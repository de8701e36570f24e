"""Text of a stranger made plain: nothing in it hides, steers the cursor, or turns the reading direction.

For pages and files of others only. In a writer's own text these characters spell emoji, Persian and Hindi.
"""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Controls; soft hyphen; joiners, marks and zero-width spaces; embeddings, overrides and isolates; invisible operators;
# fillers that show as nothing; variation selectors; interlinear marks; tags. Lone surrogates cannot be encoded, and
# trees refuse noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")
"""Flags of regions such as Wales: a black flag and the region's code in tag characters, by Unicode TS 51."""

_ESCAPE_SEQUENCE = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|[\\]P^_X][^\x07\x1b\n]*(?:\x07|\x1b\\\\)?)")
"""Commands to a terminal (ECMA-48 CSI; OSC, DCS and kin), which would leave their letters behind."""

# Tags spell ASCII, selectors 17 to 256 spell bytes, and zero-width characters spell bits. Emoji need one selector
# and one joiner at a time; the other numbers leave room for clumsy typesetting.
_PAYLOAD = re.compile(
    "[\U000e0000-\U000e007f]{3,}|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}|[\u200b-\u200f\u2060-\u2064\ufeff]{16,}"
)
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(rf"(?:(?!{_UNSPACED.pattern})[^\W_])+")


def plain(text: str) -> str:
    r"""Return text in NFC with `\n` line ends, ordinary spaces, and without characters that cannot be seen."""
    text = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _ESCAPE_SEQUENCE.sub("", text)))


def has_payload(text: str) -> bool:
    """Tell whether invisible characters in a row spell something in text."""
    return _PAYLOAD.search(_FLAG.sub("", text)) is not None


def words(text: str) -> int:
    """Return about how many words a text has; two characters of a script without spaces count as one."""
    return len(_WORD.findall(text)) + len(_UNSPACED.findall(text)) // 2
