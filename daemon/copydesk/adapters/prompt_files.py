"""Prompt templates and labelled cases from the package's own files."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from copydesk.core.claims.stance import LabelledExcerpt
from copydesk.core.prompts import Prompts
from copydesk.core.questions.labelled import Labelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def load_prompts() -> Prompts:
    """Read every template that ships with copydesk."""
    folder = files("copydesk.core") / "prompts"
    return Prompts(
        {
            entry.name.removesuffix(".md"): entry.read_text(encoding="utf-8")
            for entry in folder.iterdir()
            if entry.name.endswith(".md")
        }
    )


def load_labelled() -> Mapping[str, Labelled]:
    """Read the labelled cases that ship with copydesk, by kind of question."""
    source = (files("copydesk.core") / "questions" / "labelled.json").read_text(encoding="utf-8")
    return {
        name: Labelled(*(tuple(tuple(case) for case in cases[sort]) for sort in ("flawed", "sound")))
        for name, cases in json.loads(source)["kinds"].items()
    }


def load_excerpts() -> Sequence[LabelledExcerpt]:
    """Read the labelled excerpts that ship with copydesk, on which verifiers are tried."""
    source = (files("copydesk.core") / "claims" / "labelled.json").read_text(encoding="utf-8")
    return tuple(
        LabelledExcerpt(**{**excerpt, "sentences": tuple(excerpt["sentences"])})
        for excerpt in json.loads(source)["excerpts"]
    )
