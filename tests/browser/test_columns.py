"""Columns: unfolded inside their box, joined to each other, traced from end to end."""

from __future__ import annotations

import pytest
from browser.graph_page import HEADER, ROW, GraphPage
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SPEND = "dataset:postgres://shop-db:5432:shop.public.customer_spend"
ORDERS = "dataset:postgres://shop-db:5432:shop.public.orders"
PAYMENTS = "dataset:postgres://shop-db:5432:shop.public.payments"


def test_one_box_unfolds_and_folds(graph: GraphPage):
    graph.open(SPEND)
    graph.click_switch(SPEND)
    expect(graph.card(SPEND)).to_have_attribute("aria-label", re_shown(6))
    _, _, _, height, zoom = graph.place(SPEND)
    assert height / zoom > HEADER + 6 * ROW
    graph.click_switch(SPEND)
    expect(graph.card(SPEND)).to_have_css("height", f"{HEADER}px")


def re_shown(columns: int) -> str:
    return f"Dataset, shop.public.customer_spend, PostgreSQL · shop-db:5432, {columns} columns, shown"


def test_all_boxes_unfold_and_their_columns_are_joined(graph: GraphPage):
    graph.open(SPEND)
    graph.page.get_by_role("button", name="Columns", exact=True).click()
    expect(graph.card(SPEND)).to_have_attribute("aria-label", re_shown(6))
    expect(graph.page.get_by_role("note", name="Legend")).to_contain_text("column")
    assert "unfold=all" in graph.page.url


def test_a_traced_column_shows_its_way_in_every_box(graph: GraphPage):
    graph.open(SPEND, unfold=SPEND)
    graph.page.wait_for_timeout(300)
    graph.click_row(SPEND, 3)
    expect(graph.page).to_have_url(re_field("total_amount"))
    # The box of orders was folded; it now shows the one column that the trace passes.
    expect(graph.card(ORDERS)).to_have_css("height", f"{HEADER + ROW + 7}px")
    expect(graph.card(PAYMENTS)).to_have_css("height", f"{HEADER}px")
    row = graph.details().get_by_role("button", name="total_amount")
    expect(row).to_have_attribute("aria-pressed", "true")
    row.click()
    expect(graph.card(ORDERS)).to_have_css("height", f"{HEADER}px")


def re_field(name: str):
    import re  # noqa: PLC0415 - one use

    return re.compile(rf"field={name}(&|$)")


def test_the_graph_of_one_column(graph: GraphPage):
    graph.open("datasetField:postgres://shop-db:5432:shop.public.customer_spend:email_domain")
    expect(graph.page.get_by_role("heading", level=1)).to_contain_text("email_domain")
    expect(graph.card(SPEND)).to_have_css("height", f"{HEADER + ROW + 7}px")
    expect(graph.card("dataset:postgres://shop-db:5432:shop.public.customers")).to_have_css(
        "height", f"{HEADER + ROW + 7}px"
    )
