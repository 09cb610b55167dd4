"""docs/reference/http-api.md names every route, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from whence_server.api.openapi import openapi_document

DOCUMENT = Path(__file__).parents[4] / "docs" / "reference" / "http-api.md"
METHODS = "GET|PUT|POST|DELETE"


def documented() -> set[tuple[str, str]]:
    """Return (method, path) of the first cells of all tables: `GET` `PUT /path` names two methods."""
    found: set[tuple[str, str]] = set()
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        methods: list[str] = []
        for code in re.findall(r"`([^`]+)`", line.split("|")[1] if line.startswith("|") else ""):
            match = re.fullmatch(rf"({METHODS})(?: (/\S+))?", code)
            if match is None:
                continue
            methods.append(match[1])
            if match[2]:
                found.update((method, match[2]) for method in methods)
                methods = []
    return found


def test_the_page_names_every_route_and_no_other():
    paths = openapi_document()["paths"]
    assert documented() == {(method.upper(), path) for path, methods in paths.items() for method in methods}
