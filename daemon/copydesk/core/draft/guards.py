"""What a model's sentence must pass before it may stand in a draft, whatever the model was told by what it read.

A sentence is plain words, with code between backticks at most. Addresses, links, images, HTML, templates, headings,
fences, chat control tokens, hidden characters, packages to install and talk to or by a language model are refused, not
escaped: nobody asked for them. What remains is written so that it reads back as exactly these words.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import TYPE_CHECKING

from copydesk.core.citations.escaping import escaped
from copydesk.core.citations.quotations import words_of
from copydesk.core.claims.injection import speaks_to_models
from copydesk.core.document import PassageKind, ProtectedKind
from copydesk.core.installing import brought_in
from copydesk.core.markdown import read
from copydesk.core.prompt_safety import inert
from copydesk.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.document import Format

_JOINERS = "\u200c\u200d\ufe0f"
"""How Persian, Hindi and emoji are written."""
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_STRONG = re.compile(
    r"(?<![\w*])(\*{1,3})(?=\S)([^*\n]+?)(?<=\S)\1(?![\w*])|(?<![\w_])(_{1,3})(?=\S)([^_\n]+?)(?<=\S)\3(?![\w_])"
)
_ID = r"[SNPQs]\d{1,3}"
_IDS = re.compile(rf"\s*[\[(]{_ID}(?:\s*[,;]\s*{_ID})*[\])]")
_RUN_ON = re.compile(r"(?<=[a-z]{2})\.(?=[A-Z][a-z])")
_LEAD = re.compile(r"^(?:[-*+•>|]\s+|\d{1,2}[.)]\s+|[SNPQs]\d{1,3}\s*[:.)-]\s+)+")
_TERMINAL = re.compile(r"[.!?…。！？][\"'”’»)\]」』]*$")
_LAST_END = re.compile(r"^.*[.!?…。！？][\"'”’»)\]」』]*(?=\s|$|[\u3040-\u9fff])", re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_START = re.compile(r"^(?:[-+*>#=~|:]|\d{1,9}[.)](?=\s))")

_ADDRESS = re.compile(
    r"://|(?<![\w:/])//\w|\bwww\.|[\w.+-]+@[\w-]+\.\w|\b(?:javascript|vbscript|command|vscode|mailto):\S"
    r"|\bdata:\w+/|\b(?:file|smb|ftp):/|\bms-[a-z]+:\S",
    re.IGNORECASE,
)
_SELF = re.compile(
    r"\bas an? (?:AI|artificial|large language|language model)\b|\b(?:AI|language) (?:assistant|model),? I\b"
    r"|\bI(?:['’]m| am) (?:sorry\b,|unable to\b|an AI\b)",
    re.IGNORECASE,
)
_REFUSED = (
    (_ADDRESS, "an address"),
    (re.compile(r"<[A-Za-z/!?]|[A-Za-z\"'/]>(?=\s*<)"), "HTML"),
    (re.compile(r"\{[{%#<:.]|[%#>}]\}|\$\{|<%|%>|\[\[|\]\]"), "a template"),
    (re.compile(r"!\[|\]\s?\(|\]\s?\[|\[\^|\]:"), "a link, image or citation of its own"),
    (re.compile(r"```|~~~|\$\$|^(?:-{3,}|\+{3,}|;{3,}|:{3,}|={3,}|_{3,}|\*{3,})"), "a fence"),
    (re.compile(r"^#{1,6}\s"), "a heading"),
    (re.compile(r"^(?:import|export)\s"), "code of its own"),
    (_SELF, "talk of a language model about itself"),
)
_DOTTED = re.compile(r"[\w-]{2,}\.[A-Za-z]{2,}(?![\w-])")
_ADDRESSES = re.compile(r"\S*(?://|@|\bwww\.)\S*")


def cleaned(text: str) -> str:
    """Return a model's words on one line, without hidden characters, emphasis, list marks and ids in brackets."""
    kept = "".join(" " if mark.isspace() else mark for mark in unescape(text) if _shown(mark))
    line = _IDS.sub("", _LEAD.sub("", _RUN_ON.sub(". ", " ".join(kept.split()))))
    for _ in range(2):
        line = _STRONG.sub(lambda match: match[2] or match[4], line)
    if len(line) > 2 and line[0] + line[-1] in ('""', "“”", "''", "‘’") and not line[1:-1].count(line[-1]):
        line = line[1:-1]
    return re.sub(r"\s+([,.;:!?])", r"\1", line).strip()


