"""What is kept of Athena's queries: by run, and by the credentials and region that they were started with.

A few words a query, and one client a place. It must not send requests.
"""

from __future__ import annotations

from whence._capture.active import active
from whence.hooks._aws.athena_catalogue import Catalogue
from whence.hooks._aws.athena_clients import TableFinder
from whence.hooks._aws.athena_tables import AthenaSource, Results, Shared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from whence.context import Run

_MAX_SOURCES = 64


class Place:
    """One set of credentials in one region, and what is known of its tables. It holds no client: those are large."""

    def __init__(self, client: Any, credentials: Any) -> None:
        meta = client.meta
        collector = active()
        rules = ("table",) if collector is None else collector.settings.path_rules
        partition = str(getattr(meta, "partition", None) or "aws")
        self.catalogue = Catalogue(str(meta.region_name), partition, held_by(credentials, "account_id"), rules)
        self.credentials = credentials
        self.can_batch = True
        self.finder = TableFinder(str(meta.region_name), credentials, self.catalogue.learn_glue)
        self.prepared: dict[tuple[str, str], str] = {}


class Queries:
    """What one run started in one place and whose end is not known yet.

    The client is held, not weakly, until the end of every query is known: most code that starts a query and forgets it
    lets go of its client before its run ends, and nothing else could ask with its credentials.
    """

    __slots__ = ("client", "ids", "place", "results", "run", "shared", "sources")

    def __init__(self, run: Run, place: Place, results: Results) -> None:
        self.run = run
        self.place = place
        self.results = results
        self.client: Any = None  # that of Athena which started the first of them
        self.ids: dict[str, None] = {}
        self.renew()

    def renew(self) -> None:
        """Count anew: what was counted until now has been told."""
        collector: Any = self.run.collector
        find = self.place.finder.find if collector.settings.aws_lookup else None
        self.shared = Shared(collector.worker.gate, find)
        self.sources: dict[tuple[str | None, str | None], AthenaSource] = {}

    def source(self, context: Mapping[str, Any]) -> AthenaSource:
        """Return the source for a query's catalogue and database."""
        key = context.get("Catalog"), context.get("Database")
        source = self.sources.get(key)
        if source is None:
            source = AthenaSource(self.place.catalogue, *key, self.shared)
            if len(self.sources) < _MAX_SOURCES:
                self.sources[key] = source
        return source


def held_by(thing: Any, name: str) -> Any:
    """Return a plain attribute; a property, which may send a request, is not touched."""
    held: dict[str, Any] = getattr(thing, "__dict__", {})
    return held.get(name)
