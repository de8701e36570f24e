"""The commands of the protocol as a table, from which arguments are checked and the reference page is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from copydesk.core.aims import Aim
from copydesk.core.suppress import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping


_LARGEST = 2**31 - 1
"""The largest `uinteger` of the protocol."""


class Type(StrEnum):
    """Types of arguments, as the reference page calls them."""

    STRING = "string"
    TOKEN = "integer or string"
    RANGE = "range"
    POSITION = "position"
    NUMBER = "non-negative integer"
    NUMBERS = "list of non-negative integers"
    AIM = "one of " + ", ".join(f'"{aim}"' for aim in Aim)
    SCOPE = "one of " + ", ".join(f'"{scope}"' for scope in Scope)


@dataclass(frozen=True, slots=True)
class Argument:
    """One member of a command's argument object."""

    name: str
    type: Type
    description: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """One command of `workspace/executeCommand`."""

    id: str
    description: str
    result: str
    arguments: tuple[Argument, ...] = field(default=())


class InvalidArguments(ValueError):
    """The arguments of a command do not fit; the message names the argument, never its value."""


_NOTE = Argument("noteId", Type.STRING, "the `id` in a diagnostic's `data`")
_TOKEN = Argument(
    "token",
    Type.TOKEN,
    "a progress token of the client's own; without it the server creates one if the client supports that",
    required=False,
)

CRITIQUE = Command(
    "copydesk.critiqueDocument",
    "Critique a document. Findings are published as diagnostics while the model reads, nearest to `range` first. "
    "A running critique of the document is replaced.",
    '`{"jobId": string}` at once',
    (
        Argument("uri", Type.STRING, "an open document"),
        Argument(
            "range",
            Type.RANGE,
            "empty: where the cursor is; not empty: critique only what it holds",
            required=False,
        ),
        _TOKEN,
    ),
)
REWRITE = Command(
    "copydesk.rewriteNote",
    "Ask the model for a rewrite of the words a note speaks of. It is offered as the code action "
    "“Accept rewrite”, or refused with the reason.",
    '`{"jobId": string}` at once',
    (
        _NOTE,
        Argument(
            "aim",
            Type.AIM,
            'what it is to do; without it `"mend"`. `"correct"` goes by the evidence of a verdict',
            required=False,
        ),
        _TOKEN,
    ),
)
RESEARCH = Command(
    "copydesk.researchClaim",
    "Check a claim against sources: the sentence at a position, or what a range selects. The verdict is published as a "
    "diagnostic of code CD501 to CD505, or CD901 and CD902 where there is none. Running research on the document is "
    "replaced.",
    '`{"jobId": string}` at once',
    (
        Argument("uri", Type.STRING, "an open document"),
        Argument("position", Type.POSITION, "in the sentence; this or a range is needed", required=False),
        Argument("range", Type.RANGE, "what is selected", required=False),
        _TOKEN,
    ),
)
RESEARCH_SECTION = Command(
    "copydesk.researchSection",
    "Check every claim of a section that is worth checking, one after the other, as `copydesk.researchClaim` does.",
    '`{"jobId": string}` at once',
    (
        Argument("uri", Type.STRING, "an open document"),
        Argument("position", Type.POSITION, "in the section; without it the whole document", required=False),
        _TOKEN,
    ),
)
RESEARCH_NOTE = Command(
    "copydesk.researchNote",
    "Check the words that a note speaks of, again if the note is a verdict.",
    '`{"jobId": string}` at once',
    (_NOTE, _TOKEN),
)
_SOURCE = Argument(
    "source", Type.NUMBER, "the index of a quote in the note's evidence; without it the first", required=False
)
CITE = Command(
    "copydesk.citeNote",
    "Cite a source of a verdict at its sentence: a footnote with the quote, or a link, as the setting "
    "`citations.style` says. One `workspace/applyEdit`, one undo; verified as in `copydesk.applyNote`. The source's "
    "text is kept on disk, so that the citation can be checked later.",
    '`{"applied": boolean}`; false too where the sentence has the citation already',
    (_NOTE, _SOURCE),
)
OPEN_SOURCE = Command(
    "copydesk.openSource",
    "Ask the editor to open a source of a verdict: a web page in the browser, a file in the editor at the quote.",
    '`{"opened": boolean}`',
    (_NOTE, _SOURCE),
)
APPLY = Command(
    "copydesk.applyNote",
    "Put a note's rewrite into the text: one `workspace/applyEdit`, one undo. The words are verified before, and "
    "the whole text afterwards; unless it is as expected nothing counts as done and the proposal is kept.",
    '`{"applied": boolean}` when the document has shown it, or not within two seconds',
    (
        _NOTE,
        Argument(
            "paragraphs",
            Type.NUMBERS,
            "of a draft, only these paragraphs, by their index in `copydesk.showDraft`; the others can follow later",
            required=False,
        ),
    ),
)
DRAFT = Command(
    "copydesk.draftSection",
    "Draft the section at a position, in its heading or under it: five agents write and refine it, with citations from "
    "your sources. The draft becomes a note of code CD701 on the heading; nothing is in the text until it is accepted. "
    "A draft of the same section that was cut short goes on where it was.",
    '`{"jobId": string}` at once',
    (
        Argument("uri", Type.STRING, "an open document"),
        Argument("position", Type.POSITION, "in the section"),
        _TOKEN,
    ),
)
SHOW_DRAFT = Command(
    "copydesk.showDraft",
    "Return a draft and how it was made, for a preview or a comparison.",
    '`{"uri", "heading": [string], "range": where the section\'s body stands now or null, "original", "markdown", '
    '"paragraphs": [{"markdown", "taken"}], '
    '"sentences": [{"text", "agent", "round", "model", "sources"}], '
    '"sources": [{"title", "url", "retrieved", "sha256"}], "status", "reason", '
    '"unsourced", "faults": [string], "log": [{"number", "score", "accepted", "reverted", "calls", "remarks"}]}`',
    (_NOTE,),
)
DISCARD_DRAFT = Command(
    "copydesk.discardDraft",
    "Throw a draft away, also what is kept of it on disk.",
    '`{"discarded": boolean}`',
    (_NOTE,),
)
DISMISS = Command(
    "copydesk.dismissNote",
    "Do not show a note again: these words, this code in the document, or this code in the project.",
    '`{"stored": boolean}`; false: hidden until the document is closed, but not recorded',
    (
        _NOTE,
        Argument("scope", Type.SCOPE, 'how far it reaches; without it `"note"`', required=False),
        Argument("reason", Type.STRING, "why, for whoever reviews the project's dismissals", required=False),
    ),
)
EXPLAIN = Command(
    "copydesk.explainNote",
    "Say why there is a note: what its code means, how to mend it, and what made it. Also shown as a message.",
    '`{"id", "code", "title", "meaning", "remedy", "href", "message", "rewrite", "provenance": {"agent", "model", '
    '"digest", "promptVersion", "cached", "confidence"}}`',
    (_NOTE,),
)
CANCEL = Command(
    "copydesk.cancel",
    "Cancel a job, or every job. Cancelling the job's progress does the same.",
    '`{"cancelled": integer}`',
    (Argument("jobId", Type.STRING, "the job; without it all of them", required=False),),
)
JOBS = Command(
    "copydesk.jobs",
    "List the running jobs, oldest first.",
    '`{"jobs": [{"jobId", "command", "uri", "label", "done", "total"}]}`',
)
LEDGER = Command(
    "copydesk.ledger",
    "List the connections that copydesk opened or refused, those of the command line included: the newest 200, oldest "
    "first. Nothing is shown. `copydesk ledger` prints them all.",
    '`{"path": string or null, "entries": [{"time", "host", "port", "purpose", "sent", "received", "command", '
    '"outcome"}]}`; `sent` and `received` are bytes, null where they were not counted',
)

