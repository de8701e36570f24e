"""Making a claim stand on its own: what its pronouns mean comes from its section, and never more than stands there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.document import PassageKind
from copydesk.core.front_matter import title_in
from copydesk.core.similarity import FUNCTION_WORDS, stem, words
from copydesk.core.vocabulary import word_set

if TYPE_CHECKING:
    from copydesk.core.document import Document, Section
    from copydesk.core.prompts import Prompts
    from copydesk.core.text import Span

BEFORE = 2
"""Sentences before a claim that its pronouns may point to."""
LONGEST = 300
"""Code points of a claim in its own words that are kept at most; also the bound of the model's answer."""
_TOPIC = 80

_POINTING = re.compile(
    r"\b(?:it|its|they|their|them|he|him|his|she|her|hers|this|these|those|such|there|"
    r"the (?:former|latter|same|company|project|tool|library|author|study|paper|model|book|film|city|country|team|"
    r"language|system|law|event|organi[sz]ation|government|product|service|device|program|city|species|term|method))\b",
    re.IGNORECASE,
)
_THAT = re.compile(r"^\W*that\b", re.IGNORECASE)
_GENERIC_TITLES = word_set(
    """
    introduction overview background summary conclusion notes example examples details usage installation features
    about contents motivation abstract discussion results method methods faq readme history references links
    """
)
_POINTERS = word_set(
    "it its they their them he him his she her hers this these those such that there former latter same one ones"
)


@dataclass(frozen=True, slots=True)
class Context:
    """Where a claim stands: the titles above it, outermost first, and the sentences before it in its section."""

    titles: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        """Return the innermost titles that name a subject, as one phrase; empty without any."""
        telling = [title for title in self.titles if title.strip().casefold() not in _GENERIC_TITLES]
        return " › ".join(telling[-2:])[:_TOPIC].strip()


def context_of(document: Document, span: Span) -> Context:
    """Return the context of a span of a document's prose."""
    section = document.section_at(span.start)
    before: list[str] = []
    for passage in document.passages:
        if passage.kind is PassageKind.HEADING:
            continue
        for sentence in passage.sentences:
            if sentence.span.end <= span.start and (section is None or sentence.span.start >= section.span.start):
                before.append(sentence.plain)
    return Context(_titles(document, section), tuple(before[-BEFORE:]))


def _titles(document: Document, section: Section | None) -> tuple[str, ...]:
    """Return the titles above a section's text; that of the front matter where no heading is the document's title."""
    path = section.path if section is not None else ()
    if document.front_matter is None or any(one.level == 1 for one in document.sections):
        return path
    title = title_in(document.text.slice(document.front_matter))
    return (title, *path) if title else path


def points_elsewhere(claim: str) -> bool:
    """Tell whether a claim holds words that mean something only in their place."""
    return _POINTING.search(claim) is not None or _THAT.match(claim) is not None


def with_topic(claim: str, context: Context) -> str:
    """Return a claim with the subject of its section in front, where it points to something; no model is needed."""
    topic = context.topic
    if not topic or not points_elsewhere(claim) or topic.casefold() in claim.casefold():
        return claim
    return f"{topic}: {claim}"


def prompt(claim: str, context: Context, prompts: Prompts) -> str:
    """Return what a model is asked."""
    return prompts.fill("selfcontained", topic=context.topic, before=" ".join(context.before)[-600:], claim=claim)


def faithful(claim: str, answer: str, context: Context) -> bool:
    """Tell whether a model's self-contained claim says what the claim says: the same, with its pointers spelled out.

    It may bring in only words of the context, must keep every word but pointers, and every number in its order.
    """
    if not answer or len(answer) > LONGEST or "\n" in answer:
        return False
    known = {stem(word) for word in words(" ".join((claim, *context.titles, *context.before)))}
    kept, new = _stems(claim), _stems(answer)
    numbers = [word for word in words(claim) if word[0].isdigit()]
    return (
        all(word in known for word in new)
        and all(word in new for word in kept)
        and [word for word in words(answer) if word[0].isdigit() and word in numbers][: len(numbers)] == numbers
        and _denials(claim) == _denials(answer)
    )


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text) if word not in FUNCTION_WORDS and word not in _POINTERS}


def _denials(text: str) -> int:
    return sum(
        word in ("not", "no", "never", "without", "nor", "neither", "cannot") or word.endswith("n't")
        for word in words(text)
    )
