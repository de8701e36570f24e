"""Findings as one JSON object, version 1; see docs/protocol.md."""

from __future__ import annotations

import json as encoder
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from copydesk.core.text import Encoding, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.cli.results import Examined, Results
    from copydesk.core.evidence import ClaimReport, Evidence
    from copydesk.core.note import Anchor, Note
    from copydesk.core.text import Text


def json(results: Results, more: Mapping[str, object] | None = None) -> str:
    """Return the object, with `more` entries; ranges are LSP positions in UTF-16, spans are code points."""
    report = results.report
    engine = None
    if report.engine is not None and report.model is not None:
        engine = {"kind": report.engine.kind, "model": report.model.name, "digest": report.model.digest}
    whole = {
        "version": 1,
        "engine": engine,
        "documents": [
            {
                "path": examined.path,
                "notes": [_note(examined, note) for note in examined.notes],
                "hidden": examined.hidden,
            }
            for examined in results.documents
        ],
        **({"claims": [_claim(one) for one in results.claims]} if results.claims else {}),
        **(more or {}),
        "untrusted": list(report.untrusted),
        "problem": report.problem.sentence if report.problem is not None else None,
        "stats": asdict(report.stats),
    }
    # Escaped: a lone surrogate or a control character cannot break the reader's terminal or parser.
    return encoder.dumps(whole, indent=2)


def _note(examined: Examined, note: Note) -> dict[str, Any]:
    text = examined.document.text
    return {
        "id": note.id,
        "code": note.code,
        "severity": note.severity.name.lower(),
        "message": note.message,
        **_place(text, note.anchor),
        "related": [{**_place(text, related.anchor), "message": related.message} for related in note.related],
        "evidence": [evidence(one) for one in note.evidence],
        "rewrite": note.rewrite,
        "provenance": {
            "agent": note.provenance.agent,
            "model": note.provenance.model,
            "digest": note.provenance.digest,
            "prompt_version": note.provenance.prompt_version,
            "cached": note.provenance.cached,
            "confidence": note.provenance.confidence,
        },
    }


def _claim(one: ClaimReport) -> dict[str, Any]:
    return {
        "text": one.text,
        "asked": one.asked,
        "verdict": one.verdict,
        "status": one.status,
        "reason": one.reason,
        "parts": [asdict(part) for part in one.parts],
        "queries": list(one.queries),
        "evidence": [evidence(each) for each in one.evidence],
        "skipped": [asdict(each) for each in one.skipped],
        "searched": one.searched,
    }


def evidence(one: Evidence) -> dict[str, Any]:
    """Return a quote with its source; offsets are code points of the source's stored text."""
    return {
        "quote": one.quote,
        "source": asdict(one.source),
        "start": one.start,
        "end": one.end,
        "stance": one.stance,
        "part": one.part,
    }


def _place(text: Text, anchor: Anchor) -> dict[str, Any]:
    span = anchor.span
    return {
        "range": lsp_range(text, span),
        "span": {"start": span.start, "end": span.end},
        "quote": anchor.quote,
    }


def lsp_range(text: Text, span: Span) -> dict[str, dict[str, int]]:
    """Return a span as an LSP range in UTF-16 units."""
    ends = (("start", span.start), ("end", span.end))
    return {name: asdict(text.position(offset, Encoding.UTF16)) for name, offset in ends}
