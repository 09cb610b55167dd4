"""A metadata service of DataHub for tests: a real HTTP server that applies CREATE, UPSERT and PATCH and remembers.

It follows the server's sources where they matter here: the last write wins; a CREATE of an aspect that is there is an
error, or with `If-None-Match: *` nothing; a PATCH starts from the aspect's template, whose arrays are maps by key, and
makes missing parents without unescaping them (so that a `/` inside a key before the last one fails); a request is one
transaction, with all that follows from it (`_commit`). Everything that arrives is judged by `datahub_schemas`.
"""

from __future__ import annotations

import json
import threading
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from datahub_schemas import faults_of_aspect, faults_of_proposal

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
_KEYS = {
    "upstreamLineage": {"upstreams": "dataset"},
    "dataJobInputOutput": dict.fromkeys(
        ("inputDatasetEdges", "outputDatasetEdges", "inputDatajobEdges"), "destinationUrn"
    ),
}
_DEFAULTS: dict[str, Json] = {
    "upstreamLineage": {"upstreams": [], "fineGrainedLineages": []},
    "dataJobInputOutput": {"inputDatasets": [], "outputDatasets": [], "inputDatajobs": []},
    "datasetProperties": {"customProperties": {}},
}
_SERIES = frozenset({"dataProcessInstanceRunEvent"})


class RefusedError(Exception):
    """The service answers with this status and message."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Request(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Catalog:
    """The service; use it as a context. On leaving it fails when anything that arrived was not well made."""

    def __init__(
        self,
        *,
        token: str | None = None,
        has_batch: bool = True,
        knows_header: bool = True,
        sees_itself: bool = True,
        refuse: Callable[[Json], str | int | None] = lambda _: None,
    ) -> None:
        self.token, self.has_batch, self.knows_header, self.sees_itself = token, has_batch, knows_header, sees_itself
        self.refuse = refuse
        self.aspects: dict[tuple[str, str], Json] = {}
        self.series: list[tuple[str, str, Json]] = []
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self.connections = 0
        self.status: int | None = None  # what every request is answered with, while it is set
        self._gate = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"datahub+http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if kind is None:
            assert not self.faults, self.faults

    # --- questions

    def aspect(self, urn: str, name: str) -> Json:
        """Return an aspect as the catalogue has it now."""
        return self.aspects[urn, name]

    def urns(self, entity: str) -> list[str]:
        """List the entities of a kind."""
        return sorted({urn for urn, _ in self.aspects if urn.split(":")[2] == entity})

    def events_of(self, run_id: str) -> list[Json]:
        """Return the points in time of a run, as they came."""
        return [value for urn, _, value in self.series if urn == f"urn:li:dataProcessInstance:{run_id}"]

    def upstreams(self, urn: str) -> set[str]:
        """Return the URNs that a dataset comes from."""
        return {each["dataset"] for each in self.aspects.get((urn, "upstreamLineage"), {"upstreams": []})["upstreams"]}

    def fields(self, urn: str) -> dict[str, set[tuple[str, str, float]]]:
        """Return downstream field -> (operation, upstream field, confidence)."""
        found: dict[str, set[tuple[str, str, float]]] = {}
        for each in self.aspects.get((urn, "upstreamLineage"), {}).get("fineGrainedLineages", []):
            said = each.get("transformOperation", "NONE"), each["confidenceScore"]
            found.setdefault(each["downstreams"][0], set()).update((said[0], up, said[1]) for up in each["upstreams"])
        return found

    @property
    def proposals(self) -> list[Json]:
        """List every proposal that arrived, in order."""
        bodies = [json.loads(request.body) for request in self.requests]
        return [each for body in bodies for each in body.get("proposals", [body.get("proposal")])]

    # --- serving

    def take(self, request: Request) -> tuple[int, Json]:
        """Answer a request."""
        with self._gate:
            self.requests.append(request)
            try:
                self._take(request)
            except RefusedError as fault:
                return fault.status, {
                    "exceptionClass": "RestLiServiceException",
                    "message": str(fault),
                    "status": fault.status,
                }
            return 200, {"value": "success"}

    def _take(self, request: Request) -> None:
        if self.status is not None:
            raise RefusedError("not now", self.status)
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            raise RefusedError("Unauthorized to perform this action.", 401)
        if request.headers.get("X-RestLi-Protocol-Version") != "2.0.0":
            raise RefusedError("no protocol version")
        body = json.loads(request.body)
        assert body["async"] in ("true", "false")
        if request.path.endswith("/aspects?action=ingestProposalBatch"):
            if not self.has_batch:
                raise RefusedError("POST action method ingestProposalBatch not found on resource aspects")
            assert body.keys() == {"proposals", "async"}
            proposals = body["proposals"]
            assert 0 < len(proposals) <= 200
            assert len(request.body) <= 15 << 20
        elif request.path.endswith("/aspects?action=ingestProposal"):
            assert body.keys() == {"proposal", "async"}
            proposals = [body["proposal"]]
        else:
            raise RefusedError("no such path", 404)
        self._commit(proposals)

    def _commit(self, proposals: list[Json]) -> None:
        """Apply proposals in one transaction, as `AspectsBatchImpl` and `CreateIfNotExistsValidator` do.

        With `sees_itself` a change is computed over those before it in the transaction, also over a CREATE that will be
        dropped in the end; else, as in older servers, over what is stored, so that the last one wins.
        """
        latest, points = deepcopy(self.aspects), list(self.series)
        done: list[tuple[tuple[str, str], Json]] = []
        for proposal in proposals:
            self._look_at(proposal)
            key, change = (proposal["entityUrn"], proposal["aspectName"]), proposal["changeType"]
            value = json.loads(proposal["aspect"]["value"])
            if key[1] in _SERIES:
                points += [(*key, value)] if (*key, value) not in points else []
                continue
            before = (latest if self.sees_itself else self.aspects).get(key)
            if change == "PATCH":
                value = patched(key[1], before, value)
                self.faults += faults_of_aspect(proposal["entityType"], key[1], value)
            if change != "CREATE" or before is None:
                done.append((key, value))
            elif not (self.knows_header and proposal.get("headers", {}).get("If-None-Match") == "*"):
                raise RefusedError("Cannot perform CREATE since the aspect already exists.", 422)
            latest[key] = value
        self.aspects |= done
        self.series = points

    def _look_at(self, proposal: Json) -> None:
        refusal = self.refuse(proposal)
        if refusal is not None:
            raise RefusedError("the test refuses it", refusal) if isinstance(refusal, int) else RefusedError(refusal)
        self.faults += faults_of_proposal(proposal)


def patched(aspect: str, value: Json | None, operations: list[Json]) -> Json:
    """Apply a JSON patch as the server's template of this aspect does."""
    if value is None and aspect not in _DEFAULTS:
        raise RefusedError(f"no template of {aspect}")
    base = deepcopy(_DEFAULTS[aspect] if value is None else value)
    for field, key in _KEYS.get(aspect, {}).items():
        base[field] = {each[key]: each for each in base.get(field, [])}
    if aspect in _KEYS:
        base["fineGrainedLineages"] = _combined(base.get("fineGrainedLineages", []))
    for each in operations:
        _make_parents(base, each["path"])
    for each in operations:
        _add(base, each["path"], each["value"])
    for field in _KEYS.get(aspect, {}):
        base[field] = list(base[field].values())
    if aspect in _KEYS:
        base["fineGrainedLineages"] = _rebuilt(base["fineGrainedLineages"])
    return base


