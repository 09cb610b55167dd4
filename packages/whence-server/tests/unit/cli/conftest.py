"""Lets the tests of this folder import `graphs`, and runs commands without the settings of whoever runs the tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("WHENCE_", "OPENLINEAGE_", "OL_", "MARQUEZ_")):
            monkeypatch.delenv(name)
