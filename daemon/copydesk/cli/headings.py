"""Naming a section of a document on the command line, by its heading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.visible import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.document import Document, Section

SEPARATOR = " > "


def sections_named(document: Document, name: str) -> tuple[Section, ...]:
    """Return the sections that a name stands for: a heading's words, or the end of its path, “Canals > Lund”.

    White space, case and leading number signs do not count, but where several differ in case alone it does.
    """
    headed = [section for section in document.sections if section.heading is not None]
    wanted = _folded(name.strip().lstrip("#"))
    exact = tuple(one for one in headed if wanted in _names(one))
    if exact:
        return exact
    return tuple(one for one in headed if wanted.casefold() in {each.casefold() for each in _names(one)})


def listed(document: Document) -> Iterator[str]:
    """Yield a line for each heading: where it is, and its path."""
    for section in document.sections:
        if section.heading is not None:
            line = document.text.line_at(section.heading.start) + 1
            yield f"    line {line}: {shortened(SEPARATOR.join(section.path), 200)}"


def trouble(document: Document, path: str, name: str) -> list[str]:
    """Return lines that say why a name stands for no section, or for several, and which headings there are."""
    found, headings = sections_named(document, name), list(listed(document))
    where = visible(path)
    if not headings:
        return [f"{where} has no headings. Write one for the section to be drafted."]
    if not found:
        return [f"{where} has no heading “{shortened(name, 100)}”. It has these:", *headings]
    first = f"{where} has {len(found)} headings “{shortened(name, 100)}”."
    return [
        f"{first} Name one by its path, such as “Chapter{SEPARATOR}Section”, or give them different names:",
        *headings,
    ]


def _names(section: Section) -> set[str]:
    """Return what a section may be called: its heading, and its path from any heading above it on."""
    path = [_folded(title) for title in section.path]
    return {SEPARATOR.join(path[start:]) for start in range(len(path))} | {_folded(section.title)}


def _folded(words: str) -> str:
    return " ".join(words.split())
