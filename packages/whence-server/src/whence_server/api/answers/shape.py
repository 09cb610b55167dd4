"""What all answer models share: snake case here, camel case on the wire.

Must not hold fields of its own. A field that may be null is `X | None` without a default, so that the types the web
UI generates say "always there, perhaps null".
"""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

JsonObject: TypeAlias = dict[str, Any]
"""Open JSON: facets and events are whatever their producer wrote."""


class Answer(BaseModel):
    """Base of every answer model."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)
