"""Asking Athena what became of queries that nobody in the host waited for. In the background only.

Fifty queries a call where the role may do that, else one after the other; what Athena does not know, or the role may
not ask, is let go of and said. Every failure ends here, and the queries are asked for again later.
"""

from __future__ import annotations

from whence.hooks._aws.athena_clients import plain_client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from whence.hooks._aws.athena_looks import Look
    from whence.hooks._aws.athena_runs import Place

_MAX_BATCH = 50
_UNKNOWN = "are not known to Athena"
_REFUSED = "neither BatchGetQueryExecution nor GetQueryExecution of Athena is allowed"
_DENIED = frozenset(("AccessDeniedException", "AccessDenied", "UnauthorizedOperation"))


class Asker:
    """Asks, and tells three others: `seen` what Athena says, `forget` (ids, reason) what it does not, `say` trouble."""

    def __init__(
        self,
        seen: Callable[[Iterable[Mapping[str, Any]]], None],
        forget: Callable[[list[str], str], None],
        say: Callable[[str, str], None],
    ) -> None:
        self._seen = seen
        self._forget = forget
        self._say = say
        self._own: tuple[Place, str, Any] | None = None

    def ask(self, looks: list[Look]) -> None:
        """Ask for everything that is open in these looks. Never raises."""
        together: dict[tuple[Place, str], tuple[Any, dict[str, None]]] = {}  # clients of one place and endpoint
        for look in looks:
            for queries in look.queries:
                if queries.client is not None:
                    key = queries.place, str(queries.client.meta.endpoint_url)
                    _, ids = together.setdefault(key, (queries.client, {}))
                    ids.update(queries.ids.copy())  # a long run may be looked at twice at once
        for (place, _), (client, ids) in together.items():
            try:
                self._ask_place(place, self._usable(place, client), list(ids))
            except Exception as failure:  # noqa: BLE001  border: whatever an AWS client may raise; asked again later
                self._own = None  # its keys may have run out
                cause = _code_of(failure) or type(failure).__name__
                self._say("athena ask", f"Athena could not be asked about queries that nobody waited for: {cause}")

    def _usable(self, place: Place, client: Any) -> Any:
        """Return a client for our thread; in place of an asynchronous one, ours with its credentials, the last kept."""
        if not _is_asynchronous(client):
            return client
        endpoint = client.meta.endpoint_url
        if self._own is None or self._own[:2] != (place, endpoint):
            made = plain_client("athena", place.catalogue.region, place.credentials, endpoint)
            self._own = place, endpoint, made
        return self._own[2]

    def _ask_place(self, place: Place, client: Any, ids: list[str]) -> None:
        for start in range(0, len(ids), _MAX_BATCH):
            some = ids[start : start + _MAX_BATCH]
            if place.can_batch:
                try:
                    answer = client.batch_get_query_execution(QueryExecutionIds=some)
                except Exception as failure:
                    if _code_of(failure) not in _DENIED:
                        raise
                    place.can_batch = False
                else:
                    self._seen(answer.get("QueryExecutions") or ())
                    unknown = answer.get("UnprocessedQueryExecutionIds") or ()
                    self._forget([each["QueryExecutionId"] for each in unknown], _UNKNOWN)
                    continue
            self._ask_singly(client, some)

    def _ask_singly(self, client: Any, ids: list[str]) -> None:
        """Ask for one query after the other: many roles that may poll a query may not poll several."""
        for query_id in ids:
            try:
                self._seen([client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]])
            except Exception as failure:
                code = _code_of(failure)
                if code in _DENIED:
                    self._forget(ids, f"are not told: {_REFUSED}")
                    self._say("athena denied", f"queries that nobody waited for are not told: {_REFUSED}")
                    return
                if code != "InvalidRequestException":
                    raise
                self._forget([query_id], _UNKNOWN)


def _is_asynchronous(client: Any) -> bool:
    """Whether it is aiobotocore's, whose loop a thread of ours must not touch."""
    from inspect import iscoroutinefunction  # noqa: PLC0415  only here, in the background

    return iscoroutinefunction(getattr(client, "_make_api_call", None))


def _code_of(failure: Exception) -> str:
    response: Any = getattr(failure, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if hasattr(response, "get") else ""
