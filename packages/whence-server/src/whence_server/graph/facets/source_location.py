"""The sourceCodeLocation job facet: where the job's code lies; a part of the job's version.

Source: spec/facets/SourceCodeLocationJobFacet.json 1-1-0.
"""

from __future__ import annotations

from typing import Any, cast

KEY = "sourceCodeLocation"


def read_location(facet: Any) -> str | None:
    """Return the URL of the code, else of its repository, None when the facet has neither."""
    if not isinstance(facet, dict):
        return None
    value = cast("dict[str, Any]", facet)
    for key in ("url", "repoUrl"):
        if isinstance(value.get(key), str) and value[key]:
            return value[key]
    return None
