"""The documentation pages of the codes, made from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.core.codes import Code

_SEVERITIES = {1: "error", 2: "warning", 3: "information", 4: "hint"}
_ORIGIN = "<!-- Made from daemon/copydesk/core/codes/; change it there. -->"


def code_pages() -> Mapping[str, str]:
    """Return the Markdown of every page in docs/codes by its file name."""
    return {"README.md": _index(), **{f"{code.code}.md": _page(code) for code in CODES.values()}}


def _page(code: Code) -> str:
    return f"""{_ORIGIN}

# {code.code} {code.name}

{code.summary}

| | |
| --- | --- |
| Severity | {_SEVERITIES[code.severity]} |
| Decided by | {code.decided_by} |
| Decided from | {code.decided_from} |

## Why it matters

{code.why}

## How to mend it

{code.how}
{_example(code)}
## Switching it off

`<!-- copydesk-disable {code.code} -->` in the text, or a dismissal of the note in the editor.
"""


def _example(code: Code) -> str:
    if not code.example_bad:
        return ""
    return f"\n## Example\n\nInstead of\n\n{_shown(code.example_bad)}\n\nwrite\n\n{_shown(code.example_good)}\n"


def _shown(example: str) -> str:
    """Return an example as a quotation, or as code where its own markup would be taken for the page's."""
    return f"```markdown\n{example}\n```" if "[^" in example else f"> {example}"


def _index() -> str:
    rows = "\n".join(
        f"| [{code.code}]({code.code}.md) | {code.name} | {_SEVERITIES[code.severity]} | {code.summary} |"
        for code in CODES.values()
    )
    return f"""{_ORIGIN}

# Codes

A code never changes its meaning, and its number is never given to another.

What rules decide is there at once and needs no model. The rules know English only and are of little use in other
languages. A model answers in whatever languages it was trained on.

| Code | Name | Severity | What it says |
| --- | --- | --- | --- |
{rows}
"""
