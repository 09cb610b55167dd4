from __future__ import annotations

import io
import sys

from whence.cli import _progress
from whence.cli._progress import bar, shown_progress


class Terminal(io.StringIO):
    """A standard error that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_the_bar_says_how_many_and_how_long():
    assert bar(0, 10, 0.0, "files") == "." * 30 + " 0 of 10 files"
    assert bar(5, 10, 20.0, "files") == "#" * 15 + "." * 15 + " 5 of 10 files, 20 s left"


def test_a_terminal_sees_it_and_it_is_taken_away(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(_progress, "QUIET_S", -1)
    monkeypatch.setattr(_progress, "EVERY_S", -1)
    assert list(shown_progress([1, 2], "files")) == [1, 2]
    assert "1 of 2 files" in sys.stderr.getvalue()
    assert sys.stderr.getvalue().endswith("\r\033[K")


def test_without_a_terminal_nothing_is_written(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert list(shown_progress([1, 2], "files")) == [1, 2]
    assert sys.stderr.getvalue() == ""
