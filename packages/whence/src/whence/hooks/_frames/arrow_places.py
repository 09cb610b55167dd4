"""Which places pyarrow's things stand for: datasets, fragments, open files on a filesystem.

Asked of the objects, which know it; nothing is listed or opened. It must not import pyarrow.
"""

from __future__ import annotations

from whence.hooks._frames.places import places_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence.hooks._frames.places import Fields, Place

_MAX_FIELDS = 2000


def dataset_places(dataset: Any) -> list[Place]:
    """Return the places of a `pyarrow.dataset.Dataset`, of its children for a union; none for data in memory."""
    children = getattr(dataset, "children", None)
    if isinstance(children, list):
        found: dict[Place, None] = {}
        child: Any
        for child in children:  # pyright: ignore[reportUnknownVariableType]
            found.update(dict.fromkeys(dataset_places(child)))
        return list(found)
    files = getattr(dataset, "files", None)
    if not isinstance(files, list):
        return []
    return places_of(files, getattr(dataset, "filesystem", None))


def fields_of(schema: Any) -> Fields | None:
    """Return names and types of an Arrow schema."""
    names: list[str] = schema.names
    if len(names) > _MAX_FIELDS:
        return None
    return [(name, str(kind)) for name, kind in zip(names, schema.types, strict=True)]
