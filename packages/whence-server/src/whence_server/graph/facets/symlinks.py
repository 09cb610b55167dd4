"""The symlinks dataset facet: other names of the same dataset.

Source: spec/facets/SymlinksDatasetFacet.json 1-0-1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from whence_server.graph.facets.origins import Name, name_in

if TYPE_CHECKING:
    from whence_server.graph.facets.notes import Notes

KEY = "symlinks"


class Symlink(NamedTuple):
    """Another name, and what kind of name it is (TABLE, LOCATION, ...)."""

    name: Name
    type: str | None


def read_symlinks(facet: Any, own: Name, path: str, notes: Notes) -> list[Symlink]:
    """Return the other names of the dataset called `own`, each once, in the order given."""
    if not isinstance(facet, dict):
        notes.malformed(path, facet, "a facet object")
        return []
    value = cast("dict[str, Any]", facet)
    identifiers = value.get("identifiers")
    if not isinstance(identifiers, list):
        if value.get("_deleted") is not True:
            notes.malformed(f"{path}.identifiers", identifiers, "an array of identifiers")
        return []
    found: dict[Name, Symlink] = {}
    for index, item in enumerate(cast("list[Any]", identifiers)):
        here = f"{path}.identifiers[{index}]"
        if not isinstance(item, dict):
            notes.malformed(here, item, "an identifier object")
            continue
        identifier = cast("dict[str, Any]", item)
        name, kind = name_in(identifier, here, notes), identifier.get("type")
        if name is not None and name != own:
            found.setdefault(name, Symlink(name, kind if isinstance(kind, str) else None))
    return list(found.values())
