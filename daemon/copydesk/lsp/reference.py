"""Writes `docs/protocol.md` from the table of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.lsp.commands import COMMANDS

if TYPE_CHECKING:
    from copydesk.lsp.arguments import Command

HEAD = """\
# Protocol

copydesk speaks the Language Server Protocol 3.17 on standard input and output, started with `copydesk serve`. This
page is generated from the code (`make docs`). Changes to it only add.

Documents are synchronised as full text. Positions are UTF-8, UTF-16 or UTF-32, as the client offers first.

## What a client sees

| Method | What copydesk does with it |
| --- | --- |
| `textDocument/publishDiagnostics` | pushes notes, no more than 200 of a document: `source` is `copydesk`, with \
`code`, `version`, `relatedInformation` and `data` = `{"id", "rewrite", "draft"}` \
(`rewrite` only where one is ready, empty to remove the words; `draft` true where the note is on one) |
| `textDocument/codeAction` | offers commands for the notes at a range, of kind `quickfix`; never an edit. A client \
that says nothing under `experimental.copydesk` is also offered, without a kind, what can be begun at the range and \
how to stop it; `experimental.copydesk.commands` says that a client has commands of its own for that |
| `textDocument/hover` | shows a note's reason; no images, only http(s) links |
| `textDocument/codeLens` | counts notes on headings; switched off by the setting `critique.code_lens` |
| `workspace/applyEdit` | asks for one edit of one document at its current version, and believes it when the next \
change shows it |
| `window/workDoneProgress/create` | shows each job, cancellable |
| `window/showMessageRequest` | asks before a draft is discarded |
| `window/showMessage` | says why something could not be done |
| `window/logMessage` | tells the fault behind an internal error of a request (-32603) or of a job, under the number \
that the error or the message has: its type and the places in the code that it passed, nothing of a document |
| `workspace/configuration` | asks for the section `copydesk`, again after `workspace/didChangeConfiguration` |
| `copydesk/draftPreview` | tells a client with the capability `experimental.copydesk.draftPreview` how a draft \
stands while it is written: `{"uri", "jobId", "token", "markdown"}`, the section's body as it would be now, or \
`{"uri", "jobId", "token", "line", "round", "role", "label", "sources", "words"}`; `token` is that of the progress, \
`line` says it all for people |
| `copydesk/status` | tells a client with the capability `experimental.copydesk.status` who answers and what is \
running, as `copydesk.status` does |
| `client/registerCapability` | asks to be told of changes of the settings, of `copydesk.toml` \
and of `.copydesk/dismissed.jsonl` |

Notes of the rules appear by themselves when a document is opened and after each pause in typing. The model reads only
when a command asks for it.

## Commands

Each command of `workspace/executeCommand` takes one object as its only argument. A key it does not know or a value of
another type is refused with -32602 and named; a command that cannot be done now is refused with -32803 and the reason.
"""


def protocol_page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(_section(command) for command in COMMANDS)])


def _section(command: Command) -> str:
    rows = [
        f"| `{one.name}` | {one.type} | {'yes' if one.required else 'no'} | {one.description} |"
        for one in command.arguments
    ]
    table = ["| Argument | Type | Required | Meaning |", "| --- | --- | --- | --- |", *rows, ""] if rows else []
    return "\n".join([f"### `{command.id}`", "", command.description, "", *table, f"Result: {command.result}", ""])
