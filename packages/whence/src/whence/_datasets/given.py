"""What a person names as input or output, turned into a dataset: a name, a URL, a path, a dataset of the model.

Files are named by what they hold. Up to 256 KiB are read at once, where the host can still be waiting for us; larger
ones are hashed by the background, before the run's last event is written, and only count as hashed if they did not
change meanwhile. An unchanged file is not read twice. It must not raise into the host: what cannot be understood is
None, and the collector says so once.
"""

from __future__ import annotations

import os
from collections import OrderedDict

from whence import model
from whence.errors import NamingError
from whence.model import DatasetId, Field, dataset_for_path, facet, schema_facet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from whence._datasets.columns import Columns

INLINE_BYTES = 256 * 1024
_STARTS = {"file::": "file", "model:": "ml-registry"}  # names that say themselves where they live
_STATISTICS = {
    "input": ("inputStatistics", "InputStatisticsInputDatasetFacet"),
    "output": ("outputStatistics", "OutputStatisticsOutputDatasetFacet"),
}
_FILE_TYPE, _PLAIN_FILE = 0o170000, 0o100000  # of stat's st_mode
_MAX_REMEMBERED = 1024
_DATAHUB_FACET = f"{model.PRODUCER}/spec/facets/1-0-0/WhenceDatahubDatasetFacet.json#/$defs/WhenceDatahubDatasetFacet"
_PIECE = 1 << 20

Stamp = tuple[int, int, int]  # inode, size, time of the last change


class Given:
    """A dataset as somebody named it.

    `path` is set while a file's content still has to be read; `columns` says what an output's columns come from.
    """

    __slots__ = ("columns", "direction", "facets", "io_facets", "name", "namespace", "path", "stamp")

    def __init__(self, direction: str, namespace: str, name: str) -> None:
        DatasetId(namespace, name)  # refuses what can be no name
        self.direction = direction
        self.namespace = namespace
        self.name = name
        self.columns: Columns = {}
        self.facets: dict[str, Any] = {}
        self.io_facets: dict[str, Any] = {}
        self.path: str | None = None
        self.stamp: Stamp | None = None


def understand(given: Any, direction: str, options: Mapping[str, Any], default_namespace: str) -> Given:
    """Return the dataset that somebody named.

    Accepted: a dataset or dataset id of `whence.model`; an OpenLineage dataset as a dict; a path object; text that is a
    name (with
    `namespace`), a URL (`s3://bucket/key`, `postgres://host:5432/db.schema.table`), a file's path,
    `model:<name>/<version>`, or else a name in the run's own namespace. Raises NamingError, TypeError.
    """
    namespace = options.get("namespace")
    path: Any = given.__fspath__() if hasattr(given, "__fspath__") else None
    if isinstance(given, str):
        dataset = _text(given, direction, namespace, default_namespace)
    elif path is not None:
        dataset = _file(os.fsdecode(path), direction)
    else:
        dataset = _object(given, direction)
    _add_facets(dataset, options)
    return dataset


def _text(text: str, direction: str, namespace: str | None, default_namespace: str) -> Given:
    known = next((fixed for start, fixed in _STARTS.items() if text.startswith(start)), None)
    if namespace or known:
        return Given(direction, namespace or known or "", text)
    if text.startswith("urn:li:dataset:"):
        return _urn(text, direction)
    if "://" in text:
        place = dataset_for_path(text)
        if place.namespace == "file":
            return _file(place.name, direction)
        return Given(direction, _namespace_of(place.namespace), place.name.lstrip("/"))
    if _is_path(text):
        return _file(os.path.expanduser(text), direction)  # noqa: PTH111  pathlib costs 8 ms of import
    return Given(direction, default_namespace, text)


def _urn(text: str, direction: str) -> Given:
    """Name a dataset that is told as DataHub's URN; the URN goes with it, so that DataHub gets it back unchanged.

    A URN holds no server. Where the namespace needs one, the platform as DataHub writes it stands for it.
    """
    urn = model.parse_dataset_urn(text)
    try:
        place = model.dataset_for_urn(urn)
    except NamingError:
        place = DatasetId(f"urn:li:dataPlatform:{urn.platform}", urn.name)
    dataset = Given(direction, place.namespace, place.name)
    dataset.facets["whence_datahub"] = {"_producer": model.PRODUCER, "_schemaURL": _DATAHUB_FACET, "urn": text}
    return dataset


def _namespace_of(namespace: str) -> str:
    """Write the scheme as OpenLineage does: `postgresql+psycopg://h` is `postgres://h`."""
    scheme, mark, rest = namespace.partition("://")
    scheme = scheme.partition("+")[0]
    return f"{'postgres' if scheme == 'postgresql' else scheme}{mark}{rest}"


