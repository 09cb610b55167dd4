"""Run states as the API names them: NEW, RUNNING, COMPLETED, FAILED, ABORTED.

A run whose last word was an OTHER event is on its way: Marquez's clients do not know the state OTHER.
"""

from __future__ import annotations

from typing import Literal, cast

RunState = Literal["NEW", "RUNNING", "COMPLETED", "FAILED", "ABORTED"]


def run_state(stored: str) -> RunState:
    """Return the state of a run."""
    return "RUNNING" if stored == "OTHER" else cast("RunState", stored)
