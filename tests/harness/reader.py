"""A writer who keeps account: what was shown where, what was accepted, and whether each edit was what was accepted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from copydesk.core.draft.task import body_of, section_at
from copydesk.core.markdown import read
from copydesk.core.text import Span, Text
from harness.editor import BadEdit
from harness.manuscript import Manuscript

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Mapping

    from harness.editor import Edits
    from harness.nearby import NearEditor

DRAFTS = frozenset({"CD701", "CD608"})
VERDICTS = frozenset({"CD501", "CD502", "CD503", "CD504", "CD505"})
_MARKS = re.compile(r"(?:\[\^[^\]\n]*\])*")
_HEADING = re.compile(r"\A#|\n[ >]*(?:=+|-+)\s*\Z")
_MARK = re.compile(r" ?\[\^[^\]]+\](?!:)")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Shown:
    """A note as it was last shown: which characters it is on, and their words."""

    id: str
    uri: str
    code: str
    ids: tuple[int, ...]
    words: str


@dataclass(eq=False)
class Accepted:
    """An acceptance that the writer gave: by `applyNote` or `citeNote`, of a note as it was known then."""

    command: str
    note: Shown
    answer: asyncio.Future[Any]
    edits: int = 0


@dataclass
class Account:
    """What the writer knows. `wrong` lists what must never happen.

    `proposals` are the rewrites that a model gave of some words and that may be offered, `bodies` what stood under
    headings when drafts were asked for.
    """

    proposals: Mapping[str, set[str]]
    manuscripts: dict[str, Manuscript] = field(default_factory=dict)
    shown: dict[str, Shown] = field(default_factory=dict)
    accepted: list[Accepted] = field(default_factory=list)
    bodies: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    edits: int = 0

    def published(self, editor: NearEditor, params: Any) -> None:
        """Hold diagnostics against the text of their version."""
        uri, version = params["uri"], params.get("version")
        manuscript = self.manuscripts[uri]
        if version not in manuscript.told:
            if params["diagnostics"]:
                self.wrong.append(f"diagnostics of version {version}, which was never sent")
            return
        state = manuscript.told[version]
        for one in params["diagnostics"]:
            try:
                start, end = (editor.personality.offset(state.text, one["range"][name]) for name in ("start", "end"))
            except BadEdit as error:
                self.wrong.append(f"a note at {one['range']}: {error}")
                continue
            words = state.text[start:end]
            if not _fits(one, words):
                self.wrong.append(f"{one['code']} “{one['message']}” is on {words!r}")
            note = Shown(one["data"]["id"], uri, one["code"], state.ids[start:end], words)
            self.shown[note.id] = note

    def due(self, uri: str) -> list[Accepted]:
        """Return what was accepted in a document and not answered yet, when the editor is asked for an edit."""
        return [one for one in self.accepted if one.note.uri == uri and not one.answer.done()]

    def edited(self, uri: str, edits: Edits, due: list[Accepted]) -> None:
        """Hold an edit that the editor makes against what was due when it was asked for it, and take it over.

        Whoever cancels a command only then may still get the edit: it was on its way.
        """
        manuscript = self.manuscripts[uri]
        by = next((one for one in due if not one.edits and self._explains(manuscript, edits, one)), None)
        if by is None:
            asked = [f"{one.command} on {one.note.code} {one.note.words!r}" for one in due]
            self.wrong.append(f"{edits} in {manuscript.text!r}, which nobody accepted: {asked}")
        else:
            by.edits += 1
            self.edits += 1
        manuscript.edit(edits)
        if by is not None and by.note.code in DRAFTS:
            self.bodies |= {manuscript.text[slice(*body)] for body in _bodies(manuscript, by.note)}

    def answered(self) -> None:
        """Hold the answers that came against the edits that were made."""
        for one in [one for one in self.accepted if one.answer.done()]:
            self.accepted.remove(one)
            if one.answer.cancelled() or one.answer.exception() is not None:
                continue
            if one.answer.result()["applied"] and not one.edits and one.note.words not in self._proposed(one.note):
                self.wrong.append(f"{one.command} on {one.note.words!r} is said to be done, but no edit was made")

    def asked_to_draft(self, uri: str, offset: int) -> None:
        """Remember what stands in a section that is about to be drafted."""
        document = read(Text(self.manuscripts[uri].text))
        section = section_at(document, offset)
        if section is not None and section.heading is not None:
            self.bodies.add(document.text.slice(body_of(document, section)))

    def _explains(self, manuscript: Manuscript, edits: Edits, one: Accepted) -> bool:
        if one.note.code in DRAFTS:
            return self._draft(manuscript, edits, one.note)
        for start, end in manuscript.places(one.note.ids, one.note.words):
            if one.command == "copydesk.citeNote":
                if _cites(manuscript.text, edits, start, end):
                    return True
            elif len(edits) == 1 and self._rewrites(manuscript.text, edits, start, end, one.note):
                return True
        return False

    def _rewrites(self, text: str, edits: Edits, start: int, end: int, note: Shown) -> bool:
        ((at, to, words),) = edits
        if not start <= at <= to <= end:
            return False
        return _lines(text[start:at] + words + text[to:end]) in {_lines(one) for one in self._proposed(note)}

    def _proposed(self, note: Shown) -> set[str]:
        return self.proposals.get(note.words, set())

    def _draft(self, manuscript: Manuscript, edits: Edits, note: Shown) -> bool:
        if len(edits) != 1:
            return False
        ((at, to, _),) = edits
        found = (body for body in _bodies(manuscript, note) if manuscript.text[slice(*body)] in self.bodies)
        return any(start <= at <= to <= end for start, end in found)


def _fits(diagnostic: Any, words: str) -> bool:
    """Tell whether a note is on words of the kind that it is about."""
    code = diagnostic["code"]
    if code == "CD402":
        return words == "very"
    if code == "CD104":
        return _says(words, diagnostic["message"].removeprefix("Flawed: "))
    if code in VERDICTS:
        return bool(words.strip()) and (code == "CD505" or "mill" in words)
    return code in DRAFTS and _HEADING.search(words) is not None


def _cites(text: str, edits: Edits, start: int, end: int) -> bool:
    """Tell whether edits add a mark at a sentence, and at most its note elsewhere, and take nothing away.

    The sentence is what it has become by what was typed about the words; marks that stand behind it belong to it.
    """
    touched = [one.span.end for _, one in read(Text(text)).prose() if one.span.overlaps(Span(start, end))]
    end = max([end, *touched])
    end = _MARKS.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing too
    marks = [at for at, to, words in edits if at == to and _MARK.match(words)]
    notes = [at for at, to, words in edits if at == to and not _MARK.match(words) and "]: " in words]
    return len(marks) == 1 and len(notes) <= 1 and len(edits) == len(marks) + len(notes) and start < marks[0] <= end


def _bodies(manuscript: Manuscript, note: Shown) -> Iterator[tuple[int, int]]:
    """Yield what stands under the heading that a note on a draft is on."""
    document = read(Text(manuscript.text))
    for start, _ in manuscript.places(note.ids, note.words):
        section = section_at(document, start)
        if section is not None and section.heading is not None and section.heading.start == start:
            body = body_of(document, section)
            yield body.start, body.end


def _says(words: str, plain: str) -> bool:
    """Tell whether a stretch of Markdown holds some plain words in their order."""
    at = 0
    for part in re.findall(r"\w+", plain):
        at = words.find(part, at) + len(part)
        if at < len(part):
            return False
    return words[:1] == plain[:1] or not words[:1].isalnum()


def _lines(words: str) -> str:
    return _LINE_END.sub("\n", words)
