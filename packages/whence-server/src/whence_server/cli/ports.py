"""Who holds a TCP port on this machine, as far as this process may know.

Must not: connect anywhere but to 127.0.0.1 or the address that was asked for, or end anything. Source: proc(5):
/proc/net/tcp{,6} name the inode of each listening socket, /proc/PID/fd who has it open. Elsewhere than on Linux the
holder stays unknown, and only what answers on the port is told.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from pathlib import Path

from whence.cli import CliError, Connection, ExitCode

LISTENING = "0A"
MAX_PORT = 65_535
PROBE_S = 1.0
TRIED = 50


def check_port(host: str, port: int) -> None:
    """Raise `CliError` when a server could not listen there: the port is taken, or the address is not ours."""
    fault = fault_of(host, port)
    if fault is None:
        return
    if fault.errno == errno.EADDRINUSE:
        free = free_port_after(host, port)
        advice = f"choose another: --port {free}" if free else "choose another with --port"
        raise CliError(
            f"port {port} of {host} is taken by {holder_of(host, port)}",
            advice=f"{advice}, or stop what holds it",
            details={"port": port, "proposed": free},
        )
    if fault.errno == errno.EACCES:
        raise CliError(f"port {port} may not be used by this user", advice="choose one above 1023, such as --port 8300")
    raise CliError(
        f"nothing can listen on {host!r}: {fault.strerror or fault}",
        code=ExitCode.WRONG_USE,
        advice="--host is an address of this machine: 127.0.0.1 for itself alone, 0.0.0.0 for all its networks",
    )


def fault_of(host: str, port: int) -> OSError | None:
    """Try to listen there as a server would, and give what stands in the way."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        return fault
    return None


def free_port_after(host: str, port: int) -> int | None:
    """Give the next port on which a server could listen."""
    return next((p for p in range(port + 1, min(port + TRIED, MAX_PORT) + 1) if fault_of(host, p) is None), None)


def any_free_port(host: str) -> int:
    """Give a port on which a server could listen, whichever the system likes."""
    with socket.create_server((host, 0)) as probe:
        return int(probe.getsockname()[1])


def holder_of(host: str, port: int) -> str:
    """Say what holds a port: a Whence server, a process by its number and command line, or something unknown."""
    what = _what_answers(host, port)
    pid = pid_of(port)
    if pid is None:
        return what or "another program (of another user, or in another container)"
    command = _command_of(pid)
    return f"{what}, process {pid}" if what else f"process {pid} ({command})" if command else f"process {pid}"


def _what_answers(host: str, port: int) -> str:
    here = "127.0.0.1" if host in {"", "0.0.0.0", "::", "localhost"} else host  # noqa: S104 - compared, not listened on
    connection = Connection(f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}", timeout_s=PROBE_S)
    try:
        document = connection.get("/health")
    except CliError:
        return ""
    finally:
        connection.close()
    is_ours = isinstance(document, dict) and "version" in document and "status" in document
    return f"a Whence server ({document['version']})" if is_ours else ""


def pid_of(port: int) -> int | None:
    """Give the process that listens on a port, if this user may see it."""
    inodes = set(_listening_inodes(port))
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for entry in (folder / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if str(entry.readlink()) in inodes:
                        return int(folder.name)
    return None


def _listening_inodes(port: int) -> list[str]:
    found: list[str] = []
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path("/proc/net", table).read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == LISTENING and int(words[1].rpartition(":")[2], 16) == port:
                    found.append(f"socket:[{words[9]}]")
    return found


def _command_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        words = Path("/proc", str(pid), "cmdline").read_bytes().split(b"\0")
        return " ".join(word.decode(errors="replace") for word in words if word)[:80]
    return ""
