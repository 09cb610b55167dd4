"""The reader: every read of `stores.base.Reader` on one connection, put together from its parts."""

from __future__ import annotations

from whence_server.stores.sqlite.reads_graph import GraphReads
from whence_server.stores.sqlite.reads_lists import ListReads
from whence_server.stores.sqlite.reads_log import LogReads
from whence_server.stores.sqlite.reads_runs import RunReads


class SqliteReader(GraphReads, ListReads, RunReads, LogReads):
    """Reads on one snapshot, for one thread at a time."""
