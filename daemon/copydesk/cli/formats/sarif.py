"""Findings as SARIF 2.1.0, which code hosts show beside a change (OASIS SARIF 2.1.0, sections 3.13 to 3.30)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from copydesk import __version__
from copydesk.core.codes import CODES
from copydesk.core.note import Severity
from copydesk.core.text import Encoding

if TYPE_CHECKING:
    from copydesk.cli.results import Examined, Results
    from copydesk.core.note import Anchor, Note

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


def sarif(results: Results) -> str:
    """Return one run with its rules and results."""
    used = sorted({note.code for examined in results.documents for note in examined.notes})
    run = {
        "tool": {
            "driver": {
                "name": "copydesk",
                "version": __version__,
                "rules": [_rule(code) for code in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(results)],
        "results": [
            _result(examined, note, used.index(note.code)) for examined in results.documents for note in examined.notes
        ],
    }
    return json.dumps(
        {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}, indent=2
    )


def _invocation(results: Results) -> dict[str, Any]:
    problem = results.report.problem
    notifications = [] if problem is None else [{"level": "error", "message": {"text": problem.sentence}}]
    return {"executionSuccessful": problem is None, "toolExecutionNotifications": notifications}


def _rule(code: str) -> dict[str, Any]:
    entry = CODES[code]
    return {
        "id": code,
        "name": entry.name,
        "shortDescription": {"text": entry.summary},
        "fullDescription": {"text": entry.why},
        "help": {"text": entry.how},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
    }


def _result(examined: Examined, note: Note, rule: int) -> dict[str, Any]:
    return {
        "ruleId": note.code,
        "ruleIndex": rule,
        "level": _LEVELS[note.severity],
        "message": {"text": note.message},
        "locations": [_location(examined, note.anchor)],
        "relatedLocations": [
            {**_location(examined, related.anchor), "message": {"text": related.message}} for related in note.related
        ],
        "partialFingerprints": {"copydesk/v1": note.fingerprint},
    }


def _location(examined: Examined, anchor: Anchor) -> dict[str, Any]:
    text = examined.document.text
    start, end = (text.position(at, Encoding.UTF32) for at in (anchor.span.start, anchor.span.end))
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(examined.path.replace("\\", "/"))},
            "region": {
                "startLine": start.line + 1,
                "startColumn": start.character + 1,
                "endLine": end.line + 1,
                "endColumn": end.character + 1,
                "snippet": {"text": anchor.quote},
            },
        }
    }