def finished(text: str, *, cut_off: bool) -> str:
    """Return a sentence with its end; of one that was `cut_off` what had come to an end, empty if nothing had."""
    if not text or _TERMINAL.search(text):
        return text
    if cut_off:
        match = _LAST_END.match(text)
        return match[0].strip() if match is not None else ""
    ended = text.rstrip(",;:-– ")
    return ended + ("。" if "\u3040" <= ended[-1:] <= "\u9fff" else ".") if re.search(r"\w", ended) else ""


def refusal(text: str, known: str, ids: Iterable[str] = ()) -> str | None:
    """Return why a sentence may not stand in a draft, as “it holds …”; None if it may.

    `known` is what the writer and the sources say; names with a dot, packages and tokens that look like `ids` may
    stand if they stand there, and not in an address.
    """
    if not re.search(r"\w", text):
        return "it is empty"
    if inert(text) != text:
        return "it holds a control token"
    for pattern, what in _REFUSED:
        if pattern.search(text):
            return f"it holds {what}"
    lower = _ADDRESSES.sub(" ", known).casefold()
    if any(name.casefold() not in lower for name in _DOTTED.findall(text)):
        return "it holds an address"
    if brought_in(known, text) is not None:
        return "it holds a package to install"
    if speaks_to_models(text):
        return "it speaks to a model"
    if any(re.search(rf"\b{re.escape(one)}\b", text) and one not in known for one in ids):
        return "it names an id"
    return None


def as_markdown(text: str, format: Format, own: str = "") -> str | None:
    """Return a sentence as Markdown that reads back as exactly its words, written as plainly as that allows.

    `own` is what the writer says; names with a dot from elsewhere are escaped, so that no renderer links them.
    """
    strange = any(name not in own for name in _DOTTED.findall(_CODE.sub("", text)))
    written = (_started(_escaped(text)),) if strange else (_started(text), _started(_escaped(text)))
    return next((one for one in written if reads_as(one, text, format)), None)


def reads_as(written: str, text: str, format: Format) -> bool:
    """Tell whether Markdown is one paragraph that says exactly these words, with nothing in it but code.

    A bare bracket counts as more: another text may define what is in it as a link.
    """
    if re.search(r"(?<!\\)[\[\]]", _CODE.sub("", written)):
        return False
    document = read(Text(f"# Title\n\n{written}\n\nEnd.\n"), format)
    kinds = [passage.kind for passage in document.passages]
    if kinds != [PassageKind.HEADING, PassageKind.PARAGRAPH, PassageKind.PARAGRAPH] or len(document.sections) != 2:
        return False
    sentences = document.passages[1].sentences
    if any(piece.kind is not ProtectedKind.CODE for sentence in sentences for piece in sentence.protected):
        return False
    said = words_of(document.text, sentences).text
    return "".join(said.split()) == "".join(_CODE.sub(lambda match: match[0][1:-1], text).split())


def _escaped(text: str) -> str:
    """Return words escaped outside their code spans."""
    pieces, at = [], 0
    for match in _CODE.finditer(text):
        pieces += [_spaced(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*pieces, _spaced(text[at:])])


def _spaced(words: str) -> str:
    lead, tail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return f"{lead}{escaped(words)}{tail}" if words.strip() else words


def _started(text: str) -> str:
    """Return a line that begins no list, quotation, heading or table."""
    match = _START.match(text)
    if match is None:
        return text
    end = match.end() - 1
    return f"{text[:end]}\\{text[end:]}"


def _shown(mark: str) -> bool:
    return mark.isspace() or mark in _JOINERS or unicodedata.category(mark) not in _HIDDEN
