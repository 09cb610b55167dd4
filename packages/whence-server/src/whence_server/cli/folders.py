"""A data folder used without a server: opened for reading, or for taking events in.

Must not: make a folder that was only to be read. The one module of the commands, beside `whence_server.app`, that
names the concrete store.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from whence.cli import CliError
from whence.errors import EventError
from whence_server.cli.posting import Refusal
from whence_server.errors import RequestError
from whence_server.ingest.events import decode_event
from whence_server.stores.sqlite import FILE_NAME, SqliteStore, open_store

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

    from whence_server.stores.base import Incoming

__all__ = ["FolderTaker", "SqliteStore", "existing_store", "flag_data"]


def flag_data(parser: ArgumentParser, use: str, **options: Any) -> None:
    """Declare `--data DIR`."""
    parser.add_argument("--data", metavar="DIR", help=use, **options)


def existing_store(folder: str) -> SqliteStore:
    """Open the store of a folder that has one; raises `CliError` where there is none."""
    if not (Path(folder) / FILE_NAME).is_file():
        what = "holds no " + FILE_NAME if Path(folder).is_dir() else "is not there"
        raise CliError(
            f"the data folder {folder} {what}", advice="give the folder that `whence serve --data DIR` was given"
        )
    return open_store(Path(folder))


class FolderTaker:
    """Takes events straight into a data folder, which is made if it is not there."""

    def __init__(self, folder: str) -> None:
        self._store = open_store(Path(folder))
        self._store.claim()

    def post(self, events: Sequence[bytes]) -> list[Refusal]:
        """Keep events durably; gives those that are no OpenLineage events."""
        refused: list[Refusal] = []
        group: list[Incoming] = []
        for place, body in enumerate(events):
            try:
                group.append(decode_event(body))
            except (EventError, RequestError) as fault:
                refused.append(Refusal(place, str(fault)))
        self._store.commit(group)
        return refused

    def close(self) -> None:
        """Let go of the folder."""
        self._store.close()
