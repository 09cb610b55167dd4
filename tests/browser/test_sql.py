"""The SQL page: paste, pick, see columns connect, and what was not understood; by pointer, by keyboard, by link."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from browser.graph_page import SIZE, watched
from browser.test_accessibility import findings
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page
    from servers import WhenceServer

pytestmark = pytest.mark.browser

SQL = "CREATE TABLE a AS SELECT x, sum(y) AS total FROM b WHERE z = 1 GROUP BY x; INSERT INTO c (q) SELECT total FROM a"


class SqlPage:
    """Opens the page and points at its parts."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, text: str = "", dialect: str = "", known: str = "") -> None:
        fragment = urlencode({"text": text, "known": known})
        self.page.goto(f"{self.url}/?{urlencode({'sql': dialect})}#{fragment}")
        expect(self.editor()).to_be_visible()

    def editor(self) -> Locator:
        return self.page.get_by_role("textbox", name="SQL", exact=True)


def column(page: Page, table: str, name: str) -> Locator:
    return page.get_by_role("region", name=table, exact=True).get_by_role("button", name=f"{name} of {table}")


@pytest.fixture
def sql(page: Page, whence_server: WhenceServer) -> SqlPage:
    return SqlPage(page, whence_server.url)


def test_what_is_typed_appears_as_joined_columns(sql: SqlPage):
    sql.page.goto(sql.url)
    sql.page.get_by_role("button", name="Read SQL").click()
    sql.editor().fill(SQL)
    expect(column(sql.page, "a", "total")).to_have_accessible_name("total of a; from b.y (aggregation); to c.q")
    links = sql.page.locator("path[data-link]").evaluate_all("all => all.map(one => one.dataset.link)")
    assert {"b\nx\ta\nx", "b\ny\ta\ntotal", "b\nz\ta\n", "a\ntotal\tc\nq"} <= set(links)
    left, middle, right = (
        sql.page.get_by_role("region", name=name, exact=True).bounding_box() or {} for name in ("b", "a", "c")
    )
    assert left["x"] < middle["x"] < right["x"]


def test_the_page_is_in_the_url(sql: SqlPage):
    sql.open(SQL)
    expect(column(sql.page, "c", "q")).to_be_visible()
    sql.page.get_by_label("Dialect").select_option("bigquery")
    sql.page.wait_for_url("**/?sql=bigquery#text=*")
    sql.page.reload()
    expect(sql.editor()).to_have_value(SQL)
    expect(sql.page.get_by_label("Dialect")).to_have_value("bigquery")
    expect(column(sql.page, "c", "q")).to_be_visible()


def test_back_leads_to_the_page_before(sql: SqlPage):
    sql.page.goto(sql.url)
    expect(sql.page.get_by_role("heading", level=1)).to_be_visible()
    sql.page.get_by_role("button", name="Read SQL").click()
    sql.editor().fill("SELECT x FROM b")
    expect(column(sql.page, "b", "x")).to_be_visible()
    sql.page.go_back()
    expect(sql.editor()).not_to_be_visible()
    expect(sql.page.get_by_role("textbox", name="Search datasets and jobs")).to_be_visible()


def test_a_column_shows_what_it_comes_from_and_goes_to(sql: SqlPage):
    sql.open(SQL)
    column(sql.page, "b", "y").hover()
    expect(column(sql.page, "c", "q")).to_have_attribute("data-lit", "true")
    expect(column(sql.page, "a", "x")).to_have_attribute("data-lit", "false")
    assert sql.page.locator('path[data-lit="true"]').count() == 2


def test_arrow_keys_lead_through_the_picture(sql: SqlPage):
    sql.open(SQL)
    column(sql.page, "b", "x").focus()
    for key in ("ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight"):
        sql.page.keyboard.press(key)
    expect(column(sql.page, "c", "q")).to_be_focused()
    expect(column(sql.page, "c", "q")).to_have_attribute("aria-pressed", "true")
    assert sql.page.locator('[data-row][tabindex="0"]').count() == 1


