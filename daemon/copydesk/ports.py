"""What the desk needs from outside: a model, a cache, places to look things up. Adapters implement these."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from copydesk.core.document import Format
    from copydesk.core.evidence import Skipped, Source


class Role(StrEnum):
    """What a model is asked to do; each role can have a model of its own. Named as in the settings."""

    CRITIC = "critic"
    REWRITER = "rewriter"
    PLANNER = "planner"
    VERIFIER = "verifier"
    RESEARCHER = "researcher"
    WRITER = "writer"
    EDITOR = "editor"


class Locality(StrEnum):
    """Where a model runs: on this machine, or somewhere the text must be sent to."""

    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt for one model; `model` is a name the engine knows."""

    model: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to decode: `max_tokens` is always sent, the seed is fixed so that a run can be repeated."""

    max_tokens: int
    temperature: float = 0.0
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; `cached_prompt_tokens` is None where the engine does not tell."""

    prompt_tokens: int = 0
    cached_prompt_tokens: int | None = None
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of streamed answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a complete answer. A stream that ends without one has failed."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Scores:
    """Natural-log probabilities of each option as the first token of the answer, normalised over the options."""

    logprobs: Mapping[str, float]
    usage: Usage


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of one model; unknown facts are None. `context` in tokens, `size` in bytes."""

    name: str
    digest: str
    locality: Locality = Locality.LOCAL
    context: int | None = None
    licence: str | None = None
    size: int | None = None
    parameters: str | None = None


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What answers, where, and which models it has."""

    kind: Literal["ollama", "openai", "embedded"]
    host: str
    version: str
    locality: Locality
    models: tuple[ModelFacts, ...] = field(default=())


class Engine(Protocol):
    """A model server. Every failure is an `EngineError` with a remedy; cancelling a call closes its socket."""

    async def facts(self) -> EngineFacts:
        """Return what answers; raises `EngineUnreachable` where nothing does."""
        ...

    async def model_facts(self, model: str) -> ModelFacts:
        """Return facts of one model; raises `ModelMissing`, or `EngineRefused` for one that runs elsewhere."""
        ...

    def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished, None]:
        """Stream an answer, bounded by a JSON schema if one is given; the last item is `Finished`.

        Raises `AnswerCut` at the length limit, `PromptTooLong` before anything is cut, `EngineBroken` for a
        stream that ends early.
        """
        ...

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        """Return how likely each option is as the first token of the answer; options differ in that token."""
        ...

    async def close(self) -> None:
        """Release connections and processes."""
        ...


class Cache(Protocol):
    """Bytes by key, for a limited time; a failing cache forgets and never raises."""

    async def get(self, key: str) -> bytes | None:
        """Return the stored bytes, or None when unknown, expired or unreadable."""
        ...

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Store bytes for so many seconds."""
        ...

    async def close(self) -> None:
        """Release files."""
        ...


class Journal(Protocol):
    """What one run of a command has finished, so that running it again repeats nothing; it forgets and never raises.

    Nothing recorded is lost when the process is killed right after. Keys are hexadecimal digests; values may be as long
    as a page of a source.
    """

    async def recall(self, key: str) -> bytes | None:
        """Return what was recorded under a key, by this run or one before it; None if nothing was."""
        ...

    async def record(self, key: str, value: bytes) -> None:
        """Keep a finished step; a key is recorded once."""
        ...

    async def keep(self, name: str, value: bytes) -> None:
        """Keep the latest value under a name, in place of the one before."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result, with title and address as the provider gave them."""

    provider: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one query, best first. `skipped` says what could not be searched; that is no failure.

    `searched` is when a provider was asked (ISO 8601, UTC, whole seconds), empty where it was just now.
    """

    hits: tuple[Hit, ...]
    skipped: tuple[Skipped, ...] = ()
    searched: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A source as it was read. `text` is what quotes are slices of; `format` says how to tell its sentences apart.

    `site` is what has one vote: a registrable domain, or a file. `hidden` tells that the page held text that its
    readers cannot see, which is not in `text`.
    """

    source: Source
    text: str
    format: Format
    site: str
    hidden: bool = False


class Search(Protocol):
    """A place to look things up. A failure is a `SearchUnavailable` or, for one page, a `PageUnusable`."""

    @property
    def name(self) -> str:
        """Return the provider's name in settings."""
        ...

    async def find(self, query: str, limit: int) -> Found:
        """Return at most `limit` results; raises `SearchUnavailable`, never an empty answer for a failed search."""
        ...

    async def read(self, hit: Hit) -> Page:
        """Return what a result of `find` points to; raises `PageUnusable`."""
        ...

    async def close(self) -> None:
        """Release connections, processes and files."""
        ...


async def nothing_to_release() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where claims are looked up, and how to let go of what these places share once they are closed.

    `where` says which folders and servers these are, one string each, so that what was found in one place is never
    taken for what another of the same name has.
    """

    searches: tuple[Search, ...] = ()
    release: Callable[[], Awaitable[None]] = nothing_to_release
    where: tuple[str, ...] = ()
