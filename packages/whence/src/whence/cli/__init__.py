"""The one command `whence`: what every sub-command, also one of another distribution, is made of.

Must not: import anything heavy. A sub-command is a line in a table (`Command`) and its module is loaded when it is
called. Another distribution adds commands through the entry-point group `whence.commands`: a function without arguments
that returns them.
"""

from importlib import import_module

from whence.cli._command import CliError, Command, ExitCode, flag_json
from whence.cli._main import main
from whence.cli._output import bold, clean, mermaid_text, print_json, print_table, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence.cli._connection import DEFAULT_URL, Connection

__all__ = [
    "DEFAULT_URL",
    "CliError",
    "Command",
    "Connection",
    "ExitCode",
    "bold",
    "clean",
    "flag_json",
    "main",
    "mermaid_text",
    "print_json",
    "print_table",
    "say",
]


def __getattr__(name: str) -> "Any":
    """Load the HTTP client by its first use: 15 ms that most commands need not wait for."""
    if name not in {"Connection", "DEFAULT_URL"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("whence.cli._connection"), name)
