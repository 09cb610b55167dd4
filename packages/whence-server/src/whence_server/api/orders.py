"""What Marquez's writing routes take, as pydantic models. They check; `admin` turns them into events.

Unknown keys are ignored, as Marquez does: its clients send more than it reads.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Text = Annotated[str, Field(min_length=1, max_length=65_536)]
JsonObject = dict[str, Any]


class Order(BaseModel):
    """Base of every order."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class NamespaceOrder(Order):
    """PUT of a namespace."""

    owner_name: Text = "anonymous"
    description: str | None = None


class SourceOrder(Order):
    """PUT of a source."""

    type: Text
    connection_url: Text
    description: str | None = None


class TagOrder(Order):
    """PUT of a tag."""

    description: str | None = None


class FieldOrder(Order):
    """A field of a dataset."""

    name: Text
    type: str | None = None
    tags: list[Text] = []
    description: str | None = None


class DatasetOrder(Order):
    """PUT of a dataset."""

    type: Literal["DB_TABLE", "STREAM"] = "DB_TABLE"
    physical_name: Text | None = None
    source_name: Text | None = None
    fields: list[FieldOrder] = []
    tags: list[Text] = []
    description: str | None = None
    schema_location: str | None = None
    run_id: str | None = None


class NameOrder(Order):
    """A dataset by name."""

    namespace: Text
    name: Text


class JobOrder(Order):
    """PUT of a job."""

    type: Literal["BATCH", "STREAM", "SERVICE"] = "BATCH"
    inputs: list[NameOrder] = []
    outputs: list[NameOrder] = []
    location: str | None = None
    description: str | None = None
    run_id: str | None = None


class RunOrder(Order):
    """POST of a run."""

    id: str | None = None
    nominal_start_time: str | None = None
    nominal_end_time: str | None = None
    args: JsonObject = {}
