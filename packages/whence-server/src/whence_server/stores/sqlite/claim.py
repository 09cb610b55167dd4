"""The right to write to a data folder: one process at a time, because the writer keeps states of the graph in memory.

A lock on the file `whence.lock`, given back by the system when the process ends, however it ends. Reading needs no
claim.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from whence_server.errors import StoreInUseError, StoreUnavailableError

if TYPE_CHECKING:
    from pathlib import Path


class Claim:
    """The claim of this process on a folder, taken when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "whence.lock"
        self._file: int | None = None

    def take(self) -> None:
        """Take the claim, or raise StoreInUseError when another process has it."""
        if self._file is not None:
            return
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreUnavailableError(f"{self._path}: {error.strerror}; make the folder writable") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(file, 32).decode("ascii", "replace").strip()
            os.close(file)
            message = (
                f"process {holder or 'unknown'} already writes to {self._path.parent}; stop it or choose another folder"
            )
            raise StoreInUseError(message) from error
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file

    def give_back(self) -> None:
        """Let others write."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
