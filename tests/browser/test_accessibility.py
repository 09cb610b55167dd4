"""axe-core finds nothing serious on any page, in light and in dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.graph_page import SIZE, GraphPage, watched
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SPEND = "dataset:postgres://shop-db:5432:shop.public.customer_spend"


def findings(page: Page) -> list[str]:
    """Run axe and list what it calls serious or critical."""
    if not AXE.exists():
        pytest.skip(f"{AXE} is not there (cd web && npm ci)")
    page.wait_for_timeout(400)
    page.add_script_tag(path=AXE)
    violations = page.evaluate("axe.run().then(found => found.violations)")
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['any']}"
        for one in violations
        if one["impact"] in ("serious", "critical")
    ]


@pytest.fixture(params=["light", "dark"])
def graph(request, browser: Browser, shop):
    with browser.new_context(viewport=SIZE, color_scheme=request.param) as context:
        yield GraphPage(watched(context.new_page()), shop.url)


def test_start_page(graph: GraphPage):
    graph.page.goto(graph.url)
    expect(graph.page.get_by_role("heading", name="Recent jobs")).to_be_visible()
    assert findings(graph.page) == []


def test_graph_with_a_dataset_open(graph: GraphPage):
    graph.open(SPEND, node=SPEND, unfold="all", field="orders")
    expect(graph.details()).to_contain_text("total_amount")
    assert findings(graph.page) == []


def test_graph_with_a_run_open(graph: GraphPage):
    graph.open(SPEND, node="job:shop:load_payments")
    graph.details().get_by_role("button", name="failed").click()
    expect(graph.details().get_by_role("alert")).to_be_visible()
    assert findings(graph.page) == []


def test_table(graph: GraphPage):
    graph.page.goto(f"{graph.url}/?entity={SPEND}&show=table")
    expect(graph.page.get_by_role("region", name="Lineage as a table")).to_be_visible()
    assert findings(graph.page) == []


def test_search_results(graph: GraphPage):
    graph.page.goto(graph.url)
    graph.page.get_by_role("textbox", name="Search datasets and jobs").fill("shop")
    expect(graph.page.get_by_role("option").first).to_be_visible()
    assert findings(graph.page) == []