def _is_path(text: str) -> bool:
    """Whether text without a namespace means a file: it is absolute, says so, has a folder in it, or is there."""
    if text.startswith(("/", "./", "../", "~/", ".\\", "..\\")) or os.path.isabs(text):  # noqa: PTH117  the same
        return True
    return (os.sep in text and ":" not in text) or os.path.isfile(text)  # noqa: PTH113  the same


def _object(given: Any, direction: str) -> Given:
    json: Any = given
    if not isinstance(given, dict) and not hasattr(given, "namespace"):
        text = (
            f"{type(given).__name__} is no kind of dataset; name it by text, by a path or by a dataset of whence.model"
        )
        raise TypeError(text)
    if isinstance(given, dict) and not {"namespace", "name"} <= given.keys():
        raise TypeError("an OpenLineage dataset needs namespace and name")
    if not isinstance(given, dict):
        json = given.to_json() if hasattr(given, "to_json") else {"namespace": given.namespace, "name": given.name}
    dataset = Given(direction, json["namespace"], json["name"])
    dataset.facets.update(json.get("facets") or {})
    dataset.io_facets.update(json.get("inputFacets" if direction == "input" else "outputFacets") or {})
    return dataset


def _file(path: str, direction: str) -> Given:
    dataset = Given(direction, "file", dataset_for_path(path).name)
    dataset.path = dataset.name
    return dataset


def _add_facets(dataset: Given, options: Mapping[str, Any]) -> None:
    fields = options.get("fields")
    if fields:
        dataset.facets["schema"] = schema_facet(read_fields(fields))
    if options.get("description"):
        dataset.facets["documentation"] = facet("DocumentationDatasetFacet", description=str(options["description"]))
    rows = options.get("rows")
    if rows is not None:
        kind, definition = _STATISTICS[dataset.direction]
        dataset.io_facets[kind] = facet(definition, rowCount=int(rows))
    dataset.facets.update(options.get("facets") or {})


def read_fields(fields: Any) -> list[Field]:
    """Read fields given as names, as pairs of name and type, as a mapping, or as the model's own."""
    made: list[Field] = []
    pairs: Iterable[Any] = fields.items() if hasattr(fields, "items") else fields
    for field in pairs:
        if isinstance(field, Field):
            made.append(field)
        elif isinstance(field, str):
            made.append(Field(field))
        else:
            name, data_type = field
            made.append(Field(str(name), None if data_type is None else str(data_type)))
    return made


# --- files


class FileHashes:
    """SHA-256 of files, remembered by path, inode, size and time of change. Bounded; any thread may ask."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, Stamp], str] = OrderedDict()

    def settle_now(self, dataset: Given) -> None:
        """Read a small file; leave a larger one, with the stamp it has now, to the background."""
        if dataset.path is None:
            return
        if dataset.stamp is None:
            dataset.stamp = stamp_of(dataset.path)
        if dataset.stamp is None or dataset.stamp[1] <= INLINE_BYTES:
            self.settle(dataset)

    def settle(self, dataset: Given) -> None:
        """Read the file and name the dataset; a file that is gone, or changes meanwhile, keeps its path as its name.

        The path goes last: a run that ends meanwhile must see that the name is still to come.
        """
        path, stamp = dataset.path, dataset.stamp
        digest = None if path is None or stamp is None else self._digest_of(path, stamp)
        if path is not None and digest is not None:
            name_file(dataset, path, digest)
        dataset.path = None

    def _digest_of(self, path: str, stamp: Stamp) -> str | None:
        if stamp_of(path) != stamp:
            return None
        digest = self._known.get((path, stamp))
        if digest is None:
            digest = _digest(path)
            if digest is None or stamp_of(path) != stamp:
                return None
            self._known[path, stamp] = digest
            if len(self._known) > _MAX_REMEMBERED:
                self._known.popitem(last=False)
        return digest


def name_file(dataset: Given, path: str, digest: str) -> None:
    """Name a dataset by a file's path and content."""
    dataset.name = model.file_id(path, digest)
    dataset.facets.setdefault("version", model.version_facet(digest))


def stamp_of(path: str) -> Stamp | None:
    """Return what tells one state of a file from another, None when it cannot be seen or is no plain file."""
    try:
        status = os.stat(path)  # noqa: PTH116  pathlib costs 8 ms of import
    except (OSError, ValueError):
        return None
    if status.st_mode & _FILE_TYPE != _PLAIN_FILE:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _digest(path: str) -> str | None:
    from hashlib import file_digest  # noqa: PLC0415  only runs with files pay for it

    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  pathlib costs 8 ms of import
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
