"""A browser that asks only this machine for anything."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Error, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-domain-reliability",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
)
HERE = ("127.0.0.1", "localhost", None)


@contextmanager
def page(chromium: str, size: tuple[int, int], scale: float = 1.0) -> Iterator[Page]:
    """Open a page in a fresh profile; pictures of it have `scale` times as many pixels as `size` says."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, headless=True, chromium_sandbox=False, args=list(ARGUMENTS)
        )
        try:
            context = browser.new_context(viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale)
            context.route(lambda url: urlsplit(url).hostname not in HERE, lambda route: route.abort())
            opened = context.new_page()
            try:
                yield opened
            finally:
                # Leaving the page lets the window say goodbye; the servers of one that just vanishes live on for hours.
                with suppress(Error):
                    opened.goto("about:blank", timeout=5000)
        finally:
            browser.close()