def test_what_was_not_understood_is_said_and_leads_to_its_place(sql: SqlPage):
    sql.open("SELECT x FROM b;\nSELEC y FROM ((;", "postgres")
    note = sql.page.get_by_role("alert").get_by_role("button").first
    expect(note).to_be_visible()
    note.click()
    expect(sql.editor()).to_be_focused()


def test_the_word_that_no_parser_took_is_marked_and_chosen(sql: SqlPage):
    sql.open("SELECT x FROM b;\nINSERT INTO t SELECT a b wrong FROM s")
    notes = sql.page.get_by_role("alert")
    expect(notes.get_by_role("button")).to_have_count(1)  # that its tables are guesses is said with it
    expect(notes).to_contain_text("guessed")
    expect(notes).to_contain_text("standard SQL")
    expect(sql.page.locator("mark")).to_have_text("wrong")
    notes.get_by_role("button").click()
    chosen = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert sql.editor().evaluate(chosen) == "wrong"
    sql.page.get_by_label("Dialect").select_option("postgres")
    expect(notes).not_to_contain_text("standard SQL")


def test_on_a_phone_all_of_it_is_within_reach_of_one_scroll(sql: SqlPage):
    sql.page.set_viewport_size({"width": 390, "height": 900})
    sql.open("SELECT * FROM b; SELEC nonsense ((", "postgres")
    expect(sql.page.get_by_role("alert")).to_be_visible()
    editor, notes, picture = (
        part.bounding_box() or {}
        for part in (sql.editor(), sql.page.get_by_role("alert"), sql.page.get_by_label("Lineage of the SQL"))
    )
    assert editor["y"] + editor["height"] <= notes["y"]
    assert notes["y"] + notes["height"] <= picture["y"]


def test_known_columns_open_a_star(sql: SqlPage):
    sql.open("CREATE TABLE a AS SELECT * FROM b")
    expect(sql.page.get_by_text("Understood in part")).to_be_visible()
    sql.page.get_by_label("Known columns").fill("b: p, q")
    expect(column(sql.page, "a", "q")).to_be_visible()
    expect(sql.page.get_by_text("Understood", exact=True)).to_be_visible()


def test_the_same_as_a_table(sql: SqlPage):
    sql.open(SQL)
    sql.page.get_by_role("radiogroup", name="Show as").get_by_text("Table").click()
    table = sql.page.get_by_role("region", name="Lineage of the SQL as a table")
    expect(table.get_by_role("row", name="a.total b.y AGGREGATION")).to_be_visible()
    expect(table.get_by_role("row", name="all of them b.z FILTER")).to_be_visible()


def test_a_server_that_went_away_is_said(sql: SqlPage):
    sql.open()
    sql.page.route("**/sql/lineage", lambda route: route.abort())
    sql.editor().fill("SELECT 1")
    expect(sql.page.get_by_role("alert")).to_contain_text("The server cannot be reached")


def test_a_very_wide_statement_is_drawn(sql: SqlPage):
    sql.open(f"CREATE TABLE a AS SELECT {', '.join(f'c{n}' for n in range(300))} FROM b")
    expect(sql.page.get_by_text("and 240 more").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, whence_server: WhenceServer, scheme):
    with browser.new_context(viewport=SIZE, color_scheme=scheme) as context:
        sql = SqlPage(watched(context.new_page()), whence_server.url)
        sql.open()
        sql.page.get_by_role("button", name="Show an example").click()
        column(sql.page, "best", "total").focus()
        assert findings(sql.page) == []
        sql.open("SELECT * FROM b; SELEC nonsense ((", "postgres")
        expect(sql.page.get_by_role("alert")).to_be_visible()
        sql.page.get_by_role("radiogroup", name="Show as").get_by_text("Table").click()
        assert findings(sql.page) == []
