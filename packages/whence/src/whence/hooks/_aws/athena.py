"""Athena, as it passes through botocore: which query belongs to which run, and what became of it.

Of a query that was started nothing is kept but its id: Athena tells statement, catalogue, database and place of the
result together with the state, to whoever asks. The host's own asking is used; for what nobody asked about, the
background asks when the run has ended (`_athena_looks`). Only a query that succeeded is told, to the run that started
it. `called` runs on the host's threads: microseconds, no request, no exception.
Source: the Athena API reference, version of 2017-05-18.
"""

from __future__ import annotations

import os
from functools import partial
from itertools import islice
from weakref import WeakKeyDictionary

from whence._capture.active import active
from whence.context import current_run
from whence.hooks._aws.athena_asking import Asker
from whence.hooks._aws.athena_catalogue import is_temporary
from whence.hooks._aws.athena_looks import Look, Looker
from whence.hooks._aws.athena_runs import Place, Queries, held_by
from whence.hooks._aws.athena_tables import Results, Told, without_temporary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from whence._runs.ledger import Layer
    from whence.context import Run
    from whence.hooks._aws.athena_tables import AthenaSource

MAX_PENDING = 10_000
_MAX_RUNS = 10_000
_LOOK_EVERY = 2_000
_MAX_PLACES = 64
_MAX_RECENT = 256
_MAX_PREPARED = 256
_MAX_PREPARED_CHARS = 16_384
_MAX_FAILURES = 20
_ENDED = frozenset(("SUCCEEDED", "FAILED", "CANCELLED"))