COMMANDS = (
    CRITIQUE,
    RESEARCH,
    RESEARCH_SECTION,
    RESEARCH_NOTE,
    CITE,
    OPEN_SOURCE,
    DRAFT,
    SHOW_DRAFT,
    DISCARD_DRAFT,
    REWRITE,
    APPLY,
    DISMISS,
    EXPLAIN,
    CANCEL,
    JOBS,
    LEDGER,
)


def parsed(command: Command, arguments: Any) -> Mapping[str, Any]:
    """Return a command's checked arguments; raises `InvalidArguments`.

    A client sends a list with one object; no list will do where nothing is required.
    """
    if arguments is None or (isinstance(arguments, list | tuple) and not arguments):
        arguments = [{}]
    if not isinstance(arguments, list | tuple) or len(arguments) != 1 or not isinstance(arguments[0], dict):
        raise InvalidArguments(f"{command.id} takes one object as its only argument.")
    given: dict[str, Any] = {key: value for key, value in arguments[0].items() if value is not None}
    expected = {argument.name: argument for argument in command.arguments}
    for name in given:
        if name not in expected:
            known = ", ".join(expected) or "none"
            raise InvalidArguments(f"{command.id} does not know the argument {name[:40]!r}; it knows: {known}.")
    for name, argument in expected.items():
        if name not in given:
            if argument.required:
                raise InvalidArguments(f"{command.id} needs the argument {name!r}.")
        elif not _fits(given[name], argument.type):
            raise InvalidArguments(f"{command.id}: the argument {name!r} has to be {_article(argument.type)}.")
    return given


def _fits(value: object, kind: Type) -> bool:
    match kind:
        case Type.STRING:
            return isinstance(value, str)
        case Type.TOKEN:
            return isinstance(value, int | str) and not isinstance(value, bool)
        case Type.SCOPE:
            return isinstance(value, str) and value in frozenset(Scope)
        case Type.AIM:
            return isinstance(value, str) and value in frozenset(Aim)
        case Type.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
        case Type.NUMBERS:
            return isinstance(value, list | tuple) and all(_fits(one, Type.NUMBER) for one in value)
        case Type.POSITION:
            return _position(value)
        case Type.RANGE:
            return isinstance(value, dict) and all(_position(value.get(end)) for end in ("start", "end"))


def _position(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(number := value.get(name), int) and not isinstance(number, bool) and 0 <= number <= _LARGEST
        for name in ("line", "character")
    )


def _article(kind: Type) -> str:
    return kind if kind in (Type.SCOPE, Type.AIM) else f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
