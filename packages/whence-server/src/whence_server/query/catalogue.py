"""Namespaces, sources and tags, for Marquez's routes of those names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson

from whence_server.query.dataset_shape import DEFAULT_SOURCE
from whence_server.query.errors import UnknownError
from whence_server.query.lookup import namespace_row
from whence_server.query.times import instant
from whence_server.stores.rows import Page

if TYPE_CHECKING:
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import NamespaceRow, SourceRow

ANONYMOUS = "anonymous"
UNKNOWN_TYPE = "UNKNOWN"
SOURCE_TYPES = {"postgres": "POSTGRESQL", "postgresql": "POSTGRESQL"}


def _said(body: bytes | None) -> dict[str, Any]:
    return {} if body is None else cast("dict[str, Any]", orjson.loads(body))


def namespaces(reader: Reader, *, limit: int, offset: int) -> dict[str, Any]:
    """List namespaces, in the shape `Namespaces`; hidden ones are marked."""
    rows = reader.namespaces(Page(limit, offset)) if limit else []
    return {"namespaces": [_namespace(row) for row in rows], "totalCount": reader.counters().get("namespaces", 0)}


def namespace(reader: Reader, name: str) -> dict[str, Any]:
    """Answer one namespace, in the shape `Namespace`."""
    return _namespace(namespace_row(reader, name))


def _namespace(row: NamespaceRow) -> dict[str, Any]:
    said = _said(row.admin)
    return {
        "name": row.name,
        "createdAt": instant(row.first_seen),
        "updatedAt": instant(row.last_seen),
        "ownerName": said.get("ownerName") or ANONYMOUS,
        "description": said.get("description"),
        "isHidden": row.hidden,
    }


def sources(reader: Reader, *, limit: int, offset: int) -> dict[str, Any]:
    """List sources, in the shape `Sources`."""
    rows = reader.sources(Page(limit, offset)) if limit else []
    return {"sources": [_source(row) for row in rows], "totalCount": reader.counters().get("sources", 0)}


def source(reader: Reader, name: str) -> dict[str, Any]:
    """Answer one source, in the shape `Source`. The default source of datasets that name none always exists."""
    row = reader.source(name)
    if row is not None:
        return _source(row)
    if name != DEFAULT_SOURCE:
        message = f"Source '{name}' not found."
        raise UnknownError(message, path="source")
    return {
        "type": UNKNOWN_TYPE,
        "name": DEFAULT_SOURCE,
        "createdAt": instant(0),
        "updatedAt": instant(0),
        "connectionUrl": "",
        "description": "The source of datasets whose events name none.",
    }


def _source(row: SourceRow) -> dict[str, Any]:
    said = _said(row.admin)
    uri = said.get("connectionUrl") or row.uri or ""
    scheme = uri.partition(":")[0].lower()
    return {
        "type": said.get("type") or SOURCE_TYPES.get(scheme, scheme.upper() or UNKNOWN_TYPE),
        "name": row.name,
        "createdAt": instant(row.first_seen),
        "updatedAt": instant(row.last_seen),
        "connectionUrl": uri,
        "description": said.get("description"),
    }


def tags(reader: Reader, *, limit: int, offset: int) -> dict[str, Any]:
    """List the tags that were made known through the API, in the shape `Tags`."""
    rows = reader.tags(Page(limit, offset)) if limit else []
    return {"tags": [{"name": row.name, "description": row.description} for row in rows]}
