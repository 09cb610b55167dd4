"""`whence config show`: each setting in force, with its value and where it came from.

Must not: show a secret; `Settings.rows` masks them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.cli._command import ExitCode, flag_json
from whence.cli._output import print_json, print_table, say
from whence.emit import load_settings

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """Show the settings that a program started here, now, would have: from the environment, then from
whence.toml (or the file that WHENCE_CONFIG names), then the defaults. Secrets are not shown."""
EXAMPLE = "  WHENCE_SINKS=http://localhost:8300,file:events.jsonl whence config show"


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=["show"], nargs="?", default="show", help="what to do; default: show")
    flag_json(parser)


def run(args: Namespace) -> int:
    """Show the settings."""
    settings = load_settings()
    if args.json:
        print_json({"settings": [row._asdict() for row in settings.rows()], "warnings": list(settings.warnings)})
        return ExitCode.DONE
    print_table(["setting", "value", "origin"], settings.rows())
    for warning in settings.warnings:
        say(f"warning: {warning}")
    return ExitCode.DONE
