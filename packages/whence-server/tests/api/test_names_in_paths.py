from __future__ import annotations

from urllib.parse import quote

import pytest
from made_events import dataset, run_event

NAMES = [
    "a/b",
    "s3://bucket/key",
    "a b",
    "a%2Fb",
    "100%",
    "a+b",
    "a?b=c&d",
    "a#b",
    "고객/주문",
    "..",
    "a;b",
    "'\"<>",
    "a\\b",
    "tab\there",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_any_kind_are_reached_by_their_encoded_form(shared_api, name):
    shared_api.tell(run_event(name, [], [dataset(name, name, namespace=name)], namespace=name))
    safe = quote(name, safe="")
    if name == "..":
        safe = "%2E%2E"
    found = shared_api.answer(f"/api/v1/namespaces/{safe}/datasets/{safe}")
    assert found["id"] == {"namespace": name, "name": name}
    assert shared_api.answer(f"/api/v1/namespaces/{safe}/jobs/{safe}")["name"] == name
    assert shared_api.answer(f"/api/v1/namespaces/{safe}")["name"] == name
    assert shared_api.post(f"/api/v1/namespaces/{safe}/datasets/{safe}/fields/{safe}/tags/{safe}").json()["fields"][0][
        "tags"
    ] == [name]
    assert shared_api.answer(f"/api/v1/events/{safe}")["totalCount"] == 1


def test_a_slash_that_is_not_encoded_is_no_route_and_says_so(shared_api):
    problem = shared_api.refusal("/api/v1/namespaces/s3://bucket/datasets/key/x", 404)
    assert "%2F" in problem["message"]
