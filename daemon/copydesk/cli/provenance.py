"""`copydesk provenance`: what part of a document was drafted, by which model, and a line that says so to readers."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.cli.documents import read_document
from copydesk.cli.formats.json import lsp_range
from copydesk.cli.speaking import speaker
from copydesk.cli.wiring import provenance_store
from copydesk.core.provenance import disclosure, percentage, share, standing
from copydesk.core.running import running
from copydesk.core.visible import shortened, visible
from copydesk.errors import StoreError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from copydesk.adapters.provenance import ProvenanceStore
    from copydesk.core.document import Document
    from copydesk.core.provenance import DraftProvenance, Share

CLEAR = "clear"
"""The word that is no document; one of this name is `./clear`."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "provenance",
        help="say what part of a document was drafted, and by which model",
        description="Say what part of a document's running text (paragraphs and list items) stands as a model drafted "
        "it. Known are drafts that were accepted with copydesk on this machine; a sentence of which a word was changed "
        "counts as yours, and is counted apart.",
    )
    parser.add_argument("path", metavar="PATH", help=f"a document; or the word {CLEAR}, to remove what is recorded")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed (default: text)")
    parser.add_argument(
        "--disclosure",
        action="store_true",
        help="only a sentence for readers, in Markdown; nothing if nothing is known",
    )
    parser.add_argument("--yes", action="store_true", help=f"with {CLEAR}: really remove the records of all documents")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 if it is done, 2 if not."""
    say = speaker()
    store = provenance_store(say)
    if args.path == CLEAR:
        return _cleared(store, say, sure=args.yes)
    path = Path(args.path)
    document = read_document(path)
    made = store.load(path, (), document) if store is not None else ()
    found = share(document, made)
    if args.disclosure:
        words = disclosure(found)
        print(words, end="\n" if words else "")
        return 0
    print(_as_json(args.path, document, made, found) if args.format == "json" else "\n".join(_as_text(path, found)))
    return 0


def _cleared(store: ProvenanceStore | None, say: Callable[[str], None], *, sure: bool) -> int:
    if store is None:
        raise StoreError("This system has no place for such records.", "Set HOME to a folder of yours.")
    known = store.documents()
    if known and not sure:
        say(f"The records of {_documents(known)} would be removed. Confirm with --yes.")
        return 2
    print(f"The records of {_documents(store.clear())} removed")
    return 0


def _as_text(path: Path, found: Share) -> Iterator[str]:
    name = visible(str(path))
    if not found.drafters:
        yield f"{name}: nothing of it is known to have been drafted."
        return
    yield f"{name}: {percentage(found.percent)} of its {found.words} words stand as they were drafted"
    for one in found.models:
        sentences = f"{one.sentences} sentence{'' if one.sentences == 1 else 's'}"
        yield f"    {shortened(one.model, 100)} ({one.digest[:12]}): {one.words} words in {sentences}"
    if found.changed:
        many = "1 drafted sentence was" if found.changed == 1 else f"{found.changed} drafted sentences were"
        yield f"    {many} changed or removed since"
    yield f"disclosure: {visible(disclosure(found))}"


def _as_json(path: str, document: Document, made: Sequence[DraftProvenance], found: Share) -> str:
    text = document.text
    sentences = [
        {
            "words": one.made.words,
            "verbatim": one.verbatim,
            "range": None if one.span is None else lsp_range(text, one.span),
            "span": None if one.span is None else asdict(one.span),
            "provenance": asdict(one.made.origin),
            "sources": [asdict(source) for source in one.made.sources],
            "notes": list(one.made.notes),
            "accepted": one.made.accepted,
        }
        for one in standing(running(document), made)
    ]
    whole = {
        "version": 1,
        "path": path,
        "words": found.words,
        "drafted": found.drafted,
        "percent": round(found.percent, 1),
        "models": [asdict(one) for one in found.models],
        "changed": found.changed,
        "disclosure": disclosure(found),
        "sentences": sentences,
    }
    return json.dumps(whole, indent=2)


def _documents(count: int) -> str:
    return f"{count} document" if count == 1 else f"{count} documents"
