"""The web UI's files: what browsers may keep, and what comes compressed."""

from __future__ import annotations

import gzip

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from whence_server.api.web_ui import WebUi

PAGE = b"<!doctype html><title>Whence</title>"
SCRIPT = b"export const answer = 42;" * 400
PLAIN, GZIP = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "br, gzip"}
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
def ui(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "assets" / "font-abc.woff2").write_bytes(b"font")
    (tmp_path / "assets" / "index-abc.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(SCRIPT))
    app = Starlette()
    app.mount("/", WebUi(tmp_path))
    return TestClient(app)


@pytest.mark.parametrize("path", ["/", "/index.html"])
def test_the_page_is_asked_for_each_time(ui, path):
    answer = ui.get(path)
    assert answer.content == PAGE
    assert answer.headers["cache-control"] == "no-cache"
    again = ui.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["font-abc.woff2", "index-abc.js"])
@pytest.mark.parametrize("wish", [PLAIN, GZIP])
def test_assets_are_kept_for_ever(ui, name, wish):
    assert ui.get(f"/assets/{name}", headers=wish).headers["cache-control"] == FOR_EVER


def test_compressed_as_built_where_the_client_takes_it(ui):
    plain = ui.get("/assets/index-abc.js", headers=PLAIN)
    packed = ui.get("/assets/index-abc.js", headers=GZIP)
    assert plain.content == packed.content == SCRIPT
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < 200
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["content-type"] == packed.headers["content-type"] == "text/javascript; charset=utf-8"
    assert plain.headers["etag"] != packed.headers["etag"]


def test_what_the_browser_has_is_not_sent_again(ui):
    packed = ui.get("/assets/index-abc.js", headers=GZIP)
    again = ui.get("/assets/index-abc.js", headers={**GZIP, "If-None-Match": packed.headers["etag"]})
    assert again.status_code == 304
    assert "content-encoding" not in again.headers
    assert again.headers["cache-control"] == FOR_EVER


def test_without_a_compressed_file_the_plain_one_is_sent(ui):
    answer = ui.get("/assets/font-abc.woff2", headers=GZIP)
    assert answer.content == b"font"
    assert "content-encoding" not in answer.headers


def test_no_file_is_not_kept(ui):
    answer = ui.get("/assets/gone.js")
    assert answer.status_code == 404
    assert "cache-control" not in answer.headers
