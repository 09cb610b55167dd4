"""`whence serve`: the server, with its HTTP API and web UI, on one data folder.

Must not: start on a port or a folder that it could not use; what stands in the way is said before anything is started.
What it says of itself it says when it answers, not before.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from whence.cli import CliError, Connection, ExitCode, bold, flag_json, print_json, say
from whence_server.app import UI, serve
from whence_server.cli.ports import any_free_port, check_port
from whence_server.cli.termination import clean_end_on_sigterm
from whence_server.settings import ServerSettings

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """Start the server on one data folder, which holds all its state. Ctrl-C or SIGTERM ends it; every event
that it has answered is on the disk, whatever happens to it."""
EXAMPLE = """  whence serve
  whence serve --host 0.0.0.0 --port 8300 --data /var/lib/whence"""
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8300
DEFAULT_DATA = "whence-data"
MAX_PORT = 65_535
START_S = 60.0
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what they stand for when one asks oneself
FIRST_EVENT = """\
A first event, from Python (pip install whence):

    import whence
    whence.configure(sinks="{url}")
    with whence.job("first"):
        whence.add_input("a")
        whence.add_output("b")

or from anything that speaks OpenLineage: OPENLINEAGE_URL={url}
"""


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--host", default=DEFAULT_HOST, help=f"the address to listen on; default: {DEFAULT_HOST}")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"default: {DEFAULT_PORT}; 0: any free one")
    parser.add_argument("--data", default=DEFAULT_DATA, metavar="DIR", help=f"default: ./{DEFAULT_DATA}")
    flag_json(parser)


def run(args: Namespace) -> int:
    """Check what could stand in the way, and serve until somebody ends it."""
    if not 0 <= args.port <= MAX_PORT:
        raise CliError(f"--port {args.port} is no port", code=ExitCode.WRONG_USE, advice=f"0 to {MAX_PORT} are")
    port = args.port or any_free_port(args.host)
    check_port(args.host, port)
    folder = check_folder(Path(args.data))
    threading.Thread(target=_announce, args=(args.host, port, folder, args.json), daemon=True).start()
    try:
        with clean_end_on_sigterm():  # the web server raises the signal again when it has stopped
            serve(ServerSettings(data_dir=folder, host=args.host, port=port))
    except KeyboardInterrupt:
        sys.stderr.write("\n")
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


def _announce(host: str, port: int, folder: Path, as_json: bool) -> None:  # noqa: FBT001 - a thread's argument
    """Say where everything is, once the server answers."""
    here = ANYWHERE.get(host, host)
    connection = Connection(f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}", timeout_s=START_S)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            health = connection.get("/health")
        except CliError:
            time.sleep(0.05)
            continue
        finally:
            connection.close()
        url = f"http://localhost:{port}" if here in {"127.0.0.1", "::1"} else connection.url
        if as_json:
            print_json({"url": url, "data": str(folder), "pid": os.getpid(), "version": health["version"]})
            return
        ui = "" if UI.is_dir() else "  (its web UI is not built: `make web`)"
        say(f"{bold('Whence ' + health['version'])} at {bold(url)}{ui}")
        say(f"{health['events']:,} events in {folder}. Ctrl-C ends it.\n")
        say(FIRST_EVENT.format(url=url))
        return
