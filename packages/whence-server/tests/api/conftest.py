"""A real application on a real SQLite file, asked over ASGI; events go in through its own POST routes.

Lets the tests of this folder import `made_events`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from whence_server.app import create_app
from whence_server.settings import ServerSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

sys.path.insert(0, str(Path(__file__).parent))


class Api(TestClient):
    """A client that can send events and expects answers."""

    def tell(self, *events: dict[str, Any]) -> None:
        """Send events one by one; each must be kept."""
        for event in events:
            answer = self.post("/api/v1/lineage", json=event)
            assert answer.status_code == 201, answer.text

    def answer(self, url: str, **parameters: Any) -> Any:
        """Return the JSON of a GET that must succeed."""
        response = self.get(url, params=parameters or None)
        assert response.status_code == 200, response.text
        return response.json()

    def refusal(self, url: str, code: int, **parameters: Any) -> Any:
        """Return the JSON of a GET that must be refused with this code."""
        response = self.get(url, params=parameters or None)
        assert response.status_code == code, response.text
        return response.json()


def _running(folder: Path, **settings: Any) -> Iterator[Api]:
    with Api(create_app(ServerSettings(data_dir=folder, **settings)), raise_server_exceptions=False) as api:
        yield api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Give a server without events, one a test."""
    yield from _running(tmp_path)


@pytest.fixture(scope="module")
def shared_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Give a server that the tests of a module share: only for tests that use names of their own, or only read."""
    yield from _running(tmp_path_factory.mktemp("api"))


@pytest.fixture
def hurried_api(tmp_path: Path) -> Iterator[Api]:
    """Give a server that has no time for graphs."""
    yield from _running(tmp_path, graph_time_limit_s=0)
