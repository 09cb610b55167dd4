"""What a sub-command is, how it ends and how it fails.

Must not: import anything but the standard library's light modules, print, or know a particular command.
"""

from __future__ import annotations

from enum import IntEnum
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol

from whence.errors import WhenceError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping


class ExitCode(IntEnum):
    """What a script may rely on; listed in `docs/reference/cli.md`."""

    DONE = 0
    NO = 1
    """The command ran and the answer is no, or not all of it: no path, lines left out, a fault found, events left."""
    WRONG_USE = 2
    """The arguments or settings are wrong (argparse's own number)."""
    NO_SERVER = 3
    """The server does not answer, or answers what no Whence server would."""
    NOT_FOUND = 4
    """There is no such entity, or there are several."""
    NOT_ALLOWED = 5
    """The server refused the API key."""
    NOT_HERE = 6
    """This machine stands in the way: a taken port, a folder that cannot be written, a missing file or package."""
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class CliError(WhenceError):
    """Say what stopped a command: what happened and with which value (`message`), and what to do (`advice`).

    `code` is the process's exit code; `details` are added to the error's JSON form.
    """

    def __init__(
        self,
        message: str,
        *,
        code: ExitCode = ExitCode.NOT_HERE,
        advice: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.advice = advice
        self.details = dict(details or {})


class CommandModule(Protocol):
    """The module of a sub-command."""

    DESCRIPTION: str
    EXAMPLE: str

    def configure(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        ...

    def run(self, args: Namespace) -> int:
        """Do the work and give the exit code; expected faults are raised as `WhenceError`."""
        ...


class Command(NamedTuple):
    """One line of the table of commands: `module` is loaded only when the command is called."""

    name: str
    summary: str
    module: str


def version_of(distribution: str) -> str | None:
    """Give the version of an installed distribution, or None where it is not installed."""
    metadata = import_module("importlib.metadata")  # 20 ms that most commands need not wait for
    try:
        return str(metadata.version(distribution))
    except metadata.PackageNotFoundError:
        return None


def flag_json(parser: ArgumentParser) -> None:
    """Declare `--json`, which each command has: one JSON document on standard output, nothing else."""
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text for people")
