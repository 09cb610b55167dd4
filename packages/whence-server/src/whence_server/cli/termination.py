"""Ending on SIGTERM as on Ctrl-C: through every `finally`, with a clean exit code."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from whence.cli import ExitCode

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def clean_end_on_sigterm() -> Generator[None]:
    """While it lasts, SIGTERM leaves by the door; afterwards the signal means what it meant before."""
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminated(*_: object) -> None:
    sys.exit(ExitCode.DONE)
