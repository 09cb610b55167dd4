"""What routes reach: the store for reading, the administration for writing, the limits of answers.

Set once by the application.

Must not open anything itself; it lies on `app.state.context`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request

from whence_server.query.limits import Limits

if TYPE_CHECKING:
    from whence_server.api.admin import Admin
    from whence_server.stores.base import Store


SQL_AT_ONCE = 2  # texts that are read at a time; the others wait, and leave the processor to everything else


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiContext:
    """What routes reach. `reads` is only read from; writing goes through `admin`."""

    reads: Store
    admin: Admin
    graph_max_nodes: int = 1_000
    graph_time_limit_s: float = 2.0
    sql_limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(SQL_AT_ONCE))

    def limits(self, max_nodes: int | None = None) -> Limits:
        """Return the bounds of an answer: the server's, or fewer nodes when asked."""
        cap = self.graph_max_nodes if max_nodes is None else min(max_nodes, self.graph_max_nodes)
        return Limits(max_nodes=cap, time_limit_s=self.graph_time_limit_s)


async def context_of(request: Request) -> ApiContext:
    """Return the context of the application that a request came to (async: no thread is needed for it)."""
    return cast("ApiContext", request.app.state.context)


Context = Annotated[ApiContext, Depends(context_of)]
