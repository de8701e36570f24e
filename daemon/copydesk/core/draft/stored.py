"""Drafts as bytes, for a journal, and back: JSON, of this version or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from copydesk.core.draft.draft import Draft, DraftedSentence, Round
from copydesk.core.draft.frame import Frame, Paragraph
from copydesk.core.draft.ratchet import Score, Stop
from copydesk.core.draft.statement import Origin
from copydesk.core.draft.task import Mode
from copydesk.core.evidence import Evidence, Skipped, Source, Stance
from copydesk.core.text import Span

VERSION = 1


def encoded(draft: Draft) -> bytes:
    """Return a draft as JSON; lone surrogates are kept as escapes."""
    return json.dumps({"version": VERSION, "draft": asdict(draft)}).encode("ascii")


def decoded(stored: bytes) -> Draft | None:
    """Return a draft that was encoded, None for anything else."""
    try:
        value = json.loads(stored)
        return _draft(value["draft"]) if value["version"] == VERSION else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _draft(value: dict[str, Any]) -> Draft:
    return Draft(
        heading=tuple(map(str, value["heading"])),
        place=Span(**value["place"]),
        original=str(value["original"]),
        markdown=str(value["markdown"]),
        mode=Mode(value["mode"]),
        status=Stop(value["status"]),
        score=Score(**value["score"]),
        sentences=tuple(_sentence(one) for one in value["sentences"]),
        sources=tuple(Source(**one) for one in value["sources"]),
        queries=tuple(map(str, value["queries"])),
        skipped=tuple(Skipped(**one) for one in value["skipped"]),
        replaced=tuple(map(str, value["replaced"])),
        faults=tuple(map(str, value["faults"])),
        log=tuple(_round(one) for one in value["log"]),
        reason=str(value["reason"]),
        frame=None if value["frame"] is None else _frame(value["frame"]),
        paragraphs=tuple(_paragraph(one) for one in value["paragraphs"]),
        definitions=_pairs(value["definitions"]),
    )


def _sentence(value: dict[str, Any]) -> DraftedSentence:
    evidence = tuple(_evidence(one) for one in value["evidence"])
    origin = Origin(**value["origin"])
    return DraftedSentence(str(value["text"]), Span(**value["span"]), origin, evidence, tuple(value["notes"]))


def _evidence(value: dict[str, Any]) -> Evidence:
    stance = None if value["stance"] is None else Stance(value["stance"])
    return Evidence(**{**value, "source": Source(**value["source"]), "stance": stance})


def _round(value: dict[str, Any]) -> Round:
    return Round(**{**value, "score": Score(**value["score"]), "remarks": tuple(value["remarks"])})


def _frame(value: dict[str, Any]) -> Frame:
    return Frame(**{**value, "jottings": _pairs(value["jottings"])})


def _paragraph(value: dict[str, Any]) -> Paragraph:
    places = tuple((str(id), Span(**span)) for id, span in value["places"])
    return Paragraph(str(value["point"]), str(value["markdown"]), places, tuple(value["notes"]), tuple(value["labels"]))


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(one), str(other)) for one, other in value)
