"""Files named by what they hold: same path and same bytes are the same dataset.

    namespace `file`, name `file::<absolute path>@sha256:<hash>`

The only module of the model that reads a file: the one it is given, once, in pieces. Source: the seed document
openlineage-mvp.md, section 3; the version and symlinks facets of OpenLineage.
"""

from __future__ import annotations

import os
from hashlib import file_digest

from whence.errors import NamingError, shown
from whence.model._events import InputDataset
from whence.model._facets import PRODUCER, symlinks_facet, version_facet
from whence.model._identity import DatasetId
from whence.model._naming import absolute_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

_START = "file::"
_MARK = "@sha256:"
_DIGITS = 64


def file_dataset(path: str | PathLike[str], *, producer: str = PRODUCER) -> InputDataset:
    """Read a file and return its dataset: named by path and SHA-256, the hash also its version facet.

    The plain file (`file`, `/data/orders.csv`) is its alias. Costs one pass over the file; raises OSError as open does.
    """
    text = absolute_path(os.fspath(path))
    with open(text, "rb") as file:  # noqa: PTH123  (pathlib costs 5 ms to import)
        digest = file_digest(file, "sha256").hexdigest()
    facets = {
        "version": version_facet(digest, producer=producer),
        "symlinks": symlinks_facet([DatasetId("file", text)], kind="LOCATION", producer=producer),
    }
    return InputDataset("file", file_id(text, digest), facets)


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
