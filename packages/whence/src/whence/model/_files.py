"""Files named by what they hold: same path and same bytes are the same dataset.

    namespace `file`, name `file::<absolute path>@sha256:<hash>`

The only module of the model that reads a file: the one it is given, once, in pieces. Source: the seed document
openlineage-mvp.md, section 3; the version facet of OpenLineage. Two contents of one path are two datasets on purpose:
a symlink to the plain path would make one node of all that the file ever held.
"""

from __future__ import annotations

import os
from hashlib import file_digest

from whence.errors import NamingError, shown
from whence.model._events import InputDataset
from whence.model._facets import PRODUCER, version_facet
from whence.model._naming import absolute_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

_START = "file::"
_MARK = "@sha256:"
_DIGITS = 64


def file_dataset(path: str | PathLike[str], *, producer: str = PRODUCER) -> InputDataset:
    """Read a file and return its dataset: named by path and SHA-256, the hash also its version facet.

    Costs one pass over the file; raises OSError as open does.
    """
    text = absolute_path(os.fspath(path))
    with open(text, "rb") as file:  # noqa: PTH123  (pathlib costs 5 ms to import)
        digest = file_digest(file, "sha256").hexdigest()
    return InputDataset("file", file_id(text, digest), {"version": version_facet(digest, producer=producer)})


def file_id(path: str, digest: str) -> str:
    """Return the name of a file by path and SHA-256 (64 hexadecimal digits)."""
    return f"{_START}{path}{_MARK}{digest}"


def parse_file_id(text: str) -> tuple[str, str]:
    """Return (path, SHA-256) of a file's name. Raises NamingError when it is none."""
    path, mark, digest = text.removeprefix(_START).rpartition(_MARK)
    is_hash = len(digest) == _DIGITS and not digest.strip("0123456789abcdef")
    if not text.startswith(_START) or not mark or not path or not is_hash:
        raise NamingError(text, f"{shown(text)} is no file id; write file::<absolute path>@sha256:<64 digits>")
    return path, digest
