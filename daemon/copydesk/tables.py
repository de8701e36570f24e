"""The tables of the settings and their keys, with what each is for; `copydesk.settings` reads and merges them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from copydesk.core.brief import Brief
from copydesk.core.codes import CODES
from copydesk.core.schema import Choice, ListOf, Switch, Whole, Words, key
from copydesk.core.suppress import NO_CODE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def _unknown_codes(codes: Sequence[str]) -> Iterator[str]:
    for number, code in enumerate(codes, 1):
        if code not in CODES:
            yield f"entry {number} {NO_CODE}"


_ADDRESS = Words(pattern=r"\S*", form="an address")
_MODEL = Words(longest=200, pattern=r"\S*", form="a model's name")
_FOLDER = Words(pattern=r"\S(?:.*\S)?", form="a folder")
_FOLDER_INSIDE = Words(
    pattern=r"(?![/\\~]|[A-Za-z]:)(?!(?:.*[/\\])?\.\.(?:[/\\]|$))\S(?:.*\S)?", form="a folder inside the project"
)


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Which model server answers. `context` in tokens."""

    kind: Literal["auto", "ollama", "openai", "embedded"] = field(
        default="auto",
        metadata=key(
            Choice(("auto", "ollama", "openai", "embedded")),
            "Which engine answers. `auto` is Ollama if it answers, else the embedded engine if it is installed.",
            user_only=True,
        ),
    )
    host: str = field(default="http://127.0.0.1:11434", metadata=key(_ADDRESS, "Where Ollama answers.", user_only=True))
    base_url: str = field(
        default="",
        metadata=key(
            _ADDRESS, "Address of an OpenAI-compatible server, such as http://127.0.0.1:8080/v1.", user_only=True
        ),
    )
    api_key_env: str = field(
        default="",
        metadata=key(
            Words(longest=100, pattern=r"(?:[A-Za-z_][A-Za-z0-9_]*)?", form="the name of an environment variable"),
            "Name of the environment variable that holds the OpenAI-compatible server's key; never the key itself.",
            user_only=True,
        ),
    )
    model: str = field(
        default="",
        metadata=key(
            _MODEL,
            "The model to ask. Empty: the newest Llama 3 that the server has, else what it has. "
            "With Ollama, `llama3.1:8b` is a good choice.",
        ),
    )
    model_path: str = field(
        default="",
        metadata=key(
            Words(),
            "The embedded engine's model: path of a GGUF file, or `hf:` and a Hugging Face reference. "
            "Empty: the starter model.",
            user_only=True,
        ),
    )
    context: int = field(
        default=8192,
        metadata=key(Whole(512, 1 << 20), "How many tokens of context to ask the engine for.", user_only=True),
    )
    allow_remote: bool = field(
        default=False,
        metadata=key(
            Switch(), "Whether your text may be sent to another machine, cloud models included.", user_only=True
        ),
    )
    concurrency: int = field(
        default=1, metadata=key(Whole(1, 64), "How many requests the engine is sent at the same time.", user_only=True)
    )


@dataclass(frozen=True, slots=True)
class RolesSettings:
    """Models for single roles; empty means the engine's model."""

    critic: str = field(default="", metadata=key(_MODEL, "The model that critiques. Empty: the engine's model."))
    rewriter: str = field(default="", metadata=key(_MODEL, "The model that rewrites. Empty: the engine's model."))
    planner: str = field(
        default="", metadata=key(_MODEL, "The model that plans what to search for. Empty: the engine's model.")
    )
    verifier: str = field(
        default="",
        metadata=key(_MODEL, "The model that judges claims against passages. Empty: the engine's model."),
    )
    researcher: str = field(
        default="",
        metadata=key(_MODEL, "The model that picks quotations for a draft. Empty: the engine's model."),
    )
    writer: str = field(default="", metadata=key(_MODEL, "The model that writes drafts. Empty: the engine's model."))
    editor: str = field(
        default="",
        metadata=key(
            _MODEL,
            "The model that mends drafts. Empty: the engine's model. One model for all who draft is quickest, because "
            "it has read most of each prompt before.",
        ),
    )


