"""Administrative rows, and hiding: what people say that no event can say. Kept over a rebuild."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import orjson

from whence_server.errors import StoreError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

# kind -> length of its key
KINDS: Final = {
    "namespace": 1,
    "source": 1,
    "tag": 1,
    "dataset_tag": 3,
    "field_tag": 4,
    "job_tag": 3,
    "hidden_dataset": 2,
    "hidden_job": 2,
    "hidden_namespace": 1,
}
_HIDDEN: Final = "hidden_"


def put(connection: sqlite3.Connection, kind: str, key: tuple[str, ...], body: Mapping[str, Any]) -> None:
    """Keep a row, replacing the body of the one with the same key."""
    if KINDS.get(kind) != len(key):
        known = ", ".join(f"{name} ({length})" for name, length in KINDS.items())
        raise StoreError(f"no administrative row is called {kind!r} with {len(key)} key parts; there are {known}")
    now = time.time_ns() // 1000
    connection.execute(
        "INSERT INTO admin (kind, key, body, created_at, updated_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at",
        (kind, _key_text(key), orjson.dumps(dict(body)), now, now),
    )
    if kind == "namespace":
        add_declared_namespaces(connection)


def add_declared_namespaces(connection: sqlite3.Connection) -> None:
    """Make the namespaces that people declared and no event has named."""
    connection.execute(
        "INSERT INTO namespace (name, first_seen, last_seen)"
        " SELECT key ->> 0, created_at, created_at FROM admin WHERE kind = 'namespace'"
        " AND key ->> 0 NOT IN (SELECT name FROM namespace)"
    )
    connection.execute(
        "UPDATE namespace SET hidden = 0 WHERE name IN (SELECT key ->> 0 FROM admin AS a WHERE kind = 'namespace' AND"
        " updated_at > (SELECT updated_at FROM admin AS h WHERE h.kind = 'hidden_namespace' AND h.key = a.key))"
    )


def delete(connection: sqlite3.Connection, kind: str, key: tuple[str, ...]) -> bool:
    """Forget a row; answer whether there was one."""
    found = connection.execute("DELETE FROM admin WHERE kind = ? AND key = ?", (kind, _key_text(key)))
    return found.rowcount > 0


def hide(connection: sqlite3.Connection, kind: str, key: tuple[str, ...]) -> bool:
    """Hide an entity from now on, until an event that is received later names it; answer whether it exists."""
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
    if not set_hidden(connection, kind, key):
        return False
    put(connection, _HIDDEN + kind, key, {"seq": last})
    return True


def hidings(connection: sqlite3.Connection) -> list[tuple[int, str, tuple[str, ...]]]:
    """Return what was hidden and after which event, in that order."""
    rows = connection.execute("SELECT kind, key, body FROM admin WHERE kind LIKE 'hidden%'").fetchall()
    found = [
        (orjson.loads(body)["seq"], kind.removeprefix(_HIDDEN), tuple(orjson.loads(key))) for kind, key, body in rows
    ]
    return sorted(found)


def set_hidden(connection: sqlite3.Connection, kind: str, key: tuple[str, ...]) -> bool:
    """Mark an entity hidden; answer whether it exists."""
    if kind == "namespace":
        return connection.execute("UPDATE namespace SET hidden = 1 WHERE name = ?", key).rowcount > 0
    if kind not in ("dataset", "job"):
        raise StoreError(f"a {kind!r} cannot be hidden; a dataset, a job or a namespace can")
    listed = "e.used = 1 AND e.hidden = 0" if kind == "dataset" else "e.hidden = 0"
    row = connection.execute(
        f"SELECT e.id, e.namespace_id, {listed} FROM {kind} AS e"  # noqa: S608 - one of two names
        " JOIN namespace AS n ON n.id = e.namespace_id WHERE n.name = ? AND e.name = ?",
        key,
    ).fetchone()
    if row is None:
        return False
    connection.execute(f"UPDATE {kind} SET hidden = 1 WHERE id = ?", (row[0],))  # noqa: S608 - as above
    if row[2]:
        count = f"UPDATE namespace SET {kind}_count = {kind}_count - 1 WHERE id = ?"  # noqa: S608 - as above
        connection.execute(count, (row[1],))
    return True


def _key_text(key: tuple[str, ...]) -> str:
    return orjson.dumps(key).decode()
