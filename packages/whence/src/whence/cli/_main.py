"""From the command line to a command and back to an exit code.

Must not: do a command's work. Loads one command's module, never all of them: `whence doctor` must be quick and must
work where only the light package is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn, cast

from whence.cli._command import CliError, Command, CommandModule, ExitCode, version_of
from whence.cli._output import clean
from whence.errors import ConfigError, WhenceError

if TYPE_CHECKING:
    from collections.abc import Sequence

LIGHT = (
    Command("doctor", "what is installed, hooked, configured, reachable and spooled here", "whence.cli._doctor"),
    Command("drain", "send what lies in the spool, now", "whence.cli._drain"),
    Command("config", "the settings in force, each with its origin", "whence.cli._config"),
    Command("sql", "what SQL reads and writes, column by column", "whence.cli._sql"),
)
"""The commands that need no server package."""

SERVER_COMMANDS = ("serve", "demo", "graph", "path", "impact", "search", "import", "export", "rebuild")
"""The commands of whence-server, named here so that their absence can be explained."""

GROUP = "whence.commands"
FORMATTER = argparse.RawDescriptionHelpFormatter


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, and name the help."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and end with the exit code for it."""
        raise CliError(message, code=ExitCode.WRONG_USE, advice=f"see `{self.prog} --help`")


def main(argv: Sequence[str] | None = None) -> int:
    """Run `whence` with these arguments (default: the process's own) and give the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal's encoding lacks is no reason to fail
            stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
    try:
        return _dispatch(words)
    except WhenceError as fault:
        return _report(fault, as_json="--json" in words)
    except OSError as fault:
        if isinstance(fault, BrokenPipeError):
            return _reader_left()
        return _report(CliError(_os_fault(fault)), as_json="--json" in words)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return ExitCode.INTERRUPTED


def _dispatch(words: list[str]) -> int:
    name = next((word for word in words if not word.startswith("-")), None)
    if name is None or words[0].startswith("-"):
        return _without_command(words)
    command = find_command(name)
    module = cast("CommandModule", import_module(command.module))
    parser = Parser(
        prog=f"whence {name}",
        description=module.DESCRIPTION,
        epilog=f"example:\n{module.EXAMPLE}",
        formatter_class=FORMATTER,
    )
    module.configure(parser)
    code = module.run(parser.parse_args(words[1:]))
    sys.stdout.flush()
    return code


def find_command(name: str) -> Command:
    """Find a command by its name; the light ones without looking at what else is installed."""
    for command in LIGHT:
        if command.name == name:
            return command
    others, faults = installed_commands()
    for command in others:
        if command.name == name:
            return command
    if faults:
        raise CliError(f"`whence {name}` cannot be looked up: {faults[0]}", advice="install that package again")
    if name in SERVER_COMMANDS:
        raise CliError(
            f"`whence {name}` is part of the package whence-server, which is not installed here",
            advice="pip install whence-server",
        )
    raise CliError(
        f"there is no command {name!r}",
        code=ExitCode.WRONG_USE,
        advice=_nearest(name, [c.name for c in (*LIGHT, *others)]),
    )


def installed_commands() -> tuple[list[Command], list[str]]:
    """List the commands that other installed distributions add, and what is wrong with those that do not load."""
    from importlib.metadata import entry_points  # noqa: PLC0415  # 20 ms that `whence doctor` need not wait for

    found: list[Command] = []
    faults: list[str] = []
    for point in entry_points(group=GROUP):
        try:
            found.extend(point.load()())
        except Exception as cause:  # noqa: BLE001  # border: somebody else's package must not take the others along
            faults.append(f"the commands of {point.value} do not load: {type(cause).__name__}: {cause}")
    return found, faults


def _without_command(words: list[str]) -> int:
    overview = _overview(*installed_commands())
    parser = Parser(prog="whence", usage="whence COMMAND [...]", formatter_class=FORMATTER, epilog=overview)
    parser.description = "Where every column came from, and where it goes."
    parser.add_argument("--version", action="store_true", help="print the version")
    args = parser.parse_args(words)
    if args.version:
        sys.stdout.write(f"whence {version_of('whence')}\n")
    else:
        parser.print_help()
    return ExitCode.DONE


def _overview(others: Sequence[Command], faults: Sequence[str]) -> str:
    lines = ["commands:", *(f"  {c.name:<9} {c.summary}" for c in LIGHT), ""]
    if others:
        lines += ["commands of the server package:", *(f"  {c.name:<9} {c.summary}" for c in others)]
    else:
        lines += [f"more with `pip install whence-server`: {', '.join(SERVER_COMMANDS)}"]
    return "\n".join([*lines, *faults, "", "`whence COMMAND --help` shows a command's arguments and an example."])


def _nearest(word: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # only ever needed for a mistyped command

    near = get_close_matches(word, known, n=1)
    return f"did you mean `whence {near[0]}`?" if near else f"the commands are {', '.join(known)}"


def _report(fault: WhenceError, *, as_json: bool) -> int:
    code = getattr(fault, "code", ExitCode.WRONG_USE if isinstance(fault, ConfigError) else ExitCode.NOT_HERE)
    advice = str(getattr(fault, "advice", ""))
    lines = [f"whence: {clean(str(fault))}"]
    if advice:
        lines.append("\n".join("  " + clean(line) for line in advice.splitlines()))
    sys.stderr.write("\n".join(lines) + "\n")
    if as_json:
        error = {"code": int(code), "message": str(fault), "advice": advice or None, **getattr(fault, "details", {})}
        sys.stdout.write(json.dumps({"error": error}, ensure_ascii=False, indent=2) + "\n")
    return int(code)


def _os_fault(fault: OSError) -> str:
    where = f": {fault.filename}" if fault.filename else ""
    return f"{fault.strerror or fault}{where}"


def _reader_left() -> int:
    """End quietly when the reader of a pipe has gone (`whence search x | head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.BROKEN_PIPE
