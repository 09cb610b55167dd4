"""A browser on the real server: Debian's Chromium, the built UI, a shop's events posted over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser.graph_page import SIZE, GraphPage, watched
from browser.shop import post, shop_events
from playwright.sync_api import Browser, Page, sync_playwright
from servers import WhenceServer

import whence_server

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = Path("/usr/bin/chromium")
UI = Path(whence_server.__file__).parent / "ui" / "index.html"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a browser, one a session."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not on this machine (apt-get install chromium)")
    if not UI.exists():
        pytest.skip(f"{UI} is not there (make web)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shop(whence_server: WhenceServer) -> WhenceServer:
    """Give a server that knows the shop."""
    post(whence_server, shop_events())
    return whence_server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[WhenceServer]:
    """Give a server of the test's own, to fill or to kill."""
    with WhenceServer(tmp_path) as server:
        yield server


empty_server = own_server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a fresh page in light colours; an uncaught error in it fails the test."""
    with browser.new_context(
        viewport=SIZE, color_scheme="light", permissions=["clipboard-read", "clipboard-write"]
    ) as context:
        page = watched(context.new_page())
        yield page
        assert page.faults == []  # type: ignore[attr-defined]


@pytest.fixture
def graph(page: Page, shop: WhenceServer) -> GraphPage:
    """Give the page object of the graph, on the shop's server."""
    return GraphPage(page, shop.url)
