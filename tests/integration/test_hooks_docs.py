"""The page of hooks names what is built in, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from whence.hooks import BUILTIN

pytestmark = pytest.mark.integration

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "hooks.md"


def test_every_hook_is_on_the_page():
    first_cells = [line.split("|")[1] for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert {name for cell in first_cells for name in re.findall(r"`([\w.]+)`", cell)} == set(BUILTIN)
