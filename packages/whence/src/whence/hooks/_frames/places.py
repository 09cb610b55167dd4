"""Which places a path-like thing stands for, as OpenLineage names them, and how a run is told of one read or write.

A place is (namespace, name): `("file", "/data/a.csv")`, `("s3://bucket", "k/a.parquet")`. Known are text, path objects,
URLs of object stores and the web (also chained ones as fsspec has them), open files of the system, lists of all that,
and paths on a `filesystem` of pyarrow or fsspec. A buffer is no place. It must not open, list or ask anything remote.
"""

from __future__ import annotations

import os

from whence.model import dataset_for_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from whence.context import Run

    Place = tuple[str, str]
    Fields = list[tuple[str, str | None]]

_NOWHERE = ("memory", "data", "fd", "blob")  # schemes of what lives in this process only
_SCHEME_OF = {"s3": "s3", "gcs": "gs", "hdfs": "hdfs", "abfs": "abfs", "local": "", "file": ""}
_LOCAL = ("file", "local")
_MAX_DEPTH = 8  # filesystems around filesystems
_MAGIC = frozenset("*?[")
_FILE_TYPE, _PLAIN_FILE, _DIRECTORY = 0o170000, 0o100000, 0o040000  # of stat's st_mode


def places_of(thing: Any, filesystem: Any = None) -> list[Place]:
    """Return the places that a thing stands for, in its order; none for buffers and what cannot be told."""
    if isinstance(thing, (list, tuple, set, frozenset)):
        found: dict[Place, None] = {}
        each: Any
        for each in thing:  # pyright: ignore[reportUnknownVariableType]
            found.update(dict.fromkeys(places_of(each, filesystem)))
        return list(found)
    place = _place_of(thing, filesystem)
    return [] if place is None else [place]


def _place_of(thing: Any, filesystem: Any) -> Place | None:
    if isinstance(thing, str) or hasattr(thing, "__fspath__"):
        text = os.fspath(thing)
        if isinstance(text, bytes):
            text = os.fsdecode(text)
        return place_of_text(text) if filesystem is None else _on_filesystem(text, filesystem)
    if hasattr(thing, "read") or hasattr(thing, "write"):
        return _open_file(thing)
    return None


def place_of_text(text: str) -> Place | None:
    """Return the place of a path or URL. Of a chained URL (`zip://a.csv::s3://b/k.zip`) the last link is the place."""
    if "::" in text and "://" in text:
        text = text.rpartition("::")[2]
    if not text or "\n" in text:
        return None
    scheme, mark, _ = text.partition("://")
    if mark and scheme in _NOWHERE:
        return None
    if not mark and text.startswith("~"):
        text = os.path.expanduser(text)  # noqa: PTH111  pathlib costs 8 ms of import
    place = dataset_for_path(text)
    is_folder = text.endswith("/") and not place.name.endswith("/")
    return place.namespace, place.name + "/" if is_folder else place.name


def _open_file(file: Any) -> Place | None:
    """Return the place of an open file: the system must agree that its name is what is open."""
    filesystem, path = getattr(file, "fs", None), getattr(file, "path", None)
    if filesystem is not None and isinstance(path, str):  # fsspec
        return _on_filesystem(path, filesystem)
    name = getattr(file, "name", None)
    if not isinstance(name, str):
        return None
    try:
        if os.path.samestat(os.fstat(file.fileno()), os.stat(name)):  # noqa: PTH116  as above
            return place_of_text(name)
    except (OSError, ValueError, AttributeError):
        pass
    return None


def is_remote_file(thing: Any) -> bool:
    """Whether this is an open file of fsspec: what is written to it takes effect only when it is closed."""
    return hasattr(thing, "fs") and hasattr(thing, "path")


def _on_filesystem(path: str, filesystem: Any) -> Place | None:
    """Return the place of a path on a filesystem of pyarrow or fsspec, seen through wrappers around it."""
    if isinstance(filesystem, str):  # a URI that paths are relative to
        return place_of_text(f"{filesystem.rstrip('/')}/{path.lstrip('/')}")
    for _ in range(_MAX_DEPTH):
        inner = getattr(filesystem, "base_fs", None)  # pyarrow's SubTreeFileSystem
        if inner is not None:
            path = f"{filesystem.base_path.rstrip('/')}/{path.lstrip('/')}"
        elif (handler := getattr(filesystem, "handler", None)) is not None:  # pyarrow's wrapper of fsspec
            inner = getattr(handler, "fs", None)
        elif type(filesystem).__name__ == "DirFileSystem":
            inner, path = filesystem.fs, f"{str(filesystem.path).rstrip('/')}/{path.lstrip('/')}"
        elif "protocol" in dir(filesystem) and hasattr(filesystem, "target_protocol"):  # fsspec's caches
            inner = getattr(filesystem, "fs", None)
        if inner is None:
            break
        filesystem = inner
    scheme = _scheme_of(filesystem)
    if scheme is None or scheme in _NOWHERE:
        return None
    if not scheme or "://" in path:
        return place_of_text(path)
    return place_of_text(f"{scheme}://{path.lstrip('/')}")


def _scheme_of(filesystem: Any) -> str | None:
    """Return the scheme of a filesystem's places: empty for the local one, None for one that is not known."""
    name = getattr(filesystem, "type_name", None)  # pyarrow
    if isinstance(name, str):
        return _SCHEME_OF.get(name)
    protocol = getattr(filesystem, "protocol", None)  # fsspec
    if isinstance(protocol, (tuple, list)):
        protocol = protocol[0] if protocol else None  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(protocol, str):
        return None
    return "" if protocol in _LOCAL else protocol


def has_magic(place: Place) -> bool:
    """Whether the name is a pattern for several."""
    return not _MAGIC.isdisjoint(place[1])


def tell(
    run: Run,
    direction: str,
    places: Iterable[Place],
    *,
    rows: int | None = None,
    fields: Fields | None = None,
    size: int | None = None,
) -> None:
    """Tell a run what one call read or wrote. A single local file is named by its content, all else by its place.

    A name that ends with a slash is a folder. What was read and is not there was no path but data, and is left out. The
    rows of a call over several places belong to none of them alone, and are left out.
    """
    known = [(place, kind) for place in places if (kind := _kind_of(place, direction))]
    if len(known) == 1 and known[0][1] == _FILE:
        options: dict[str, Any] = {}
        if rows is not None:
            options["rows"] = rows
        if fields:
            options["fields"] = fields
        (run.add_input if direction == "input" else run.add_output)(known[0][0][1], **options)
        return
    is_one = len(known) == 1
    for (namespace, name), kind in known:
        run.touch(
            direction,
            namespace,
            name + "/" if kind == _FOLDER else name,
            size=size if is_one else None,
            rows=rows if is_one else None,
            fields=fields,
        )


_NOTHING, _OBJECT, _FILE, _FOLDER = range(4)


def _kind_of(place: Place, direction: str) -> int:
    """Return what a place is: a local file, a folder whose name does not say so, something else, or nothing."""
    namespace, name = place
    if namespace != "file":
        return _OBJECT
    try:
        mode = os.stat(name).st_mode  # noqa: PTH116  pathlib costs 8 ms of import
    except (OSError, ValueError):
        return _NOTHING if direction == "input" and not has_magic(place) else _OBJECT
    if mode & _FILE_TYPE == _PLAIN_FILE:
        return _FILE
    return _FOLDER if mode & _FILE_TYPE == _DIRECTORY and not name.endswith("/") else _OBJECT
