"""The server's settings: one frozen object, made by whoever starts the server. Nothing here reads the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - a field's type, which dataclass tools look up
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where the server keeps its state, where it listens, and what it takes at most.

    `max_event_bytes` and `max_body_bytes` hold before and after decompression. `max_waiting_*` bound what waits for
    the disk: beyond it the server answers 503. `graph_*` bound answers.
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8300
    max_event_bytes: int = 16 * MIB
    max_body_bytes: int = 64 * MIB
    max_waiting_events: int = 20_000
    max_waiting_bytes: int = 128 * MIB
    graph_max_nodes: int = 1_000
    graph_time_limit_s: float = 2.0
