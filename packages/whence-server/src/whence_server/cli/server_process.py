"""A `whence serve` of one's own, as a child process.

Must not: outlive its block. Its output goes to a log file, whose end is shown when it does not come up.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from whence.cli import CliError, Connection, ExitCode

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

START_S = 30.0
STOP_S = 15.0
LOG_SHOWN = 2_000


@contextmanager
def running_server(host: str, port: int, *, data: Path, log: Path) -> Generator[Connection]:
    """Run a server on a data folder and give a connection to it; ends it afterwards."""
    command = [sys.executable, "-m", "whence.cli", "serve", "--host", host, "--port", str(port), "--data", str(data)]
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command, on our own interpreter
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    connection = Connection(f"http://{host}:{port}")
    try:
        _await(process, connection, log)
        yield connection
    finally:
        connection.close()
        _end(process)


def _await(process: subprocess.Popen[bytes], connection: Connection, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while True:
        if process.poll() is not None:
            raise _not_up(f"it ended with code {process.returncode}", log)
        try:
            connection.get("/health")
        except CliError as fault:
            if time.monotonic() > deadline:
                raise _not_up(str(fault), log) from fault
            time.sleep(0.05)
        else:
            return


def _not_up(why: str, log: Path) -> CliError:
    said = log.read_text(encoding="utf-8", errors="replace")[-LOG_SHOWN:].strip()
    return CliError(
        f"the server did not come up: {why}", code=ExitCode.NO_SERVER, advice=f"its log ({log}) ends:\n{said}"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
