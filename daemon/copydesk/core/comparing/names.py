"""Which names of a claim a quote and its surroundings do not have."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from copydesk.core.comparing.tokens import Sort, Token, is_foreign, tokens
from copydesk.core.comparing.units import unit_of
from copydesk.core.similarity import FUNCTION_WORDS
from copydesk.core.vocabulary import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GENERIC = word_set(
    """
    mr mrs ms miss dr sir lord lady dame prof professor president prime minister king queen prince princess pope saint
    st senator governor general captain colonel judge justice chancellor secretary chairman director ceo mayor emperor
    university college school institute river lake mount mountain mountains city county district province street road
    avenue company inc ltd corp corporation group party church museum airport station stadium park island islands sea
    ocean award awards prize festival cup league championship championships season series album film movie song book
    government parliament congress senate house court state states republic kingdom union department ministry agency
    committee council association foundation society center centre bank act internet web earth moon sun god north south
    east west northern southern eastern western central new first second
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec
    """
)
"""Words with a capital that may be missing without making a name another's."""

_OPENERS = word_set("former current late young old new senior leading local national federal early modern ancient then")
"""What may stand before a name at the beginning of a sentence without being part of it."""

_JOINING = word_set("of the de da do dos das du la le les el los von van der den di del della and for in on at y e zu")
_OPENING = frozenset('.!?:;"')
_INITIALS = re.compile(r"\b(?:[A-Z]\.\s?){2,}")
_LEAST = 4
_ENDINGS = word_set("a an ian n ese ish i ic s y ia ea o en e ey ain ines es er ers")
_PEOPLES = {
    name: names.split()[0]
    for names in (
        "france french frenchman",
        "spain spanish spaniard spaniards",
        "netherlands dutch holland",
        "britain british uk gb",
        "us usa america american americans",
        "denmark danish dane danes",
        "poland polish pole poles",
        "finland finnish finn finns",
        "greece greek greeks",
        "switzerland swiss",
        "ireland irish",
        "scotland scottish scot scots",
        "wales welsh",
        "england english",
        "norway norwegian norwegians",
        "portugal portuguese",
        "thailand thai",
        "philippines filipino filipinos",
        "czechia czech czechs",
        "peru peruvian",
        "iceland icelandic",
        "israel israeli",
        "germany german germans",
    )
    for name in names.split()
}
_SPELLED_OUT = {
    "united kingdom": "uk",
    "great britain": "uk",
    "united states": "us",
    "united states of america": "us",
    "european union": "eu",
    "united nations": "un",
    "coronavirus": "covid",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A run of words with capitals; `opens` tells that it begins a sentence, so that its first may be no name."""

    words: tuple[Token, ...]
    opens: bool

    @property
    def initials(self) -> str:
        """Return the first letters of the words, as an acronym has them."""
        return "".join(word.text[0] for word in self.words).lower()


def names_missing(claim: str, quote: str, context: str) -> list[str]:
    """Return the names of a claim that neither a quote nor its context has, as they are written."""
    found = [*_names(claim)]
    if _capitals_say_nothing(claim):
        found = [name for name in found if any(_is_acronym(word) for word in name.words)]
    told = _Told(f"{quote}\n{context}")
    return [words for name in found if (words := told.lacks(name))]


class _Told:
    """The words of a quote and its context, by which names are looked up."""

    def __init__(self, text: str) -> None:
        plain = _plain(text)
        self.found = tokens(plain)
        self.bases = {base for token in self.found if token.sort is Sort.WORD for base in _bases(token.lower)}
        spelled = " ".join(token.lower for token in self.found)
        self.bases |= {_PEOPLES.get(short, short) for long, short in _SPELLED_OUT.items() if long in spelled}
        self.letters = "".join(token.lower[0] for token in self.found if token.sort is Sort.WORD)
        names = [*_names(text)]
        self.initials = {name.initials for name in names if len(name.words) > 1}
        self.initials |= {name.initials[first:] for name in names for first in range(1, len(name.words) - 1)}

    def lacks(self, name: Name) -> str:
        """Return the words of a name that are missing; empty where the name is there, in full or as its own short."""
        if len(name.words) > 1 and (name.initials in self.bases or self._is_spelled_short(name)):
            return ""
        missing = [word for word in name.words if not self._has(word)]
        if name.opens and missing and missing[0] is name.words[0] and missing[0].lower in _OPENERS:
            missing = missing[1:]
        required = [word for word in missing if word.lower not in _GENERIC]
        if not required:
            return ""
        if required[-1] is not name.words[-1] and len(name.words) > 1 and self._by_last(name):
            return ""
        return " ".join(word.text for word in required)

    def _has(self, word: Token) -> bool:
        if _bases(word.lower) & self.bases:
            return True
        short = word.lower
        return _is_acronym(word) and (short in self.initials or (len(short) > 2 and short in self.letters))

    def _is_spelled_short(self, name: Name) -> bool:
        short = _SPELLED_OUT.get(" ".join(word.lower for word in name.words))
        return short is not None and _PEOPLES.get(short, short) in self.bases

    def _by_last(self, name: Name) -> bool:
        """Tell whether the last of a name's words stands somewhere without another's first name before it."""
        if name.words[-1].lower in _GENERIC:
            return False
        last, own = _bases(name.words[-1].lower), {word.lower for word in name.words}
        for before, token in pairwise((None, *self.found)):
            if token is None or not token.capital or not (_bases(token.lower) & last):
                continue
            other = before is not None and before.capital and before.lower not in own | _GENERIC | FUNCTION_WORDS
            if not other:
                return True
        return False


def _names(text: str) -> Iterator[Name]:
    """Yield the runs of words with capitals; a single one that opens a sentence is no name unless all capitals."""
    found = tokens(_plain(text))
    at = 0
    while at < len(found):
        if not _may_begin(found, at):
            at += 1
            continue
        words, last = [found[at]], at + 1
        while (following := _goes_on(found, last)) is not None:
            words.append(found[following])
            last = following + 1
        opens = at == 0 or found[at - 1].text in _OPENING
        if not opens or len(words) > 1 or _is_acronym(words[0]):
            yield Name(tuple(words), opens)
        at = last


def _may_begin(found: Sequence[Token], at: int) -> bool:
    token = found[at]
    if not token.capital or len(token.text) == 1 or (at and found[at - 1].text == "'"):
        return False
    if _is_unit(found, at):
        return False
    return token.lower not in FUNCTION_WORDS or (_is_acronym(token) and not _shouts(found))


def _is_unit(found: Sequence[Token], at: int) -> bool:
    """Tell whether a word is part of an amount: MW behind a number, US before a dollar sign."""
    if at + 1 < len(found) and found[at + 1].text == "$":
        return True
    return bool(at) and found[at - 1].sort is Sort.NUMBER and unit_of(found[at].lower, after_digits=True) is not None


def _shouts(found: Sequence[Token]) -> bool:
    return all(token.text.isupper() for token in found if token.sort is Sort.WORD)


def _goes_on(found: Sequence[Token], at: int) -> int | None:
    """Return where a name goes on: at the next word with a capital, over hyphens, initials, and "of" and its like."""
    if at >= len(found):
        return None
    if found[at].capital and found[at].lower not in FUNCTION_WORDS:
        return at
    joined = found[at].text in ("-", "&", ".") or found[at].lower in ("of", "de", "von", "van", "da", "di", "del")
    if found[at].text == "." and len(found[at - 1].text) > 1:
        return None
    skipped = at + 1
    if joined and found[at].sort is Sort.WORD and skipped < len(found) and found[skipped].lower in _JOINING:
        skipped += 1
    if joined and skipped < len(found) and found[skipped].capital and found[skipped].lower not in FUNCTION_WORDS:
        return skipped
    return None


def _plain(text: str) -> str:
    """Return a text with dotted initials as acronyms: U.S. as US."""
    return _INITIALS.sub(lambda match: re.sub(r"[.\s]", "", match[0]) + " ", text)


def _is_acronym(word: Token) -> bool:
    return 1 < len(word.text) < 8 and word.text.isupper()


def _capitals_say_nothing(text: str) -> bool:
    """Tell whether so many words have a capital that it tells no names: headlines, and the nouns of German."""
    found = [token for token in tokens(text) if token.sort is Sort.WORD]
    lower = [token for token in found[1:] if token.lower not in FUNCTION_WORDS]
    capitals = sum(token.capital for token in lower)
    if is_foreign(text):
        return capitals * 4 > len(found) and any(token.lower in ("der", "die", "das", "und", "ist") for token in found)
    return len(lower) > 3 and capitals == len(lower)


@lru_cache(maxsize=4096)
def _bases(word: str) -> frozenset[str]:
    """Return a name without accents and possessive, and what is left of it without the endings of peoples."""
    plain = "".join(mark for mark in unicodedata.normalize("NFD", word) if not unicodedata.combining(mark))
    plain = plain.removesuffix("'s").removesuffix("'")
    bases = {plain, _PEOPLES.get(plain, plain)}
    bases |= {plain.removesuffix(ending) for ending in _ENDINGS if len(plain) - len(ending) >= _LEAST}
    return frozenset(bases)