class Athena:
    """The queries of this process. One instance, `ATHENA`; others are for tests."""

    def __init__(self) -> None:
        self.looker = Looker(Asker(self.seen, self._forget, _say).ask, self._give_up)
        self.failures = 0
        self.dropped = 0  # queries that were forgotten without having been told
        self._reset()
        self._handlers: dict[str, Callable[[Any, Any, Any], None]] = {
            "StartQueryExecution": self._started,
            "GetQueryExecution": lambda _, __, answer: self.seen([answer["QueryExecution"]]),
            "BatchGetQueryExecution": lambda _, __, answer: self.seen(answer.get("QueryExecutions") or ()),
            "GetQueryResults": self._results,
            "GetPreparedStatement": lambda client, _, answer: self._prepared(client, answer["PreparedStatement"]),
            "CreatePreparedStatement": lambda client, params, _: self._prepared(client, params),
            "UpdatePreparedStatement": lambda client, params, _: self._prepared(client, params),
            "GetTableMetadata": self._metadata,
            "ListTableMetadata": self._metadata,
            "GetTable": lambda client, params, answer: self._glue(client, params, [answer["Table"]]),
            "GetTables": lambda client, params, answer: self._glue(client, params, answer.get("TableList") or []),
            "CreateTable": self._glue_input,
            "UpdateTable": self._glue_input,
            "DeleteTable": self._glue_delete,
        }

    def _reset(self) -> None:
        self._pending: dict[str, Queries] = {}
        self._recent: dict[str, Told] = {}
        self._of_run: dict[str, list[Queries]] = {}
        self._places: dict[tuple[Any, ...], Place] = {}
        self._place_of: WeakKeyDictionary[Any, Place] = WeakKeyDictionary()

    def begin(self) -> None:
        """Start anew, as in a forked child: what was started is the parent's."""
        self.looker.begin()
        self._reset()

    # --- on the host's threads

    def called(self, client: Any, operation: str, params: Any, answer: Any) -> None:
        """Take note of a call to Athena or Glue that succeeded."""
        handler = self._handlers.get(operation)
        if handler is None or self.failures >= _MAX_FAILURES:
            return
        try:
            handler(client, params, answer)
        except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
            self._failed(failure)

    def _started(self, client: Any, params: Any, answer: Any) -> None:
        run = current_run()
        if run is None or run.collector is None:
            return
        query_id = str(answer["QueryExecutionId"])
        if query_id in self._pending:  # the same ClientRequestToken, the same query
            return
        queries = self._queries_of(run, self._place(client))
        queries.client = queries.client or client
        queries.results.add(_part(params, "ResultConfiguration").get("OutputLocation"))
        if len(self._pending) >= MAX_PENDING:
            oldest = list(islice(self._pending, max(MAX_PENDING // 100, 1)))
            self._forget(oldest, "were forgotten: too many were open")
        self._pending[query_id] = queries
        queries.ids[query_id] = None
        if len(self._pending) % _LOOK_EVERY == 0:  # nobody polls, and the run goes on: some have ended by now
            self.looker.put(Look([queries], None))

    def _queries_of(self, run: Run, place: Place) -> Queries:
        known = self._of_run.get(run.run_id)
        if known is None:
            if len(self._of_run) >= _MAX_RUNS:
                del self._of_run[next(iter(self._of_run))]
            known = self._of_run[run.run_id] = []
            self._join(run)
            self.looker.start()  # now: at the end of the process it could not be started any more
        for queries in known:
            if queries.place is place:
                return queries
        queries = Queries(run, place, known[0].results if known else self._results_of(run))
        known.append(queries)
        return queries

    def _join(self, run: Run) -> None:
        """Have the run's collector ask us when a run ends, and when the process does."""
        settlers = getattr(run.collector, "settlers", None)
        if settlers is not None and self not in settlers:
            settlers.append(self)

    @staticmethod
    def _results_of(run: Run) -> Results:
        results = Results()
        ignored: list[Any] | None = getattr(run, "ignored", None)
        if ignored is not None:
            ignored.append(results.holds)
        return results

    def _place(self, client: Any) -> Place:
        place = self._place_of.get(client)
        if place is None:
            credentials = getattr(getattr(client, "_request_signer", None), "_credentials", None)
            # static keys of several sessions are the same credentials; those that are refreshed are not looked into
            key = client.meta.region_name, held_by(credentials, "access_key") or id(credentials)
            place = self._places.get(key)
            if place is None:
                if len(self._places) >= _MAX_PLACES:
                    del self._places[next(iter(self._places))]
                place = self._places[key] = Place(client, credentials)
            self._place_of[client] = place
        return place

    def seen(self, told: Iterable[Mapping[str, Any]]) -> None:
        """Take what Athena says of queries, whoever asked."""
        layers: dict[int, tuple[Queries, AthenaSource, Layer]] = {}
        late: set[Queries] = set()
        for each in told:
            try:
                queries = self._ended(each)
                if queries is not None:
                    if queries.run.is_finished and queries not in late:  # an event of its own, with counts of its own
                        late.add(queries)
                        queries.renew()
                    source = queries.source(_part(each, "QueryExecutionContext"))
                    _, _, layer = layers.setdefault(id(source), (queries, source, {}))
                    self._note(queries, layer, each)
            except Exception as failure:  # noqa: BLE001  border: one answer must not cost the others
                self._failed(failure)
        for queries, source, layer in layers.values():
            queries.run.hand_over(source, layer)

    def _ended(self, told: Mapping[str, Any]) -> Queries | None:
        """Let go of a query that has ended; return where it belongs if it succeeded."""
        query_id, state = told["QueryExecutionId"], told["Status"]["State"]
        queries = self._pending.pop(query_id, None) if state in _ENDED else None
        if queries is not None:
            queries.ids.pop(query_id, None)
        return queries if state == "SUCCEEDED" else None

    def _note(self, queries: Queries, layer: Layer, told: Mapping[str, Any]) -> None:
        """Write down a query that succeeded."""
        query_id = told["QueryExecutionId"]
        location = _part(told, "ResultConfiguration").get("OutputLocation")
        queries.results.add_file(location, query_id)
        text = self._text(queries.place, told)
        scanned = _part(told, "Statistics").get("DataScannedInBytes")
        entry = layer.get(text)
        if entry is None:
            entry = layer[text] = [0, 0, Told(text, location, scanned), 0]
        else:
            entry[2].add(scanned)
        if told.get("SubstatementType") != "SELECT":
            self._remember(query_id, entry[2])
        entry[0] += 1
        entry[3] += 1

    def _remember(self, query_id: str, told: Told) -> None:
        """Keep what a write is known by for a while: its rows are told with its results, if anybody fetches them."""
        if len(self._recent) >= _MAX_RECENT:
            self._recent.pop(next(iter(self._recent)), None)
        self._recent[query_id] = told

    def _results(self, client: Any, params: Any, answer: Any) -> None:  # noqa: ARG002  a handler
        rows: int | None = answer.get("UpdateCount")
        if rows is not None:
            told = self._recent.pop(params["QueryExecutionId"], None)
            if told is not None:
                told.count(rows)

    @staticmethod
    def _text(place: Place, told: Mapping[str, Any]) -> str:
        """Return the statement; of EXECUTE the one that was prepared, if that was seen."""
        text = str(told["Query"])
        if place.prepared and text.lstrip()[:8].lower() == "execute ":
            name = text.split(maxsplit=2)[1].rstrip(";").strip('"').lower()
            return place.prepared.get((told.get("WorkGroup") or "primary", name), text)
        return without_temporary(text)

    def _prepared(self, client: Any, statement: Mapping[str, Any]) -> None:
        text = str(statement["QueryStatement"])
        prepared = self._place(client).prepared
        group = statement.get("WorkGroupName") or statement.get("WorkGroup") or "primary"
        key = str(group), str(statement["StatementName"]).lower()
        prepared.pop(key, None)
        if len(text) <= _MAX_PREPARED_CHARS:
            if len(prepared) >= _MAX_PREPARED:
                del prepared[next(iter(prepared))]
            prepared[key] = text

    def _metadata(self, client: Any, params: Any, answer: Any) -> None:
        tables = answer.get("TableMetadataList") or [answer["TableMetadata"]]
        learn = self._place(client).catalogue.learn_metadata
        _later(learn, params.get("CatalogName"), str(params["DatabaseName"]), tables)

    def _glue(self, client: Any, params: Any, tables: list[Any]) -> None:
        catalogue = self._place(client).catalogue
        learn = partial(catalogue.learn_glue, tables, is_own=not params.get("CatalogId"))
        if len(tables) > 1:
            _later(learn)
        else:  # at once: what lies there may be told before the background comes to it
            learn()
        self._describe()

    def _glue_input(self, client: Any, params: Any, answer: Any) -> None:  # noqa: ARG002  a handler
        given = params["TableInput"]
        run = current_run() if is_temporary(str(given["Name"])) else None
        if run is not None and run.collector is not None:
            place = _part(given, "StorageDescriptor").get("Location")
            self._queries_of(run, self._place(client)).results.add_temporary(place)
        table = {**given, "DatabaseName": params["DatabaseName"], "CatalogId": params.get("CatalogId")}
        self._glue(client, params, [table])

    def _glue_delete(self, client: Any, params: Any, answer: Any) -> None:  # noqa: ARG002  a handler
        if not params.get("CatalogId"):
            self._place(client).catalogue.forget(str(params["DatabaseName"]).lower(), str(params["Name"]).lower())

    def _describe(self) -> None:
        """Have the active collector ask us how else a place in S3 is called."""
        collector = active()
        if collector is not None and self.place_facets not in collector.describers:
            collector.describers.append(self.place_facets)

    def place_facets(self, namespace: str, name: str) -> dict[str, Any]:
        """Return the facets of a place in S3 in which a table lies."""
        if namespace.startswith("s3"):
            for place in list(self._places.values()):
                facets = place.catalogue.place_facets(namespace, name)
                if facets:
                    return facets
        return {}

    def _failed(self, failure: Exception) -> None:
        self.failures += 1
        _say("athena", f"the Athena hook failed and may miss queries: {type(failure).__name__}")

    def _forget(self, ids: Iterable[str], reason: str) -> None:
        """Let go of queries without having told them; their runs say so."""
        counts: dict[Queries, int] = {}
        for query_id in ids:
            queries = self._pending.pop(query_id, None)
            if queries is not None:
                queries.ids.pop(query_id, None)
                counts[queries] = counts.get(queries, 0) + 1
        for queries, count in counts.items():
            self.dropped += count
            untold: Any = getattr(queries.run.collector, "untold", None)
            if untold is not None:
                untold(queries.run, count, f"{count} Athena queries {reason}")

    # --- what the collector asks (`Settler`)

    def holds(self, run: Run) -> bool:
        """Whether a query of the run, which is about to end, is open."""
        known = self._of_run.get(run.run_id)
        if known is None or any(queries.ids for queries in known):
            return known is not None
        self._of_run.pop(run.run_id, None)
        return False

    def settle(self, run: Run, then: Callable[[], None]) -> bool:
        """Look at a run's open queries from another thread, then call `then`; False when there are none."""
        known = self._of_run.pop(run.run_id, None)
        if not known or not any(queries.ids for queries in known):
            return False
        look = Look(known, then)
        if self.looker.put(look):
            return True
        self._give_up(look)
        return False

    def wait(self, timeout_s: float) -> bool:
        """Wait until nothing of runs that have ended is open, at most so long."""
        return self.looker.wait(timeout_s)

    def close(self, timeout_s: float) -> None:
        """Wait for what is open, at most so long; what is left is forgotten, counted and said."""
        self.looker.wait(timeout_s)
        for look in self.looker.take_all():
            self._give_up(look)
            look.done()

    # --- in our own thread

    def _give_up(self, look: Look) -> None:
        left = [query_id for queries in look.queries for query_id in list(queries.ids)]
        if left:
            reason = "were still running: what they moved is not told"
            self._forget(left, reason)
            _say("athena left", f"{len(left)} Athena queries {reason}")


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an inner object of an answer, an empty one when it is not there."""
    return told.get(name) or {}


def _later(task: Callable[..., None], *args: Any) -> None:
    """Have the background do it, if anybody collects."""
    collector = active()
    if collector is not None:
        collector.worker.put(task, *args)


def _say(cause: str, text: str) -> None:
    collector = active()
    if collector is not None:
        collector.say(cause, text)


ATHENA = Athena()
called = ATHENA.called

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=ATHENA.begin)
