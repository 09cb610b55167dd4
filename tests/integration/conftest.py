"""What the integration tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from collected import collecting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from collected import Collected


@pytest.fixture
def collected(tmp_path: Path) -> Iterator[Collected]:
    """Collect into a file while the test runs."""
    with collecting(tmp_path) as events:
        yield events