def _make_parents(base: Json, path: str) -> None:
    """As the server does it: the parts of the path stay escaped."""
    here = base
    for part in path.split("/")[1:-1]:
        here = here.setdefault(part, {})


def _add(base: Json, path: str, value: Any) -> None:
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    here = base
    for part in parents:
        if part not in here:
            raise RefusedError(f"Error performing JSON PATCH: no such path {path}")
        here = here[part]
    here[last] = value


def _combined(lineages: list[Json]) -> Json:
    tree: Json = {}
    for each in lineages:
        if len(each.get("downstreams", [])) != 1:
            raise RefusedError("Patching not supported on fine grained lineages with not exactly one downstream.", 500)
        node = tree.setdefault(each.get("transformOperation", "NONE"), {}).setdefault(each["downstreams"][0], {})
        score = {"confidenceScore": each.get("confidenceScore", 1.0)}
        node.setdefault(each.get("query", "NONE"), {}).update(dict.fromkeys(each.get("upstreams", []), score))
    return tree


def _rebuilt(tree: Json) -> list[Json]:
    made: list[Json] = []
    for operation, downstreams in tree.items():
        for downstream, queries in downstreams.items():
            for query, upstreams in queries.items():
                if not upstreams:
                    continue
                entry = {
                    "downstreams": [downstream],
                    "upstreams": list(upstreams),
                    "upstreamType": "FIELD_SET",
                    "downstreamType": "FIELD",
                    "confidenceScore": min(each["confidenceScore"] for each in upstreams.values()),
                    "transformOperation": operation,
                }
                made.append(entry if query == "NONE" else {**entry, "query": query})
    return made


def _handler(catalog: Catalog) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer goes out in one piece

        def setup(self) -> None:
            catalog.connections += 1
            super().setup()

        def do_GET(self) -> None:
            if self.path == "/config":
                self._answer(200, {"versions": {"acryldata/datahub": {"version": "v1.4.0"}}, "noCode": "true"})
            else:
                is_let_in = catalog.token is None or self.headers.get("Authorization") == f"Bearer {catalog.token}"
                self._answer(404 if is_let_in else 401, {"message": "no such aspect"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                status, document = catalog.take(Request(self.path, dict(self.headers), body))
            except Exception as fault:  # noqa: BLE001  said by the test's end, not by a thread
                catalog.faults.append(f"{type(fault).__name__}: {fault}")
                status, document = 400, {"message": f"{type(fault).__name__}: {fault}"}
            self._answer(status, document)

        def _answer(self, status: int, document: Json) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    return Handler
