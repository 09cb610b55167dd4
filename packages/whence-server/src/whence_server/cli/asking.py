"""Ask the server about entities, and help when a name is unknown or stands for several.

Must not: choose among candidates. Each is listed with the node id that names it alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from whence.cli import CliError, ExitCode
from whence.model import file_dataset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence.cli import Connection

NOT_FOUND, AMBIGUOUS = 404, 409
SHOWN = 10
ENTITY_HELP = (
    "an entity: a dataset or job name, a node id (dataset:NAMESPACE:NAME, job:..., datasetField:NAMESPACE:NAME:FIELD), "
    "a file id, the path of a file that is here, or a model id such as model:fraud/1.0.0"
)


def entity_of(text: str) -> str:
    """Give the entity that a person means: the path of a file that is here means it with the content it has now."""
    is_path = text.startswith(("/", "./", "../", "~/"))
    if is_path and (path := Path(text).expanduser()).is_file():
        return file_dataset(path).name
    return text


def ask(connection: Connection, path: str, query: Mapping[str, object]) -> Any:
    """Ask a question about entities; raises `CliError` with candidates where a name is unknown or ambiguous."""
    try:
        return connection.get(path, query)
    except CliError as refused:
        status = refused.details.get("status")
        if status == AMBIGUOUS:
            raise _ambiguous(refused) from refused
        if status == NOT_FOUND and refused.code != ExitCode.NO_SERVER:
            raise _unknown(refused) from refused
        raise


def _ambiguous(refused: CliError) -> CliError:
    details = cast("dict[str, Any]", refused.details.get("details") or {})
    candidates = cast("list[dict[str, Any]]", details.get("candidates") or [])
    return CliError(
        str(refused),
        code=ExitCode.NOT_FOUND,
        advice=listed("give one of these instead:", candidates, "id"),
        details={"candidates": candidates},
    )


def _unknown(refused: CliError) -> CliError:
    """Add what the server found near the name: entities with their node ids, or the names of a dataset's fields."""
    details = cast("dict[str, Any]", refused.details.get("details") or {})
    near = cast("list[Any]", details.get("near") or [])
    candidates = [cast("dict[str, Any]", each) if isinstance(each, dict) else {"id": str(each)} for each in near]
    advice = listed("did you mean:", candidates, "id") if near else "`whence search TEXT` finds a part of a name"
    return CliError(str(refused), code=ExitCode.NOT_FOUND, advice=advice, details={"candidates": candidates})


def listed(head: str, candidates: list[dict[str, Any]], key: str) -> str:
    """List candidates under a head, one a line."""
    return "\n".join([head, *(f"  {each.get(key)}" for each in candidates[:SHOWN])])
