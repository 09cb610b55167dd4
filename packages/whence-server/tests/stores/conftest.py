"""Stores of every kind, and events to fill them with. Lets the tests of this folder import `tellings`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from whence_server.stores.sqlite import open_store

sys.path.insert(0, str(Path(__file__).parent))

# Every implementation of stores.base.Store: a function of a folder.
STORES = {"sqlite": open_store}


@pytest.fixture(params=STORES)
def store(request, tmp_path):
    opened = STORES[request.param](tmp_path / "data")
    yield opened
    opened.close()
