"""What the reader sees is in the URL: a reload and a colleague see the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser.graph_page import GraphPage

pytestmark = pytest.mark.browser

SPEND = "dataset:postgres://shop-db:5432:shop.public.customer_spend"
ORDERS = "dataset:postgres://shop-db:5432:shop.public.orders"
REVENUE = "dataset:postgres://shop-db:5432:shop.finance.daily_revenue"


def test_everything_survives_a_reload(graph: GraphPage):
    graph.open(SPEND)
    graph.click_pill(ORDERS, "down")
    expect(graph.card(REVENUE)).to_be_attached()
    graph.click_switch(REVENUE)
    graph.click(REVENUE)
    expect(graph.details()).to_be_visible()
    before = sorted(graph.cards()), graph.card(REVENUE).get_attribute("aria-label")
    graph.page.reload()
    expect(graph.details().get_by_role("heading", name="shop.finance.daily_revenue")).to_be_visible()
    expect(graph.card(REVENUE)).to_have_attribute("aria-label", before[1] or "")
    assert sorted(graph.cards()) == before[0]


def test_back_and_forward(graph: GraphPage):
    graph.open(SPEND)
    graph.click(ORDERS)
    expect(graph.details()).to_be_visible()
    graph.page.go_back()
    expect(graph.details()).not_to_be_visible()
    graph.page.go_forward()
    expect(graph.details()).to_be_visible()
    graph.page.get_by_role("button", name="Whence, start page").click()
    expect(graph.page.get_by_role("heading", name="Recent jobs")).to_be_visible()


def test_an_entity_may_be_named_in_words(graph: GraphPage):
    graph.open("aggregate_customer_spend")
    expect(graph.card("job:shop:aggregate_customer_spend")).to_be_attached()
    graph.open("model:fraud/1.0.0")
    expect(graph.card("dataset:shop:model:fraud/1.0.0")).to_be_attached()
