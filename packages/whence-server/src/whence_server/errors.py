"""Every error the server raises on purpose.

    whence.errors.WhenceError
    ├── EventError (whence)           an event that cannot be kept: 422
    └── ServerError
        ├── RequestError              a request that cannot be read: its `status`, `error` code, `path`
        └── StoreError
            ├── StoreUnavailableError     locked, full, read-only: 503, try again after `retry_after_s`
            ├── StoreBusyError            more events wait than may wait: 503, try again
            ├── StoreCorruptError         the file is damaged or no database of ours: 500
            ├── StoreVersionError         the file was written by a newer Whence: refused when opened
            └── StoreInUseError           another process writes to the folder: refused when opened

Messages say what happened, with which value, what is allowed and what to do next; they name files, never contents of
events.
"""

from __future__ import annotations

from whence.errors import WhenceError


class ServerError(WhenceError):
    """The root of the server's own errors."""


class RequestError(ServerError):
    """A request that cannot be read: broken JSON, bad gzip, too large. `error` is a short code for programs."""

    def __init__(self, status: int, error: str, message: str, *, path: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.path = path


class StoreError(ServerError):
    """The root of what a store reports."""


class StoreUnavailableError(StoreError):
    """The store cannot write or read now; nothing of the call was kept, and the same call may succeed later."""

    def __init__(self, message: str, *, retry_after_s: int = 2) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StoreBusyError(StoreUnavailableError):
    """More events wait for the disk than may wait."""


class StoreCorruptError(StoreError):
    """The database file is damaged, or is no database."""


class StoreVersionError(StoreError):
    """The database has another schema version than this program."""

    def __init__(self, message: str, *, found: int, known: int) -> None:
        super().__init__(message)
        self.found = found
        self.known = known


class StoreInUseError(StoreError):
    """Another process writes to the same folder."""
