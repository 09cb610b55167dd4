"""The graph: two steps each way, more on demand, less on demand, and what stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.shop import dataset, post, run
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser.graph_page import GraphPage
    from playwright.sync_api import Route

pytestmark = pytest.mark.browser

DB = "dataset:postgres://shop-db:5432:"
SPEND = f"{DB}shop.public.customer_spend"
CUSTOMERS = f"{DB}shop.public.customers"
ORDERS = f"{DB}shop.public.orders"
MODEL = "dataset:shop:model:fraud/1.0.0"
CUSTOMERS_CSV = "dataset:file:/srv/shop/in/customers.csv"
REVENUE = f"{DB}shop.finance.daily_revenue"
TRAINING = "dataset:file:/srv/shop/out/training.csv"


def test_two_steps_each_way(graph: GraphPage):
    graph.open(SPEND)
    cards = graph.cards()
    assert {SPEND, CUSTOMERS, CUSTOMERS_CSV, TRAINING, MODEL, "job:shop:aggregate_customer_spend"} <= set(cards)
    assert REVENUE not in cards
    left_to_right = [graph.place(node)[0] for node in (CUSTOMERS_CSV, CUSTOMERS, SPEND, TRAINING, MODEL)]
    assert left_to_right == sorted(left_to_right)


def test_boxes_never_overlap(graph: GraphPage):
    graph.open(SPEND, unfold="all")
    boxes = [graph.place(card)[:4] for card in graph.cards()]
    for at, (left, top, width, height) in enumerate(boxes):
        for other_left, other_top, other_width, other_height in boxes[at + 1 :]:
            beside = left + width <= other_left or other_left + other_width <= left
            above = top + height <= other_top or other_top + other_height <= top
            assert beside or above


def test_a_pill_shows_hidden_neighbours_and_the_minus_hides_them(graph: GraphPage):
    graph.open(SPEND)
    assert "1 hidden downstream" in (graph.card(ORDERS).get_attribute("aria-label") or "")
    before = graph.place(ORDERS)
    graph.click_pill(ORDERS, "down")
    expect(graph.card(REVENUE)).to_be_attached()
    after = graph.place(SPEND)
    assert after[0] > before[0]
    assert "hidden" not in (graph.card(ORDERS).get_attribute("aria-label") or "")
    graph.click(ORDERS)
    expect(graph.details()).to_be_visible()
    graph.page.wait_for_timeout(300)
    graph.click_pill(ORDERS, "down")
    expect(graph.card(REVENUE)).not_to_be_attached()
    graph.page.go_back()
    expect(graph.card(REVENUE)).to_be_attached()


def test_direction_and_steps(graph: GraphPage):
    graph.open(SPEND)
    graph.page.get_by_text("Upstream", exact=True).click()
    expect(graph.card(TRAINING)).not_to_be_attached()
    expect(graph.card(CUSTOMERS_CSV)).to_be_attached()
    graph.page.get_by_label("Steps upstream").fill("1")
    expect(graph.card(CUSTOMERS_CSV)).not_to_be_attached()
    expect(graph.card(CUSTOMERS)).to_be_attached()
    assert "direction=up" in graph.page.url
    assert "up=1" in graph.page.url


def test_different_steps_each_way(graph: GraphPage):
    graph.open(SPEND, up=1, down=2)
    expect(graph.card(CUSTOMERS_CSV)).not_to_be_attached()
    expect(graph.card(MODEL)).to_be_attached()


def test_path_between_two_nodes(graph: GraphPage):
    graph.open(SPEND)
    graph.page.get_by_role("button", name="Path").click()
    graph.click(CUSTOMERS)
    graph.click(TRAINING)
    note = graph.page.get_by_test_id("path")
    expect(note).to_contain_text("reaches training.csv in 2 steps")
    assert "from=" in graph.page.url
    graph.page.reload()
    expect(note).to_be_visible()
    note.get_by_role("button", name="Close path").click()
    expect(note).not_to_be_visible()


def test_a_path_against_the_stream_is_offered_the_other_way(graph: GraphPage):
    graph.open(SPEND, **{"from": TRAINING, "to": CUSTOMERS})
    note = graph.page.get_by_test_id("path")
    expect(note).to_contain_text("Nothing leads from training.csv to shop.public.customers")
    note.get_by_role("button", name="There is a way back").click()
    expect(note).to_contain_text("reaches training.csv in 2 steps")


def test_the_table_tells_the_same(graph: GraphPage):
    graph.open(SPEND)
    cards = len(graph.cards())
    graph.page.get_by_text("Table", exact=True).click()
    rows = graph.page.get_by_role("region", name="Lineage as a table").get_by_role("row")
    expect(rows).to_have_count(cards + 1)
    row = rows.filter(has=graph.page.locator("td:nth-child(2)", has_text="aggregate_customer_spend"))
    expect(row.first).to_contain_text("shop.public.orders")
    row.first.get_by_role("button").first.click()
    expect(graph.details()).to_contain_text("aggregate_customer_spend")


def test_the_legend_explains_what_is_drawn(graph: GraphPage):
    graph.open(SPEND)
    legend = graph.page.get_by_role("note", name="Legend")
    for sign in ("stated", "inferred", "completed", "failed", "running"):
        expect(legend).to_contain_text(sign)
    expect(legend).not_to_contain_text("aborted")


def test_full_names_on_hover(graph: GraphPage):
    graph.open(CUSTOMERS)
    long_name = f"{DB}shop.marketing.recipients_of_the_newsletter_for_returning_customers"
    left, top, _, _, zoom = graph.place(long_name)
    graph.page.mouse.move(left + 90 * zoom, top + 20 * zoom)
    expect(
        graph.page.get_by_text("shop.marketing.recipients_of_the_newsletter_for_returning_customers")
    ).to_be_visible()


def test_the_graph_leaves_the_page(graph: GraphPage):
    graph.open(SPEND)
    page = graph.page
    for form, ending in (("Save as PNG", ".png"), ("Save as SVG", ".svg")):
        page.get_by_role("button", name="Save or copy the graph").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=form).click()
        assert download.value.suggested_filename.endswith(ending)
        assert download.value.path().stat().st_size > 5_000
    page.get_by_role("button", name="Save or copy the graph").click()
    page.get_by_role("button", name="Copy as Mermaid").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('flowchart LR'))")


def test_a_hub_is_a_crowd_until_it_is_opened(graph: GraphPage, shop):
    events = [
        event
        for number in range(60)
        for event in run(
            f"hub.reader_{number}",
            [dataset("hubdb", "hub.table")],
            [dataset("hubdb", f"hub.out_{number}")],
            minutes_ago=9_000,
        )
    ]
    post(shop, events)
    graph.open("dataset:hubdb:hub.table")
    crowd = "crowd:down dataset:hubdb:hub.table"
    expect(graph.card(crowd)).to_have_attribute("aria-label", "Group, 37 more, downstream, not drawn: click")
    drawn = len(graph.cards())
    graph.card(crowd).focus()
    graph.page.keyboard.press("Enter")
    expect(graph.card(crowd)).not_to_be_attached()
    assert len(graph.cards()) == 121
    assert drawn < 60


def test_below_a_path_prefix(graph: GraphPage):
    """A reverse proxy or a notebook serves the UI below a prefix that the server does not know."""

    def strip(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("/tools/whence/", "/")))

    graph.page.route("**/tools/whence/**", strip)
    graph.url += "/tools/whence"
    graph.open(SPEND)
    graph.click(SPEND)
    expect(graph.details()).to_contain_text("total_amount")
