"""The part of `copydesk doctor` about search: which places are switched on, how each of them is, what to do next."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from copydesk.adapters.search.provider import Provider
from copydesk.core.visible import visible
from copydesk.errors import CopydeskError

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.ports import Places, Search


async def search_lines(build: Callable[[], Places]) -> list[str]:
    """Return lines for each place in the order of the settings; nothing is searched for.

    Raises `SettingsError` where the settings name none, or one that is not known.
    """
    places = build()
    try:
        reports = await asyncio.gather(*(_report(search) for search in places.searches))
    finally:
        for search in places.searches:
            await search.close()
        await places.release()
    return [visible(line) for report in reports for line in report]


async def _report(search: Search) -> list[str]:
    try:
        state = await search.state() if isinstance(search, Provider) else "switched on"
        return [f"{search.name}: {state}"]
    except CopydeskError as error:
        return [f"{search.name}: {error}", *([f"  Next: {error.remedy}"] if error.remedy else [])]
    except Exception as error:  # one that fails unheard of must not hide the others
        return [f"{search.name}: could not be examined ({type(error).__name__}). Please report it."]
