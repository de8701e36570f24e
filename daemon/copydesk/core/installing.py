"""What a text tells its readers to install: packages by the commands of package managers, and in words.

A model that names a package may have made it up, and whoever registers that name first is run by readers. (Of 576,000
pieces of code by 16 models a fifth of the packages named did not exist: Spracklen et al., "We Have a Package for You!",
USENIX Security 2025.)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.similarity import FUNCTION_WORDS
from copydesk.core.vocabulary import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

_MANAGERS = (
    r"(?:python[\d.]*|py)\s+-m\s+pip\s+(?:install|download|wheel)",
    r"(?:uv\s+)?pip[\d.]*\s+(?:install|download|wheel)",
    r"pipx\s+(?:install|run|inject)",
    r"uv\s+(?:add|tool\s+(?:install|run))",
    r"(?:poetry|pdm|hatch|rye)\s+add",
    r"(?:conda|mamba|micromamba)\s+install",
    r"npm\s+(?:i|in|install|add|exec|create|init)",
    r"(?:pnpm|yarn|bun)\s+(?:global\s+)?(?:add|dlx|create|install|i)",
    r"(?:npx|bunx|uvx|pnpx)",
    r"deno\s+(?:add|install|run)",
    r"cargo\s+(?:add|install|binstall)",
    r"gem\s+install",
    r"bundle\s+add",
    r"composer\s+(?:global\s+)?require",
    r"(?:brew|port)\s+(?:install|reinstall|tap)",
    r"(?:apt|apt-get|aptitude|dnf|yum|zypper|snap|flatpak|winget|choco|scoop|nala|opam|luarocks|cabal|vcpkg|conan|helm)\s+install",
    r"apk\s+add",
    r"(?:pacman|yay|paru)\s+-S\w*",
    r"nix-env\s+-i\w*",
    r"nix\s+(?:run|shell|profile\s+install)",
    r"dotnet\s+(?:add\s+package|tool\s+install)",
    r"docker\s+(?:pull|run)",
    r"(?:install-package|install-module|install-script)",
    r"code\s+--install-extension",
    r"(?:curl|wget)",
)
_PLACES = (r"go\s+(?:get|install|run)", r"git\s+clone")
"""Commands that are words too: what follows must look like a place."""
_OPTION = r"\s+-{1,2}[A-Za-z][\w-]*(?:=\S+)?"
_WITH_VALUE = r"\s+(?:-[rctpe]|--(?:channel|requirement|constraint|python|target|index-url|registry|prefix))\s+\S+"
_COMMAND = re.compile(
    rf"(?<![\w-])(?P<tool>{'|'.join(_MANAGERS)})(?P<rest>(?:{_WITH_VALUE}|{_OPTION}|\s+[\w@.][^\s`;|&,]*)+)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    rf"(?<![\w-])(?P<tool>{'|'.join(_PLACES)})(?:{_OPTION})*\s+(?P<place>[\w@-]+[.:/]+\w[^\s`;|&,]*)", re.IGNORECASE
)
_SKIPPED = re.compile(rf"{_WITH_VALUE}|{_OPTION}")
_REGISTRIES = (
    r"pip|pypi|npm|yarn|cargo|crates\.io|conda|conda-forge|homebrew|brew|apt|gem|rubygems|composer|nuget|snap|winget"
)
_INSTALL = r"\binstall(?:s|ed|ing)?\s+"
_TOLD = re.compile(
    rf"{_INSTALL}(?P<what>(?:[^\s.;:]+\s+){{0,6}}?[^\s.;:]+)\s+(?:with|from|via|using|through|by|on)\s+"
    rf"(?P<tool>{_REGISTRIES})\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\binstall(?:ing)?\s+(?:(?:(?:the|a|an|this)\s+)?(?:package|library|module|extension|plugin|crate|gem)\s+)?"
    r"(?P<what>[\w-]*(?:@\w|/\w|_\w|\w-\w)[\w@./-]*)",
    re.IGNORECASE,
)
_FAMILIES = {
    "python": word_set("python py pip pypi pipx uv uvx poetry pdm hatch rye"),
    "conda": word_set("conda mamba micromamba conda-forge"),
    "javascript": word_set("npm npx pnpm pnpx yarn bun bunx deno"),
    "rust": word_set("cargo crates.io"),
    "ruby": word_set("gem bundle rubygems"),
    "brew": word_set("brew homebrew"),
    "debian": word_set("apt apt-get aptitude nala"),
    "net": word_set("dotnet nuget"),
}
_NO_NAMES = FUNCTION_WORDS | word_set(
    """
    package packages library libraries module modules extension extensions plugin plugins crate gem tool tools program
    app add-on software dependency dependencies requirement requirements version release latest newest current stable
    missing required new old first then again everything it them following necessary whole rest
    """
)
_ENDS = ".,;:!?)]}\"'”’`*_"
_VERSION = re.compile(r"(?<=.)(?:[=<>~!\[]|@).*")


def brought_in(known: str, text: str) -> str | None:
    """Return what a text tells its readers to install and `known` does not, as the text spells it; None if nothing.

    `known` has to name the package for the same kind of package manager, whatever the version. In doubt a word after
    a command is a package: commands belong between backticks, where they end.
    """
    told = list(_told(text))
    if not told:
        return None
    allowed = {(family, _base(name)) for family, name in _told(known)}
    words = {_base(word.strip(_ENDS)) for word in known.split()}
    for family, name in told:
        pairs = {(family, _base(name)), ("", _base(name))}
        if not (allowed & pairs or (not family and _base(name) in words)):
            return name
    return None


def _told(text: str) -> Iterator[tuple[str, str]]:
    """Yield package managers, by family, and the names of what is to be installed; no family where none is named."""
    for match in _COMMAND.finditer(text):
        family = _family(match["tool"])
        for word in _SKIPPED.sub(" ", match["rest"]).split():
            name = word.strip(_ENDS) if word.startswith("@") else word.strip(_ENDS + "@")
            if name.casefold() in _NO_NAMES:
                break
            if name:
                yield family, name
            if word[-1] in _ENDS:
                break
    for match in _PLACE.finditer(text):
        yield _family(match["tool"]), match["place"].strip(_ENDS)
    for match in _TOLD.finditer(text):
        names = (word.strip(_ENDS) for word in match["what"].split())
        yield from ((_family(match["tool"]), name) for name in names if name and name.casefold() not in _NO_NAMES)
    for match in _NAMED.finditer(text):
        yield "", match["what"].strip(_ENDS)


def _family(tool: str) -> str:
    first = tool.split()[0].casefold().rstrip("0123456789.")
    return next((family for family, tools in _FAMILIES.items() if first in tools), first)


def _base(name: str) -> str:
    return _VERSION.sub("", name).casefold()
