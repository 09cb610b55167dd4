"""The graph page as the tests see it: cards by title, clicks where a person would click.

Cards are drawn on a canvas; above each lies a transparent button that the keyboard and screen readers use. The pointer
goes through it, so a click is aimed at the button's place.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

SIZE = {"width": 1600, "height": 1000}
NOISE = 0.001
"""Two pictures of the same page may differ by a few pixels at the edges of letters."""
DIFFERING_SHARE = """async (urls) => {
  const [one, other] = await Promise.all(urls.map(async (url) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
  }));
  if (one.length !== other.length) return 1;
  return one.reduce((count, pixel, at) => count + (pixel !== other[at]), 0) / one.length;
}"""
HEADER = 54
ROW = 23


def watched(page: Page) -> Page:
    """Collect what goes wrong in a page; `calm` says so at the end."""
    page.faults = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.faults.append(str(error)))  # type: ignore[attr-defined]
    page.set_default_timeout(10_000)
    return page


class GraphPage:
    """Opens graphs and points at their parts."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, entity: str, **view: object) -> None:
        """Open a graph by URL and wait until it is drawn."""
        self.page.goto(f"{self.url}/?{urlencode({'entity': entity, **view}, doseq=True)}")
        expect(self.page.locator("[data-card]").first).to_be_attached()

    def cards(self) -> list[str]:
        """List the ids of the drawn cards."""
        return self.page.locator("[data-card]").evaluate_all("all => all.map(one => one.dataset.card)")

    def card(self, node_id: str) -> Locator:
        return self.page.locator(f'[data-card="{node_id}"]')

    def place(self, node_id: str) -> tuple[float, float, float, float, float]:
        """Tell where a card is on the screen: left, top, width, height, and the zoom that it is drawn at."""
        expect(self.card(node_id)).to_be_attached()
        box = self.card(node_id).bounding_box()
        for _ in range(50):  # while the layout is made anew, the card is for a moment no part of the page
            if box is not None:
                break
            self.page.wait_for_timeout(100)
            box = self.card(node_id).bounding_box()
        assert box is not None
        width = float(self.card(node_id).evaluate("one => parseFloat(one.style.width)"))
        return box["x"], box["y"], box["width"], box["height"], box["width"] / width

    def click(self, node_id: str) -> None:
        """Click a card's title."""
        left, top, _, _, zoom = self.place(node_id)
        self.page.mouse.click(left + 70 * zoom, top + 20 * zoom)

    def click_switch(self, node_id: str) -> None:
        """Click the switch that shows a dataset's columns."""
        left, top, width, _, zoom = self.place(node_id)
        self.page.mouse.click(left + width - 18 * zoom, top + 27 * zoom)

    def click_row(self, node_id: str, number: int) -> None:
        """Click a column inside a card."""
        left, top, _, _, zoom = self.place(node_id)
        self.page.mouse.click(left + 40 * zoom, top + (HEADER + (number + 0.5) * ROW) * zoom)

    def click_pill(self, node_id: str, side: str) -> None:
        """Click the first pill (hidden neighbours, or hide) on a side of a card."""
        left, top, width, height, zoom = self.place(node_id)
        x = left + 22 * zoom if side == "up" else left + width - 22 * zoom
        self.page.mouse.click(x, top + height)

    def details(self) -> Locator:
        return self.page.get_by_test_id("details")

    def picture(self, path: Path) -> None:
        """Save what is seen, once it has come to rest; a picture that is there already and the same stays untouched."""
        self.page.wait_for_function("performance.getEntriesByName('whence:lines').length > 0")
        self.page.wait_for_load_state("networkidle")
        self.page.get_by_role("button", name="Fit everything").click()
        self.page.mouse.move(700, 960)
        self.page.wait_for_timeout(1_000)
        taken = self.page.screenshot()
        if not path.exists() or self._differing_share(path.read_bytes(), taken) > NOISE:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(taken)

    def _differing_share(self, one: bytes, other: bytes) -> float:
        """Compare two pictures in the browser: the share of pixels that differ."""
        urls = [f"data:image/png;base64,{b64encode(picture).decode()}" for picture in (one, other)]
        return float(self.page.evaluate(DIFFERING_SHARE, urls))
