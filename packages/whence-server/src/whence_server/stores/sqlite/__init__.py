"""The store in one SQLite file: nothing to start, nothing to run beside the server."""

from whence_server.stores.sqlite.store import FILE_NAME, SqliteStore, open_store

__all__ = ["FILE_NAME", "SqliteStore", "open_store"]
