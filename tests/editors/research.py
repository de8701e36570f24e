"""What both editors' tests of research share: the document's claims, and what the scripted model holds of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editors.conftest import Place
    from editors.scripted_model import ScriptedModel

BUILT = "The mill at Ravensby was built in 1790."
TOWER = "Its tower is 61 metres high, and sailors\nsteer by it."
MENDED = "Its tower is 17 metres high, and sailors steer by it."
SAILS = "In 1931 a storm took one of the five sails."
SOLD = "The mill was sold to Anna Holt in 1902."
SURVEY = "Survey of old mills"
LABEL = "[^survey-of-old-mills]"

_DEFINITION = re.escape(f"\n{LABEL}: “{BUILT}” [{SURVEY}](sources/survey.md), retrieved ") + r"\d{4}-\d\d-\d\d\.\n"


def taught(model: ScriptedModel) -> None:
    """Let the model find one claim true, one false and one disputed, and mend the false one."""
    model.believe("built in 1790", "was built in 1790", "supports")
    model.believe("61 metres", "17 metres", "refutes")
    model.believe("five sails", "five sails", "supports")
    model.believe("in 1902", "in 1911", "refutes")
    model.believe("in 1902", "in 1902", "supports")
    model.rewrites["61 metres"] = MENDED


def is_cited(text: str, original: str) -> bool:
    """Tell whether a text is the original with a mark after its first claim, and the footnote at its end."""
    marked = original.replace(BUILT, f"{BUILT}{LABEL}")
    return text.startswith(marked) and re.fullmatch(_DEFINITION, text[len(marked) :]) is not None


def poisoned(place: Place, address: str) -> str:
    """Add a claim to the document, and a source for it that would run, load and hide things; return the claim."""
    claim = "The well at Holm is 40 metres deep."
    marks = (
        f"![p]({address}/picture) [more](command:workbench.action.reloadWindow) <img src='{address}/html'> "
        f"![r][1] \x1b[31mred \x1b]0;stolen\x07 \u202egnp.live\u202c"
    )
    source = f'---\ntitle: "{marks}"\n---\n\nThe well at Holm is 40 metres deep {marks}.\n\n[1]: {address}/reference\n'
    (place.project / "sources" / "well.md").write_text(source, "utf-8")
    with place.post.open("a", encoding="utf-8") as post:
        post.write(f"\n## The well\n\n{claim}\n")
    return claim
