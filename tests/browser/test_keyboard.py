"""Everything with the keyboard alone."""

from __future__ import annotations

import pytest
from browser.graph_page import HEADER, GraphPage
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SPEND = "dataset:postgres://shop-db:5432:shop.public.customer_spend"
AGGREGATE = "job:shop:aggregate_customer_spend"
ORDERS = "dataset:postgres://shop-db:5432:shop.public.orders"


def test_arrows_walk_along_the_lines(graph: GraphPage):
    graph.open(SPEND)
    page = graph.page
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.card"):
            break
    expect(graph.card(SPEND)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(graph.card(AGGREGATE)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(graph.card(ORDERS)).to_be_focused()
    page.keyboard.press("ArrowUp")
    focused = page.evaluate("document.activeElement.dataset.card")
    assert focused != ORDERS
    assert focused.startswith("dataset:")


def test_enter_space_plus_and_escape(graph: GraphPage):
    graph.open(SPEND)
    page = graph.page
    graph.card(ORDERS).focus()
    page.keyboard.press("Enter")
    expect(graph.details().get_by_role("heading", name="shop.public.orders")).to_be_visible()
    graph.card(ORDERS).focus()
    page.keyboard.press(" ")
    expect(graph.card(ORDERS)).not_to_have_css("height", f"{HEADER}px")
    page.keyboard.press("+")
    expect(graph.card("job:shop:daily_revenue")).to_be_attached()
    graph.card(ORDERS).focus()
    page.keyboard.press("Escape")
    expect(graph.details()).not_to_be_visible()


def test_the_list_of_keys(graph: GraphPage):
    graph.open(SPEND)
    graph.page.keyboard.press("?")
    expect(graph.page.get_by_role("dialog")).to_contain_text("along the lines")
    graph.page.keyboard.press("Escape")
    expect(graph.page.get_by_role("dialog")).not_to_be_visible()
