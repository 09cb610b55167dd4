"""Light and dark; the picture in the README; a thousand nodes within the time that a reader waits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from browser.graph_page import SIZE, GraphPage, watched
from browser.shop import post, warehouse_events
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "graph.png"
SPEND = "dataset:postgres://shop-db:5432:shop.public.customer_spend"
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


def test_the_picture_of_the_readme(browser: Browser, shop):
    with browser.new_context(viewport=SIZE, color_scheme="light") as context:
        graph = GraphPage(watched(context.new_page()), shop.url)
        graph.open(SPEND, up=2, down=1, unfold="all", node=SPEND, field="total_amount")
        expect(graph.details()).to_contain_text("total_amount")
        graph.page.wait_for_timeout(800)
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        graph.page.screenshot(path=PICTURE)
    assert PICTURE.stat().st_size > 50_000


def test_a_thousand_nodes(page: Page, own_server, record_property):
    post(own_server, warehouse_events(500))
    page.add_init_script(
        "new MutationObserver(() => { if (!window.drawnAt && document.querySelector('[data-card]'))"
        " requestAnimationFrame(() => requestAnimationFrame(() => { window.drawnAt ??= performance.now() })) })"
        ".observe(document, { childList: true, subtree: true })"
    )
    page.goto(f"{own_server.url}/?entity=dataset:warehouse:wide.layer0.t0&direction=both&up=20&down=20")
    page.wait_for_function("window.drawnAt > 0", timeout=30_000)
    drawn_ms = page.evaluate("window.drawnAt")
    nodes = page.locator("[data-card]").count()
    record_property("first_paint", json.dumps({"nodes": nodes, "ms": round(drawn_ms)}))
    print(f"first paint of {nodes} nodes: {drawn_ms:.0f} ms")
    assert nodes > 500
    assert drawn_ms < FIRST_PAINT_LIMIT_MS
