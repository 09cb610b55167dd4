"""What cannot be shown is said: unknown and ambiguous names, cut answers, a server that is away."""

from __future__ import annotations

import pytest
from browser.graph_page import GraphPage
from browser.shop import dataset, post, run, shop_events, warehouse_events
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SPEND = "dataset:postgres://shop-db:5432:shop.public.customer_spend"


def test_an_unknown_entity(page: Page, shop):
    page.goto(f"{shop.url}/?entity=dataset:db:never_heard_of")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Not found")
    expect(alert).to_contain_text("never_heard_of")
    expect(alert.get_by_role("button", name="Try again")).to_be_visible()


def test_an_ambiguous_name_lists_what_it_may_mean(page: Page, shop):
    post(shop, run("copy_a", [dataset("a", "twins")], [dataset("b", "twins")], minutes_ago=10))
    page.goto(f"{shop.url}/?entity=twins")
    expect(page.get_by_role("heading", name="“twins” is the name of several things")).to_be_visible()
    page.get_by_role("region").get_by_role("button").first.click()
    expect(page.locator('[data-card="job:shop:copy_a"]')).to_be_attached()


def test_a_cut_answer_says_so_and_why(page: Page, own_server):
    post(own_server, warehouse_events(1200))
    page.goto(f"{own_server.url}/?entity=dataset:warehouse:wide.layer0.t0&direction=down&down=20")
    banner = page.get_by_test_id("truncated")
    expect(banner).to_contain_text("This is not the whole graph")
    expect(banner).to_contain_text("1000")


def test_a_server_that_goes_away_and_comes_back(page: Page, own_server):
    post(own_server, shop_events())
    graph = GraphPage(page, own_server.url)
    graph.open(SPEND)
    own_server.kill()
    page.get_by_label("Steps upstream").fill("3")
    note = page.get_by_role("alert")
    expect(note).to_contain_text("cannot be reached")
    expect(graph.card(SPEND)).to_be_attached()
    own_server.start()
    note.get_by_role("button", name="Try again").click()
    expect(note).not_to_be_visible()


def test_the_start_page_without_a_server(page: Page, own_server):
    page.goto(own_server.url)
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    own_server.kill()
    page.get_by_role("textbox", name="Search datasets and jobs").fill("orders")
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
