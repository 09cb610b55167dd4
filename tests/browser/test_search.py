"""The first page: search as you type, recent jobs, counts; what a new user is told when there is nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SPEND = "dataset:postgres://shop-db:5432:shop.public.customer_spend"


def test_results_come_while_typing_and_enter_opens_the_graph(page: Page, shop):
    page.goto(shop.url)
    search = page.get_by_role("textbox", name="Search datasets and jobs")
    expect(search).to_be_focused()
    search.press_sequentially("customer_sp")
    expect(page.get_by_role("option")).to_have_count(2)
    search.press("ArrowDown")
    search.press("ArrowDown")
    search.press("ArrowUp")
    search.press("Enter")
    expect(page.get_by_role("group", name="Lineage graph")).to_be_attached()
    assert "entity=" in page.url


def test_the_keys_that_lead_to_the_search_box(page: Page, shop):
    page.goto(f"{shop.url}/?entity={SPEND}")
    search = page.get_by_role("textbox", name="Search datasets and jobs")
    expect(page.locator("[data-card]").first).to_be_attached()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    search.press("Escape")
    expect(search).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(search).to_be_focused()


def test_nothing_found_is_said(page: Page, shop):
    page.goto(shop.url)
    page.get_by_role("textbox", name="Search datasets and jobs").fill("no such thing")
    expect(page.get_by_text("No dataset or job has “no such thing” in its name.")).to_be_visible()


def test_recent_jobs_show_how_their_last_run_went(page: Page, shop):
    page.goto(shop.url)
    row = page.get_by_role("row").filter(has_text="load_payments")
    expect(row).to_contain_text("failed")
    expect(page.get_by_role("row").filter(has_text="train_fraud_model")).to_contain_text("running")
    row.get_by_role("button").click()
    expect(page.locator('[data-card="job:shop:load_payments"]')).to_be_attached()


def test_counts(page: Page, shop):
    page.goto(shop.url)
    counts = page.locator("dl")
    expect(counts).to_contain_text("9jobs")
    expect(counts).to_contain_text("11datasets")


def test_an_empty_server_says_how_to_send_the_first_event(page: Page, empty_server):
    page.goto(empty_server.url)
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(page.get_by_text("whence.install()")).to_be_visible()
    expect(page.get_by_text(f"OPENLINEAGE_URL={empty_server.url}")).to_be_visible()
