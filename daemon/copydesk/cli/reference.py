"""Pages and schemas made from the code: `docs/configuration.md`, and the settings an editor's manifest declares."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from copydesk.core.schema import Choice, ListOf, Switch, Whole, keys
from copydesk.settings import WORKSPACE_FILE, Settings

if TYPE_CHECKING:
    from copydesk.core.schema import Kind

_HEAD = f"""\
# Configuration

<!-- Made from the code by `make docs`; change the descriptions there. -->

Everything has a default; copydesk works without any settings. They come from these places, and later ones win:

1. the defaults below;
2. `{WORKSPACE_FILE}` at the root of the workspace, for the team, in version control. The root is the nearest folder
   above the document that holds `{WORKSPACE_FILE}`, `.git` or `.copydesk`;
3. your own file: `~/.config/copydesk/config.toml` on Linux, `~/Library/Application Support/copydesk/config.toml` on
   macOS, `%LOCALAPPDATA%\\copydesk\\config.toml` on Windows;
4. the section `copydesk` of your editor's settings, with the same tables and keys;
5. options on the command line.

A key marked **yours alone** is ignored in `{WORKSPACE_FILE}`: a repository you opened must not decide where your text
is sent or what is run. A key or value that cannot be used is reported by its path, and the value from the place before
stays in force.
"""

_TAIL = f"""\
## The brief of one document

The keys of `[brief]` can stand in a document's front matter, under `copydesk`; there they win over all settings.

```yaml
---
title: Moving to the new scheduler
copydesk:
  audience: engineers who run the old scheduler
  purpose: they can decide whether to move this quarter
  known_terms: [cron, DAG]
---
```

In YAML, write strings (plain, quoted, or `|` and `>` blocks) and lists of strings. TOML front matter has a table
`[copydesk]`.

## An example

```toml
# {WORKSPACE_FILE}
[critique]
disable = ["CD403"]

[brief]
audience = "administrators new to the product"
style = "second person, British spelling"
```
"""


def configuration_page() -> str:
    """Return the text of `docs/configuration.md`."""
    return "\n".join([_HEAD, *(_table(table.name) for table in fields(Settings)), _TAIL])


def settings_schema() -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each setting by its dotted name, as an editor's manifest declares them.

    Settings of which a workspace may set nothing, or not all, have `"scope": "machine"`: editors do not take these
    from a workspace, and the server cannot tell which of an editor's settings came from one.
    """
    return {
        f"copydesk.{table.name}.{name}": {
            **declared.kind.schema(),
            "default": list(default) if isinstance(default, tuple) else default,
            "markdownDescription": declared.description,
            "scope": "machine" if declared.user_only or declared.workspace_kind else "resource",
        }
        for table in fields(Settings)
        for name, declared, default in keys(getattr(Settings(), table.name))
    }


def _table(name: str) -> str:
    rows = [f"## [{name}]", "", "| Key | Default | Values | Meaning |", "| --- | --- | --- | --- |"]
    for one, declared, default in keys(getattr(Settings(), name)):
        meaning = declared.description + (" **Yours alone.**" if declared.user_only else "")
        rows.append(f"| `{one}` | `{_toml(default)}` | {_values(declared.kind)} | {meaning} |")
    return "\n".join([*rows, ""])


def _values(kind: Kind) -> str:
    if isinstance(kind, Switch):
        return "true or false"
    if isinstance(kind, Whole):
        return f"{kind.low} to {kind.high}"
    if isinstance(kind, Choice):
        return ", ".join(f"`{option}`" for option in kind.options)
    if isinstance(kind, ListOf):
        return f"list, each {kind.item.form}"
    return str(getattr(kind, "form", "a value"))


def _toml(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return "[" + ", ".join(map(_toml, default)) + "]"
    return f'"{default}"' if isinstance(default, str) else str(default)
