"""The only place where adapters are built: from settings to a desk, and to what the language server needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from copydesk.adapters.disk import DiskCache, default_directory
from copydesk.adapters.prompt_files import load_excerpts, load_labelled, load_prompts
from copydesk.desk import Desk, Staff
from copydesk.drafting.limits import Limits
from copydesk.ports import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.engines.choose import EngineChoice
    from copydesk.adapters.provenance import ProvenanceStore
    from copydesk.adapters.sources import SourceStore
    from copydesk.ports import Cache, Places
    from copydesk.settings import Settings


class NoCache:
    """A cache for a system that has no place for one: it forgets at once."""

    async def get(self, key: str) -> bytes | None:
        """Return None."""
        return None

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Forget."""

    async def close(self) -> None:
        """Do nothing."""


def engine_choice(settings: Settings, egress: Egress | None = None) -> EngineChoice:
    """Return what the settings say of engines; a key is read from the environment variable that they name."""
    from copydesk.adapters.engines.choose import EngineChoice

    engine = settings.engine
    return EngineChoice(
        kind=engine.kind,
        host=engine.base_url if engine.kind == "openai" else engine.host,
        model=engine.model,
        embedded_model=engine.model_path,
        context=engine.context,
        allow_remote=engine.allow_remote,
        api_key=os.environ.get(engine.api_key_env) if engine.api_key_env else None,
        concurrency=engine.concurrency,
        egress=egress,
    )


async def hire(settings: Settings, egress: Egress | None = None) -> Staff:
    """Return the engine and models that the settings lead to; raises `EngineError` with the next step."""
    from copydesk.adapters.engines.choose import choose

    chosen = await choose(engine_choice(settings, egress))
    try:
        facts = await chosen.engine.facts()
        names = {role: str(getattr(settings.roles, role)) or chosen.model for role in Role}
        known = {name: await chosen.engine.model_facts(name) for name in dict.fromkeys(names.values())}
    except BaseException:
        await chosen.engine.close()
        raise
    models = {role: known[name] for role, name in names.items()}
    return Staff(chosen.engine, facts, models, chosen.reason, chosen.concurrency)


def open_cache() -> Cache:
    """Return the user's cache."""
    directory = default_directory()
    return DiskCache(directory) if directory is not None else NoCache()


def source_store(warn: Callable[[str], None] | None = None) -> SourceStore | None:
    """Return the user's store of cited sources, None on a system that has no place for one."""
    from copydesk.adapters.sources import SourceStore, default_sources_directory

    directory = default_sources_directory()
    if directory is None:
        return None
    return SourceStore(directory) if warn is None else SourceStore(directory, warn)


def provenance_store(warn: Callable[[str], None] | None = None) -> ProvenanceStore | None:
    """Return the user's record of drafted sentences, None on a system that has no place for one."""
    from copydesk.adapters.provenance import ProvenanceStore, default_provenance_directory

    directory = default_provenance_directory()
    if directory is None:
        return None
    return ProvenanceStore(directory) if warn is None else ProvenanceStore(directory, warn)


def desk_for(settings: Settings, root: Path | None, egress: Egress | None = None) -> Desk:
    """Return a desk that works as the settings say; nothing is started before its first use.

    `root` is the folder of the project that it works for.
    """

    async def hired() -> Staff:
        return await hire(settings, egress)

    cache = open_cache()

    def search() -> Places:
        from copydesk.cli.searching import places

        return places(settings.search, root, cache, egress)

    return Desk(
        hired,
        cache,
        load_prompts(),
        load_labelled(),
        excerpts=load_excerpts(),
        search=search,
        unproven=settings.critique.unproven,
        limits=Limits(settings.draft.rounds, settings.draft.tokens, settings.draft.seconds, settings.draft.words),
    )
