"""`whence serve`: the server, with its HTTP API and web UI, on one data folder.

Must not: start on a port or a folder that it could not use; what stands in the way is said before anything is started.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from whence.cli import CliError, ExitCode, flag_json
from whence_server.cli.ports import any_free_port, check_port

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """Start the server on one data folder, which holds all its state. Ctrl-C or SIGTERM ends it; every
event that it has answered is on the disk, whatever happens to it."""
EXAMPLE = """  whence serve
  whence serve --host 0.0.0.0 --port 8300 --data /var/lib/whence"""
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8300
DEFAULT_DATA = "whence-data"
MAX_PORT = 65_535


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--host", default=DEFAULT_HOST, help=f"the address to listen on; default: {DEFAULT_HOST}")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"default: {DEFAULT_PORT}; 0: any free one")
    parser.add_argument("--data", default=DEFAULT_DATA, metavar="DIR", help=f"default: ./{DEFAULT_DATA}")
    flag_json(parser)


def run(args: Namespace) -> int:
    """Check what could stand in the way, say where everything is, and serve."""
    if not 0 <= args.port <= MAX_PORT:
        raise CliError(f"--port {args.port} is no port", code=ExitCode.WRONG_USE, advice=f"0 to {MAX_PORT} are")
    port = args.port or any_free_port(args.host)
    check_port(args.host, port)
    folder = check_folder(Path(args.data))
    return ExitCode.DONE


def check_folder(folder: Path) -> Path:
    """Make the data folder if it is not there; raises `CliError` when it could not hold the server's state."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise CliError(
            f"the data folder {folder} cannot be made: {cause.strerror}", advice="name another with --data DIR"
        ) from cause
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CliError(f"nothing may be written to the data folder {folder}", advice="name another with --data DIR")
    return folder.resolve()
