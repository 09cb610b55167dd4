"""Routes that read SQL: POST /sql/lineage and POST /tasks/sql/inline.

Each takes a JSON body, or query parameters, or both (the body wins). Bodies are bounded while they come in; reading
happens beside the event loop, a few texts at a time. Source: the seed `lineage-tracking-api.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, cast

import anyio.to_thread
import orjson
from fastapi import APIRouter, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from whence.sql import dialect_name
from whence.sql.documents import DIALECTS, ProfileName
from whence_server.api.answers.problem import Problem
from whence_server.api.answers.sql import InlineTask, SqlLineage
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.rendering import json_answer
from whence_server.errors import RequestError
from whence_server.ingest.bodies import read_body
from whence_server.query import sql_lineage

if TYPE_CHECKING:
    from collections.abc import Callable

    from whence_server.api.context import ApiContext

MAX_BYTES: Final = 1024 * 1024
MAX_NAME: Final = 1_000

Name = Annotated[str, Field(max_length=MAX_NAME)]
Columns = Annotated[
    dict[str, list[str] | dict[str, str | None]],
    Field(description="Columns of tables: names in order, or names with types."),
]


class ReadWith(BaseModel):
    """What a text is to be read with."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    dialect: Name | None = Field(default=None, description=f"{', '.join(DIALECTS)}; null: standard SQL.")
    default_db: Name | None = Field(default=None, description="The database of names that have none.")
    default_schema: Name | None = Field(default=None, description="The schema of names that have none.")
    profile: ProfileName = Field(default="default", description="Whose conventions the answer keeps.")


class SqlParameters(ReadWith):
    """A text to be read, as query parameters."""

    sql: str | None = Field(default=None, description="One statement or many.")


class SqlOrder(ReadWith):
    """A text to be read. A field with another name is refused: a mistyped `dialect` would change the answer unseen."""

    model_config = ConfigDict(extra="forbid")

    sql: str = Field(description="One statement or many.")
    tables: Annotated[Columns, Field(alias="schema")] = {}


class InlineParameters(SqlParameters):
    """A text to be read as a pipeline, as query parameters."""

    pipeline: Name | None = None
    region: Name | None = None


class InlineOrder(SqlOrder):
    """A text to be read as a pipeline."""

    pipeline: Name = "inline"
    region: Name | None = None


_WAYS: Final = 'send an object such as {"sql": "SELECT ..."}, or the text as the query parameter sql'

AnyOrder = TypeVar("AnyOrder", bound=SqlOrder)

router = APIRouter(tags=["sql"])


def _body(order: type[BaseModel]) -> dict[str, Any]:
    schema = order.model_json_schema()
    dialects = [{"type": "string", "enum": list(DIALECTS)}, {"type": "string", "maxLength": MAX_NAME}, {"type": "null"}]
    schema["properties"]["dialect"] = {"anyOf": dialects, "default": None, "title": "Dialect"}
    return {"requestBody": {"required": False, "content": {"application/json": {"schema": schema}}}}


_PROBLEMS = {
    **problems(),
    413: {"model": Problem, "description": "The body is too large."},
    415: {"model": Problem, "description": "The Content-Encoding or charset is not known."},
}


@router.post("/sql/lineage", response_model=SqlLineage, responses=_PROBLEMS, openapi_extra=_body(SqlOrder))
async def lineage(context: Context, request: Request, parameters: Annotated[SqlParameters, Query()]) -> Response:
    """Read SQL: tables and columns, statement by statement, and what of it was not understood. Nothing is kept."""
    question = _question(await _order(SqlOrder, request, parameters))
    return await _beside(context, sql_lineage.answer, question)


@router.post("/tasks/sql/inline", response_model=InlineTask, responses=_PROBLEMS, openapi_extra=_body(InlineOrder))
async def inline(context: Context, request: Request, parameters: Annotated[InlineParameters, Query()]) -> Response:
    """Read SQL as if it were a pipeline, one step a statement, and draw it. Nothing is kept."""
    order = await _order(InlineOrder, request, parameters)
    return await _beside(context, sql_lineage.as_pipeline, _question(order), order.pipeline, order.region)


async def _beside(context: ApiContext, read: Callable[..., dict[str, Any]], *arguments: object) -> Response:
    """Read on a thread: some hundred milliseconds of CPU must not hold up everybody else's requests."""
    return await anyio.to_thread.run_sync(lambda: json_answer(read(*arguments)), limiter=context.sql_limiter)


async def _order(kind: type[AnyOrder], request: Request, parameters: SqlParameters) -> AnyOrder:
    """Put the body and the parameters together. Raises RequestError and RequestValidationError."""
    body = await read_body(request.stream(), request.scope["headers"], MAX_BYTES)
    given = parameters.model_dump(exclude_none=True, exclude_defaults=True, by_alias=True)
    if body:
        given |= _object(body)
    try:
        return kind.model_validate(given)
    except ValidationError as cause:
        errors = [{**error, "loc": ("body", *error["loc"])} for error in cause.errors(include_url=False)]
        raise RequestValidationError(errors) from cause


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as cause:
        message = f"the body is not JSON ({cause}); {_WAYS}"
        raise RequestError(400, "bad_request", message, path="$") from cause
    if not isinstance(document, dict):
        message = f"the body is a JSON {type(document).__name__}; {_WAYS}"
        raise RequestError(400, "bad_request", message, path="$")
    return cast("dict[str, Any]", document)


def _question(order: SqlOrder) -> sql_lineage.Question:
    tables = {
        table: dict.fromkeys(columns) if isinstance(columns, list) else columns
        for table, columns in order.tables.items()
    }
    return sql_lineage.Question(
        order.sql, _known(order.dialect), order.default_db, order.default_schema, tables, order.profile
    )


def _known(dialect: str | None) -> str:
    name = dialect_name(dialect)
    if name and name not in DIALECTS:
        message = f"the dialect {dialect!r:.100} is not known; there are {', '.join(DIALECTS)}"
        raise RequestError(400, "bad_request", message, path="$.dialect")
    return name
