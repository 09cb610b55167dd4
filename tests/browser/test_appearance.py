"""Light and dark; the picture in the README; a thousand nodes within the time that a reader waits."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.graph_page import SIZE, GraphPage, watched
from browser.shop import post, warehouse_events
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SPEND = "dataset:postgres://shop-db:5432:shop.public.customer_spend"
CUSTOMERS = "dataset:postgres://shop-db:5432:shop.public.customers"
PAPER = "getComputedStyle(document.body).backgroundColor"
FIRST_PAINT_LIMIT_MS = 4_000
"""The goal is 2 s; a shared machine with software rendering is given twice that before the test fails."""


def test_the_system_decides_the_colours_until_the_reader_does(browser: Browser, shop):
    with browser.new_context(viewport=SIZE, color_scheme="dark") as context:
        graph = GraphPage(watched(context.new_page()), shop.url)
        graph.open(SPEND)
        dark = graph.page.evaluate(PAPER)
        graph.page.get_by_role("button", name="Light colours").click()
        expect(graph.page.get_by_role("button", name="Dark colours")).to_be_visible()
        assert graph.page.evaluate(PAPER) != dark
        graph.page.reload()
        expect(graph.page.get_by_role("button", name="Dark colours")).to_be_visible()


def test_the_pictures_of_the_readme(browser: Browser, shop):
    with browser.new_context(viewport=SIZE, color_scheme="light") as context:
        graph = GraphPage(watched(context.new_page()), shop.url)
        graph.open(SPEND, up=2, down=1, unfold="all")
        graph.picture(PICTURES / "graph.png")
        whole = {"up": 1, "down": 1, "unfold": "all", "expand": "up job:shop:aggregate_customer_spend"}
        graph.open(CUSTOMERS, node=CUSTOMERS, field="email", **whole)
        expect(graph.details()).to_contain_text("birth_date")
        graph.picture(PICTURES / "column.png")
    assert (PICTURES / "graph.png").stat().st_size > 50_000
    assert (PICTURES / "column.png").stat().st_size > 50_000


def test_a_thousand_nodes(page: Page, own_server, record_property):
    post(own_server, warehouse_events(500))
    page.goto(f"{own_server.url}/?entity=dataset:warehouse:wide.layer0.t0&direction=both&up=20&down=20")
    page.wait_for_function("performance.getEntriesByName('whence:lines').length > 0", timeout=30_000)
    cards_ms, lines_ms = page.evaluate(
        "['cards', 'lines'].map(name => performance.getEntriesByName('whence:' + name)[0].startTime)"
    )
    expect(page.locator("[data-card]").first).to_be_attached()
    nodes = page.locator("[data-card]").count()
    print(f"{nodes} nodes: cards drawn after {cards_ms:.0f} ms, lines after {lines_ms:.0f} ms")
    record_property("first_paint_ms", round(cards_ms))
    assert nodes > 500
    assert cards_ms < FIRST_PAINT_LIMIT_MS
