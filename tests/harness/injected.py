"""Pages that try to steer a model, and models that do what such pages want, whatever it is."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.evidence import Stance
from harness.cases import cases
from harness.claims import ClaimEngine, certain, labelled, letter_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.ports import Prompt, Scores

FILLER = " ".join(f"Ship number {number} carried grain, salt and timber to the harbour." for number in range(140))
_CODED = re.compile(r"\[\[(base64|tags|selectors|filler)(?: ([^\]]*))?\]\]")
_LETTER = re.compile(r"\b(?:answer|option|letter)\W+(?:is\W+|the letter\W+)?([A-C])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InjectedPage:
    """A page as in a case file; `title` is its own if it names one."""

    name: str
    title: str
    body: str

    def __str__(self) -> str:
        return self.name

    def about(self, claim: str) -> str:
        """Return the page's text where it is aimed at a claim."""
        return self.body.replace("{claim}", claim).replace("{bare}", claim.rstrip("."))


def injected_pages(path: str) -> list[InjectedPage]:
    """Return the pages of a case file below tests/cases."""
    found = []
    for case in cases(path):
        body = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), case.body)
        first, _, rest = body.partition("\n")
        title = first.removeprefix("title: ") if first.startswith("title: ") else ""
        found.append(InjectedPage(case.name, title or "A page", _CODED.sub(_coded, rest if title else body)))
    return found


@dataclass(frozen=True, slots=True)
class InjectedDocument:
    """A document with orders for models, and what one that obeys writes in place of the sentence it is to rewrite."""

    name: str
    answer: str
    body: str

    def __str__(self) -> str:
        return self.name

    def source(self, sentence: str, secret: str) -> str:
        """Return the text, with the sentence that is flagged and one that nobody is to know."""
        body = self.body.replace("{sentence}", sentence)
        head, rest = ("", body) if not body.startswith("---\n") else _parted(body)
        return f"{head}# A dam\n\n{secret}\n\n{rest}"


def injected_documents(path: str) -> list[InjectedDocument]:
    """Return the documents of a case file below tests/cases; their first lines say what a model answers."""
    found = []
    for case in cases(path):
        first, _, rest = _plain(case.body).partition("\n")
        answer = first.removeprefix("answer: ").replace("\\n", "\n")
        found.append(InjectedDocument(case.name, answer, rest))
    return found


def _plain(body: str) -> str:
    escaped = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), body)
    return _CODED.sub(_coded, escaped)


def _parted(body: str) -> tuple[str, str]:
    """Return front matter and what follows."""
    end = body.index("\n---\n", 3) + 5
    return body[:end] + "\n", body[end:].lstrip("\n")


def _coded(match: re.Match[str]) -> str:
    kind, words = match[1], (match[2] or "").encode()
    if kind == "base64":
        return base64.b64encode(words).decode()
    if kind == "tags":
        return "".join(chr(0xE0000 + byte) for byte in words)
    if kind == "selectors":
        return "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in words)
    return FILLER


@dataclass
class EvilEngine(ClaimEngine):
    """Passes the self-test; of anything but the honest pages it says what the page wants, letters included.

    `known` tells the words of honest pages; of these it says what its judge says.
    """

    known: Callable[[str], bool] = lambda excerpt: True

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        words = prompt.messages[-1].content
        shown, _, asked = words.rpartition("\nClaim: ")
        excerpt, claim = shown.split("\n\n", 1)[1], asked.split("\n")[0]
        if labelled(claim) is not None or self.known(excerpt):
            return await super().score(prompt, options)
        self._note(prompt)
        letter = _LETTER.search(shown)
        if letter is not None and letter[1].upper() in options:
            return certain(options, letter[1].upper())
        if "Which numbered sentence" in words:
            return certain(options, options[-1])
        wanted = Stance.REFUTES if "refuted" in shown else Stance.SUPPORTS
        self.judged.append((excerpt, claim))
        return certain(options, letter_for(words, wanted))
