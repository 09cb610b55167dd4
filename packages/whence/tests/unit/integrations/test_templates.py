"""Routes of Flask and Django in one form."""

from __future__ import annotations

import pytest

from whence.integrations._templates import from_angles, from_pattern


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("/orders/<int:id>", "/orders/{id}"),
        ("/orders/<id>/lines/<path:rest>", "/orders/{id}/lines/{rest}"),
        ("/<any(a, b):which>/x", "/{which}/x"),
        ("/<string(length=2):lang>", "/{lang}"),
        ("/plain", "/plain"),
        ("", ""),
    ],
)
def test_angles(given, wanted):
    assert from_angles(given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (r"^orders/(?P<pk>[0-9]{4})/$", "orders/{pk}/"),
        (r"^a/(?P<x>(in|out)[)\]]*)/b/?$", "a/{x}/b/"),
        (r"^files/(.*)\.csv\Z", "files/{}.csv"),
        (r"^(?:v1/)?(?P<a>\d+)$", "{}{a}"),
        (r"^(?i)x", "x"),
        (r"^broken(", "broken{}"),
    ],
)
def test_patterns(given, wanted):
    assert from_pattern(given) == wanted