@dataclass(frozen=True, slots=True)
class CritiqueSettings:
    """What is looked for, and how much of it is shown."""

    disable: tuple[str, ...] = field(
        default=(),
        metadata=key(
            ListOf(Words(pattern=r"CD[0-9]{3}", form="a code such as CD403")),
            "Codes that are never reported.",
            doubts=_unknown_codes,
        ),
    )
    max_per_1000_words: int = field(
        default=8, metadata=key(Whole(1, 1000), "How many notes are shown per 1,000 words, most severe first.")
    )
    model: bool = field(
        default=True, metadata=key(Switch(), "Whether the model is asked. Without it, instant checks alone report.")
    )
    unproven: bool = field(
        default=False,
        metadata=key(
            Switch(),
            "Whether to show, as hints, what a model says on questions that it could not answer in its self-test.",
        ),
    )
    code_lens: bool = field(
        default=True, metadata=key(Switch(), "Whether headings carry a line that starts a critique of their section.")
    )


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Where claims are looked up. Only the user may switch on what sends a query anywhere."""

    providers: tuple[str, ...] = field(
        default=("library",),
        metadata=key(
            ListOf(Words(longest=40), most=10),
            "Where to look, in this order: `library`, `kiwix`, `searxng`, `wikipedia`, `ddg`. All but the library "
            "send your queries to the address that they name.",
            user_only=True,
        ),
    )
    library: tuple[str, ...] = field(
        default=(),
        metadata=key(
            ListOf(_FOLDER, most=50),
            "Folders of Markdown, text, HTML and PDF to look things up in. Relative ones are below the project's "
            "folder, which a project's own file cannot leave.",
            workspace_kind=ListOf(_FOLDER_INSIDE, most=50),
        ),
    )
    kiwix: str = field(
        default="http://127.0.0.1:8080",
        metadata=key(_ADDRESS, "Where kiwix-serve answers with an offline Wikipedia.", user_only=True),
    )
    searxng: str = field(
        default="", metadata=key(_ADDRESS, "Address of a SearXNG server with its JSON format on.", user_only=True)
    )
    wikipedia: str = field(
        default="https://en.wikipedia.org",
        metadata=key(_ADDRESS, "The Wikipedia, or other MediaWiki, to ask.", user_only=True),
    )
    offline: bool = field(
        default=False,
        metadata=key(
            Switch(),
            "Open no connection but the engine's: only the library and what is kept on disk are searched.",
            user_only=True,
        ),
    )


@dataclass(frozen=True, slots=True)
class CitationSettings:
    """How citations are written."""

    style: Literal["footnote", "link"] = field(
        default="footnote",
        metadata=key(
            Choice(("footnote", "link")), "A footnote with the quote and its source, or a link in the sentence."
        ),
    )


@dataclass(frozen=True, slots=True)
class DraftSettings:
    """How much the draft of a section may cost, and how long it is."""

    rounds: int = field(
        default=5, metadata=key(Whole(1, 5), "How many rounds a draft may have, the first writing of it included.")
    )
    tokens: int = field(
        default=400_000,
        metadata=key(
            Whole(1000, 10**8),
            "How many tokens a draft may take in one run, prompts and answers, as the engine counts them.",
        ),
    )
    seconds: int = field(default=1800, metadata=key(Whole(10, 10**6), "How many seconds a draft may take in one run."))
    words: int = field(
        default=0,
        metadata=key(
            Whole(0, 1200), "How many words a section has where its brief does not say. 0: as is usual for its level."
        ),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, one table each."""

    engine: EngineSettings = field(default_factory=EngineSettings)
    roles: RolesSettings = field(default_factory=RolesSettings)
    critique: CritiqueSettings = field(default_factory=CritiqueSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    citations: CitationSettings = field(default_factory=CitationSettings)
    draft: DraftSettings = field(default_factory=DraftSettings)
    brief: Brief = field(default_factory=Brief)
