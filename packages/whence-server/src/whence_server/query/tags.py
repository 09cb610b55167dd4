"""Tags of datasets, fields and jobs: those that tags facets carry, and those that people put through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence_server.query.facets import tags as facet_tags
from whence_server.stores.rows import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence_server.stores.base import Reader
    from whence_server.stores.rows import AdminRow, DatasetRow, JobRow

MANY = 2_000  # up to here all administrative tags are read at once, beyond it those of each name


class TagBook:
    """The tags put through the API, read once for an answer."""

    __slots__ = ("_all", "_reader")

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._all: dict[str, dict[tuple[str, str], list[AdminRow]] | None] = {}

    def of_dataset(self, row: DatasetRow, facets: Mapping[str, bytes]) -> tuple[list[str], dict[str, list[str]]]:
        """Return (tags of the dataset, field -> its tags)."""
        own, of_fields = facet_tags(facets) if "tags" in facets else ([], {})
        if not self._any("dataset_tag") and not self._any("field_tag"):
            return own, of_fields
        own += [each.key[2] for each in self._put("dataset_tag", row.namespace, row.name)]
        for each in self._put("field_tag", row.namespace, row.name):
            of_fields.setdefault(each.key[2], []).append(each.key[3])
        return _once(own), {field: _once(tags) for field, tags in of_fields.items()}

    def of_job(self, row: JobRow, facets: Mapping[str, bytes]) -> list[str]:
        """Return the tags of a job."""
        own = facet_tags(facets)[0] if "tags" in facets else []
        return _once(own + [each.key[2] for each in self._put("job_tag", row.namespace, row.name)])

    def _any(self, kind: str) -> bool:
        """Tell whether there is any tag of a kind at all: mostly there is none."""
        if kind not in self._all:
            self._put(kind, "", "")
        return self._all[kind] != {}

    def _put(self, kind: str, namespace: str, name: str) -> list[AdminRow]:
        if kind not in self._all:
            rows = self._reader.admin_rows(kind, (), Page(limit=MANY))
            by_name: dict[tuple[str, str], list[AdminRow]] = {}
            for row in rows:
                by_name.setdefault((row.key[0], row.key[1]), []).append(row)
            self._all[kind] = by_name if len(rows) < MANY else None
        known = self._all[kind]
        if known is None:
            return self._reader.admin_rows(kind, (namespace, name), Page(limit=MANY))
        return known.get((namespace, name), [])


def _once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))
