"""Whether a sink could take events now, and if not, why.

Must not: send an event or create a file.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlsplit, urlunsplit

from whence.cli._command import CliError
from whence.cli._connection import Connection
from whence.emit.sinks import BUILTIN, GROUP, open_sink
from whence.errors import WhenceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from whence.emit import SinkSettings

_ENDPOINTS = ("/api/v1/lineage", "/api/v1")


class Reach(NamedTuple):
    """Whether a sink could take events, and in words why or why not."""

    url: str
    is_reachable: bool
    detail: str


def reach(sink: SinkSettings, *, timeout_s: float) -> Reach:
    """Look whether this sink could take events."""
    if sink.kind in {"http", "https"}:
        return _reach_server(sink, timeout_s)
    if sink.kind == "file":
        return Reach(sink.url, *_look_at_file(Path(sink.url.removeprefix("file:"))))
    if sink.kind == "console":
        return Reach(sink.url, is_reachable=True, detail="always there")
    return _look(replace(sink, timeout_s=timeout_s))


def _look(sink: SinkSettings) -> Reach:
    """Open a sink and have it look, if it can; each library has errors of its own."""
    try:
        opened = open_sink(sink)
        try:
            look = cast("Callable[[], str] | None", getattr(opened, "look", None))
            where = "" if sink.kind in BUILTIN else f" (from the entry points {GROUP!r})"
            detail = look() if look is not None else f"opened{where}"
        finally:
            opened.close()
    except WhenceError as fault:
        return Reach(sink.url, is_reachable=False, detail=str(fault))
    except Exception as fault:  # noqa: BLE001
        return Reach(sink.url, is_reachable=False, detail=f"{type(fault).__name__}: {fault}")
    return Reach(sink.url, is_reachable=True, detail=detail)


def _reach_server(sink: SinkSettings, timeout_s: float) -> Reach:
    connection = Connection(base_of(sink.url), authorization=sink.authorization, timeout_s=timeout_s)
    began = time.monotonic()
    try:
        status, document = connection.ask("/health")
        server = "Whence"
        if status == HTTPStatus.NOT_FOUND:
            status, document = connection.ask("/api/v1/namespaces?limit=1")
            server = "a server with Marquez's API"
    except CliError as fault:
        return Reach(sink.url, is_reachable=False, detail=str(fault.details.get("reason") or fault))
    finally:
        connection.close()
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        said = "with the API key" if sink.authorization else "without an API key (set WHENCE_API_KEY)"
        return Reach(sink.url, is_reachable=False, detail=f"it refuses requests {said}: HTTP {status}")
    if status != HTTPStatus.OK or not isinstance(document, dict):
        return Reach(sink.url, is_reachable=False, detail=f"it answers HTTP {status}, which is no lineage server")
    release = f" {document['version']}" if isinstance(document.get("version"), str) else ""  # pyright: ignore[reportUnknownMemberType]
    return Reach(
        sink.url, is_reachable=True, detail=f"{server}{release}, in {(time.monotonic() - began) * 1000:.0f} ms"
    )


def base_of(url: str) -> str:
    """Give the server's URL of a sink's, which may name the lineage endpoint itself."""
    parts = urlsplit(url)
    path = next((parts.path.removesuffix(end) for end in _ENDPOINTS if parts.path.endswith(end)), parts.path)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _look_at_file(path: Path) -> tuple[bool, str]:
    if path.is_dir():
        return False, "it is a folder"
    if path.exists():
        return os.access(path, os.W_OK), "can be written" if os.access(path, os.W_OK) else "may not be written"
    if not path.parent.is_dir():
        return False, f"its folder {path.parent} is not there"
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return False, f"nothing may be written in its folder {path.parent}"
    return True, "will be created"
