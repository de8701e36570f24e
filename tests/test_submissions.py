"""What is sent to registries of others has their form, and says what is so.

The forms are those of `schemas/package.schema.json` in mason-org/registry-schema and of `lsp/*.lua` in
neovim/nvim-lspconfig.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import copydesk

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = ROOT / "docs" / "submissions"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PLUGIN = ROOT / "editor-clients" / "neovim" / "lsp" / "copydesk.lua"

REQUIRED = {"name", "description", "homepage", "licenses", "languages", "categories", "source"}
ALLOWED = REQUIRED | {"deprecation", "schemas", "bin", "share", "opt", "neovim", "ci_skip"}
CATEGORIES = {"Compiler", "DAP", "Formatter", "LSP", "Linter", "Runtime"}


def yaml(text: str) -> dict[str, str | list[str] | dict[str, str]]:
    """Read the plain YAML of such a file: words, and lists and maps of words one level down; refuses all else."""
    found: dict[str, str | list[str] | dict[str, str]] = {}
    first, *blocks = re.split(r"\n+(?=\S)", text.rstrip())
    assert first == "---" and max(map(len, text.splitlines())) <= 120
    for block in blocks:
        head, *lines = block.splitlines()
        name, _, words = head.partition(":")
        assert name not in found and bool(words) != bool(lines), block
        items = [re.fullmatch(r"  - (\S.*)", line) for line in lines]
        pairs = [re.fullmatch(r"  ([\w-]+): (\S.*)", line) for line in lines]
        assert all(items) or all(pairs), block
        named = {pair[1]: pair[2] for pair in pairs if pair}
        found[name] = words.strip() or named or [item[1] for item in items if item]
    return found


def test_the_mason_package_has_the_registry_s_form() -> None:
    package = yaml((SUBMISSIONS / "mason" / "package.yaml").read_text("utf-8"))
    assert set(package) >= REQUIRED and set(package) <= ALLOWED
    assert re.match(r"https?://", str(package["homepage"]))
    assert package["licenses"] == [PROJECT["license"]]
    assert isinstance(package["languages"], list) and set(package["categories"]) <= CATEGORIES
    source = package["source"]
    assert isinstance(source, dict) and set(source) == {"id"}
    parts = re.fullmatch(r"pkg:pypi/([^@]+)@([^?]+)\?extra=(.+)", source["id"])
    assert parts is not None
    assert (parts[1], parts[2]) == (PROJECT["name"], copydesk.__version__)
    assert set(parts[3].split(",")) <= set(PROJECT["optional-dependencies"])
    assert package["name"] == PROJECT["name"]
    assert package["bin"] == {name: f"pypi:{name}" for name in PROJECT["scripts"]}
    assert package["neovim"] == {"lspconfig": (SUBMISSIONS / "lspconfig" / "copydesk.lua").stem}


def test_the_lspconfig_file_has_the_collection_s_form_and_serves_what_the_plugin_serves() -> None:
    text = (SUBMISSIONS / "lspconfig" / "copydesk.lua").read_text("utf-8")
    head, _, body = text.partition("\n---@type vim.lsp.Config\n")
    assert all(line.startswith("---") or not line for line in head.splitlines()) and head.startswith("---@brief\n---\n")
    returned = re.fullmatch(r"return \{\n((?:  \w+ = \{ .+ \},\n)+)\}\n", body)
    assert returned is not None
    fields = dict(re.findall(r"  (\w+) = \{ (.+) \},\n", returned[1]))
    assert fields["cmd"] == "'copydesk', 'serve'"
    assert set(fields) == {"cmd", "filetypes", "root_markers"}
    plugin = PLUGIN.read_text("utf-8")
    for field in ("filetypes", "root_markers"):
        same = re.search(rf"  {field} = \{{ (.+) \}},\n", plugin)
        assert same is not None and same[1].replace('"', "'") == fields[field]
