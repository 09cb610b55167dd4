"""One error shape for everything: every route, unknown routes, wrong methods, wrong parameters, broken bodies."""

from __future__ import annotations

import re

import pytest

from whence_server.api.answers.problem import Problem
from whence_server.api.openapi import openapi_document
from whence_server.api.problems import HANDLERS
from whence_server.errors import ServerError, StoreCorruptError, StoreError, StoreUnavailableError
from whence_server.query.errors import QueryError

OPERATIONS = [(path, method) for path, methods in openapi_document()["paths"].items() for method in methods]
SHAPE = {"code", "error", "message", "path", "details"}
OPEN = {"/health", "/metrics"}  # take no parameters: nothing to get wrong


def is_problem(response) -> bool:
    problem = response.json()
    assert set(problem) == SHAPE, response.text
    Problem.model_validate(problem, strict=True, extra="forbid")
    assert problem["code"] == response.status_code
    assert re.fullmatch("[a-z_]+", problem["error"])
    assert problem["message"]
    assert response.headers["content-type"] == "application/json"
    return True


def filled(path: str) -> str:
    return re.sub(r"{[^}]+}", "nothing-like-this", path)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_parameters_that_are_all_wrong(shared_api, path, method):
    wrong = dict.fromkeys(
        (
            "limit",
            "offset",
            "depth",
            "direction",
            "period",
            "at",
            "type",
            "entity",
            "frm",
            "to",
            "nodeId",
            "runId",
            "filter",
            "sort",
            "before",
            "withDownstream",
            "fields",
            "maxNodes",
        ),
        "\x01",
    )
    response = shared_api.request(method, filled(path), params=wrong, content=b"{broken")
    if path in OPEN:
        assert response.status_code == 200
    else:
        assert 400 <= response.status_code < 500, (path, method, response.text)
        assert is_problem(response)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_names_of_nothing(shared_api, path, method):
    if method != "get":
        return
    response = shared_api.get(filled(path))
    assert response.status_code < 500
    assert response.status_code < 400 or is_problem(response)


@pytest.mark.parametrize("path", sorted({path for path, _ in OPERATIONS}))
def test_methods_that_a_route_does_not_have(shared_api, path):
    response = shared_api.request("PATCH", filled(path))
    assert response.status_code == 405
    assert is_problem(response)
    assert response.headers["allow"]
    assert response.headers["allow"] in response.json()["message"]


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/namespaces/a/b/c/d", "/lineage", "/api/v9/jobs", "/events/none"]
)
def test_routes_that_do_not_exist(shared_api, path):
    response = shared_api.get(path)
    assert response.status_code == 404
    assert is_problem(response)


@pytest.mark.parametrize(
    ("body", "path", "said"),
    [
        (b"{broken", "$", "JSON"),
        (b"[]", "$", "object"),
        (b'{"ownerName": 5}', "$.ownerName", "string"),
        (b'{"ownerName": "\\ud800"}', "$.ownerName", ""),
    ],
)
def test_bodies_of_orders_say_what_and_where(shared_api, body, path, said):
    response = shared_api.put("/api/v1/namespaces/x", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert is_problem(response)
    problem = response.json()
    assert problem["path"].startswith(path)
    assert said in problem["message"]


def test_values_are_shown_but_not_at_any_length(shared_api):
    problem = shared_api.refusal("/api/v1/jobs", 400, limit="9" * 5_000)
    assert len(problem["message"]) < 400


def test_every_error_of_the_server_has_a_handler():
    def covered(kind: type[Exception]) -> bool:
        return any(issubclass(kind, handled) for handled in HANDLERS if handled is not Exception)

    def below(kind: type[Exception]):
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    assert [kind for root in (ServerError, QueryError) for kind in below(root) if not covered(kind)] == []


class Broken:
    """A store that cannot be read."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def reading(self):
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (StoreUnavailableError("locked", retry_after_s=7), 503, "store_unavailable"),
        (StoreCorruptError("damaged"), 500, "store_failed"),
        (StoreError("odd"), 500, "store_failed"),
        (ZeroDivisionError("ours"), 500, "internal"),
    ],
)
def test_trouble_of_the_store(api, error, code, word):
    context = api.app.state.context
    api.app.state.context = type(context)(reads=Broken(error), admin=context.admin)
    response = api.get("/api/v1/jobs")
    assert response.status_code == code
    assert is_problem(response)
    assert response.json()["error"] == word
    assert "ours" not in response.text  # nothing of the inside
    assert response.headers.get("retry-after") == ("7" if code == 503 else None)
