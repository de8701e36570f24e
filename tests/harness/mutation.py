"""Messages that a client may send, and the same with one place in them changed, removed or added."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

URI = "file:///work/post.md"
AT = {"line": 0, "character": 3}
HERE = {"textDocument": {"uri": URI}, "position": AT, "range": {"start": AT, "end": AT}, "context": {"diagnostics": []}}
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("textDocument/hover", HERE),
    ("textDocument/codeAction", HERE),
    ("textDocument/codeLens", HERE),
    *(
        ("workspace/executeCommand", {"command": f"copydesk.{name}", "arguments": [arguments]})
        for name, arguments in (
            ("critiqueDocument", {"uri": URI, "range": {"start": AT, "end": AT}, "token": 1}),
            ("researchClaim", {"uri": URI, "position": AT}),
            ("researchSection", {"uri": URI}),
            ("researchNote", {"noteId": "0" * 12}),
            ("citeNote", {"noteId": "0" * 12, "source": 0}),
            ("openSource", {"noteId": "0" * 12, "source": 0}),
            ("draftSection", {"uri": URI, "position": AT}),
            ("showDraft", {"noteId": "0" * 12}),
            ("discardDraft", {"noteId": "0" * 12}),
            ("notes", {"uri": URI}),
            ("status", {}),
            ("rewriteNote", {"noteId": "0" * 12}),
            ("applyNote", {"noteId": "0" * 12}),
            ("dismissNote", {"noteId": "0" * 12, "scope": "note", "reason": "r"}),
            ("explainNote", {"noteId": "0" * 12}),
            ("cancel", {"jobId": "j"}),
            ("jobs", {}),
        )
    ),
]
NOTIFICATIONS: list[tuple[str, dict[str, Any]]] = [
    (
        "textDocument/didOpen",
        {"textDocument": {"uri": URI, "languageId": "markdown", "version": 1, "text": "A very small flaw."}},
    ),
    ("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": "very"}]}),
    ("textDocument/didClose", {"textDocument": {"uri": URI}}),
    ("workspace/didChangeConfiguration", {"settings": {"copydesk": {}}}),
    ("workspace/didChangeWatchedFiles", {"changes": [{"uri": URI, "type": 2}]}),
    ("workspace/didChangeWorkspaceFolders", {"event": {"added": [{"uri": URI, "name": "n"}], "removed": []}}),
    ("window/workDoneProgress/cancel", {"token": 1}),
    ("$/cancelRequest", {"id": 1}),
    ("$/setTrace", {"value": "off"}),
]
VALUES: list[Any] = [
    None,
    0,
    -1,
    2**40,
    1.5,
    True,
    "",
    "x",
    "\ud83d",
    "\x00",
    [],
    {},
    [[]],
    {"jsonrpc": "2.0"},
    "file:///",
]


def mutated(chance: random.Random, value: Any) -> Any:
    """Return a value with one place in it changed, removed or added."""
    result = copy.deepcopy(value)
    place = result
    while isinstance(place, dict | list) and place:
        key = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
        if isinstance(place[key], dict | list) and place[key] and chance.random() < 0.7:
            place = place[key]
            continue
        match chance.randrange(3):
            case 0:
                place[key] = chance.choice(VALUES)
            case 1:
                del place[key]
            case _ if isinstance(place, dict):
                place[chance.choice(["jsonrpc", "type_name", "method", "extra"])] = chance.choice(VALUES)
        break
    return result
