"""The panel: what a dataset and a job told of themselves, and how runs went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser.graph_page import GraphPage

pytestmark = pytest.mark.browser

SPEND = "dataset:postgres://shop-db:5432:shop.public.customer_spend"


def test_a_dataset_shows_schema_versions_jobs_and_facets(graph: GraphPage):
    graph.open(SPEND)
    graph.click(SPEND)
    panel = graph.details()
    expect(panel.get_by_role("row").filter(has_text="total_amount")).to_contain_text("DECIMAL(18,2)")
    panel.get_by_role("tab", name="Versions").click()
    expect(panel).to_contain_text("by aggregate_customer_spend")
    panel.get_by_role("tab", name="Jobs").click()
    expect(panel.get_by_label("Written by")).to_contain_text("aggregate_customer_spend")
    expect(panel.get_by_label("Read by")).to_contain_text("export_training_file")
    panel.get_by_role("tab", name="Facets").click()
    panel.get_by_text("schema", exact=True).click()
    expect(panel.get_by_test_id("facets")).to_contain_text("_producer")


def test_a_job_shows_runs_sql_and_its_parent(graph: GraphPage):
    graph.open(SPEND)
    graph.click("job:shop:aggregate_customer_spend")
    panel = graph.details()
    expect(panel.get_by_role("button", name="completed")).to_contain_text("3 min 25 s")
    expect(panel).to_contain_text("Part of")
    expect(panel).to_contain_text("nightly")
    panel.get_by_role("tab", name="SQL").click()
    expect(panel.locator("pre")).to_contain_text("INSERT INTO")
    panel.get_by_role("tab", name="Datasets").click()
    expect(panel.get_by_label("Reads")).to_contain_text("shop.public.payments")


def test_a_failed_run_says_why(graph: GraphPage):
    graph.open(SPEND)
    graph.click("job:shop:load_payments")
    panel = graph.details()
    panel.get_by_role("button", name="failed").click()
    expect(panel.get_by_role("alert")).to_contain_text("column chargeback holds 'maybe'")
    expect(panel).to_contain_text("Started by")
    assert "run=" in graph.page.url
    graph.page.reload()
    expect(panel.get_by_role("alert")).to_contain_text("holds 'maybe'")
    panel.get_by_role("button", name="Back").click()
    expect(panel.get_by_role("button", name="completed")).to_be_visible()


def test_from_the_panel_to_another_node(graph: GraphPage):
    graph.open(SPEND, node=SPEND)
    panel = graph.details()
    panel.get_by_role("tab", name="Jobs").click()
    panel.get_by_role("button").filter(has_text="export_training_file").click()
    expect(panel.get_by_role("heading", name="export_training_file")).to_be_visible()
    panel.get_by_role("button", name="Close details").click()
    expect(panel).not_to_be_visible()
