"""Names made from parts, and names read from paths.

`dataset_id` fills in a row of the naming table. `dataset_for_path` names files and objects by path or URI, the way
OpenLineage's own clients do (client/java .../utils/filesystem): object keys without a slash in front, file paths with
one, no slash at the end. It must not look whether the file exists, and keeps no user, password or signature of a URI.
"""

from __future__ import annotations

import os

from whence.errors import NamingError, shown
from whence.model._database_url import unquote
from whence.model._identity import DatasetId
from whence.model._platforms import PLATFORMS
from whence.model._template import fill, part_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

_SCHEMES = {"s3a": "s3", "s3n": "s3", "gcs": "gs", "abfs": "abfss", "wasb": "wasbs"}
_OBJECT_STORES = frozenset({"s3", "gs", "abfss", "wasbs"})  # keys are taken as they are: ? and # are letters there
_WITH_CONTAINER = frozenset({"abfss", "wasbs"})  # container@account: the @ is no sign of a user
_DRIVE = 2  # a scheme of one letter is a Windows drive


def dataset_id(platform: str, **parts: str) -> DatasetId:
    """Name a dataset of a platform of the naming table from all parts of its forms.

    >>> dataset_id("glue", region="eu-west-1", account="123", database="sales", table="orders")
    DatasetId('arn:aws:glue:eu-west-1:123', 'table/sales/orders')

    The port may be left out where the platform has a usual one. Raises NamingError for an unknown platform, a missing
    part and a part that the platform has not.
    """
    row = PLATFORMS.get(platform)
    if row is None:
        raise NamingError(platform, f"{shown(platform)} is not in the naming table; known: {', '.join(PLATFORMS)}")
    known = {*part_names(row.namespace), *part_names(row.dataset)}
    for part in parts:
        if part not in known:
            raise NamingError(part, f"{platform} has no part {shown(part)}; its parts are {', '.join(sorted(known))}")
    return DatasetId(row.namespace_for(parts), fill(row.dataset, parts))


def dataset_for_path(path: str | PathLike[str]) -> DatasetId:
    """Name a file or object by its path or URI; a relative path counts from the working directory.

    >>> dataset_for_path("s3a://lake/raw/orders/")
    DatasetId('s3://lake', 'raw/orders')
    >>> dataset_for_path("/data/orders.csv")
    DatasetId('file', '/data/orders.csv')
    """
    text = os.fspath(path)
    scheme, colon, rest = text.partition(":")
    if not colon or not _is_scheme(scheme) or not rest.startswith("/"):
        return DatasetId("file", absolute_path(text))
    scheme = _SCHEMES.get(scheme.lower(), scheme.lower())
    authority, key = _split_authority(rest, has_container=scheme in _WITH_CONTAINER)
    if scheme not in _OBJECT_STORES:
        key = key.partition("?")[0].partition("#")[0]
    if scheme == "file":
        key = unquote(key)
    namespace = f"{scheme}://{authority}" if authority else scheme
    name = key.strip("/") if scheme in _OBJECT_STORES else key.rstrip("/")
    return DatasetId(namespace, name or "/")


def absolute_path(path: str) -> str:
    """Return the absolute path with forward slashes, no slash at the end."""
    return os.path.abspath(path).replace("\\", "/")  # noqa: PTH100  (pathlib costs 5 ms to import)


def _is_scheme(text: str) -> bool:
    return (
        len(text) >= _DRIVE
        and text[0].isalpha()
        and text.isascii()
        and text.replace("+", "").replace("-", "").isalnum()
    )


def _split_authority(rest: str, *, has_container: bool) -> tuple[str, str]:
    """Return (authority without user and password, path with its slash) of what follows the scheme's colon.

    A secret key may hold a slash: after a colon that starts no port, all up to the next @ is cut.
    """
    if not rest.startswith("//"):
        return "", rest
    authority, slash, path = rest[2:].partition("/")
    if has_container:
        return authority, slash + path
    if "@" in authority:
        return authority.rpartition("@")[2], slash + path
    _, colon, port = authority.partition(":")
    if colon and not port.isdigit() and "@" in path:
        authority, slash, path = path.partition("@")[2].partition("/")
    return authority, slash + path
