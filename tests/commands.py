"""Running `whence` within the test's own process, with its own standard output and error."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from whence.cli import main


class Ran(NamedTuple):
    """What a command that ran to its end left behind."""

    returncode: int
    stdout: str
    stderr: str


def whence(*words: object) -> Ran:
    """Run `whence` with these words."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:  # argparse ends so after --help
            code = int(end.code or 0)
    return Ran(int(code), _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    return buffer.getvalue().decode() if isinstance(buffer, io.BytesIO) else ""
