"""DataHub's metadata service as tests see it: takes proposals over HTTP, keeps them, and folds them into a catalogue.

The fold is the server's own rule, last write wins: UPSERT replaces an aspect, CREATE leaves what is there, a JSON patch
changes what it names. A patch that is no JSON patch is refused, as the server does.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

_KEYED = {
    "upstreams": "dataset",
    "inputDatasetEdges": "destinationUrn",
    "outputDatasetEdges": "destinationUrn",
    "inputDatajobEdges": "destinationUrn",
}  # arrays that a patch addresses by a key


class Run(NamedTuple):
    """A run as the catalogue has it."""

    job: str
    inputs: set[str]
    outputs: set[str]
    states: list[str]


class Catalogue:
    """What the proposals amount to: URN -> aspect -> value; time series are kept whole."""

    def __init__(self, proposals: Iterable[dict[str, Any]]) -> None:
        self.aspects: dict[str, dict[str, Any]] = {}
        self.series: dict[str, list[dict[str, Any]]] = {}
        for proposal in proposals:
            self._take(proposal)

    def _take(self, proposal: dict[str, Any]) -> None:
        urn, name, change = proposal["entityUrn"], proposal["aspectName"], proposal["changeType"]
        value = json.loads(proposal["aspect"]["value"])
        aspects = self.aspects.setdefault(urn, {})
        if name == "dataProcessInstanceRunEvent":
            self.series.setdefault(urn, []).append(value)
        elif change == "PATCH":
            for operation in value:
                _add(aspects.setdefault(name, {}), operation["path"], operation["value"])
        elif change != "CREATE" or name not in aspects:
            aspects[name] = value

    def runs(self) -> list[Run]:
        """Return the runs in the order of their first word; the last state is its result."""
        return [self._run(urn) for urn in self.aspects if urn.startswith("urn:li:dataProcessInstance:")]

    def run(self, job_id: str) -> Run:
        """Return the only run of the job of this id."""
        (found,) = (each for each in self.runs() if each.job.endswith(f",{job_id})"))
        return found

    def _run(self, urn: str) -> Run:
        aspects = self.aspects[urn]
        states = [
            each.get("result", {}).get("type") or each["status"]
            for each in sorted(self.series.get(urn, []), key=lambda each: each["timestampMillis"])
        ]
        return Run(
            aspects.get("dataProcessInstanceRelationships", {}).get("parentTemplate", ""),
            set(aspects.get("dataProcessInstanceInput", {}).get("inputs", [])),
            set(aspects.get("dataProcessInstanceOutput", {}).get("outputs", [])),
            states,
        )

    def edges(self, job: str) -> tuple[set[str], set[str], set[str]]:
        """Return what a job reads, what it writes, and which jobs it waits for."""
        aspect = self.aspects.get(job, {}).get("dataJobInputOutput", {})
        read, written, jobs = (
            {each["destinationUrn"] for each in aspect.get(f"{name}Edges", [])} | set(aspect.get(f"{name}s", []))
            for name in ("inputDataset", "outputDataset", "inputDatajob")
        )
        return read, written, jobs

    def upstreams(self, urn: str) -> set[str]:
        """Return what a dataset comes from."""
        return {each["dataset"] for each in self.aspects.get(urn, {}).get("upstreamLineage", {}).get("upstreams", [])}

    def description(self, urn: str) -> str | None:
        """Return the description of a dataset, None when there is none."""
        return self.aspects.get(urn, {}).get("datasetProperties", {}).get("description")

    def datasets(self) -> set[str]:
        """Return every dataset that has an aspect."""
        return {urn for urn in self.aspects if urn.startswith("urn:li:dataset:")}


def _add(aspect: dict[str, Any], path: str, value: Any) -> None:
    first, *rest = (part.replace("~1", "/").replace("~0", "~") for part in path.removeprefix("/").split("/"))
    if first in _KEYED:
        key = _KEYED[first]
        aspect[first] = [each for each in aspect.get(first, []) if each[key] != rest[0]] + [value]
    elif rest:
        _add_inside(aspect.setdefault(f"patched {first}", {}), rest, value)
    else:
        aspect[first] = value


def _add_inside(place: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        place = place.setdefault(part, {})
    place[path[-1]] = value


class GmsServer:
    """A metadata service on a free port of 127.0.0.1."""

    def __init__(self) -> None:
        self.proposals: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.requests = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The address, as DATAHUB_GMS_URL has it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def catalogue(self) -> Catalogue:
        """Fold what has arrived."""
        with self._lock:
            return Catalogue(list(self.proposals))

    def _take(self, body: dict[str, Any]) -> str | None:
        """Keep the proposals of a request, all or none; return why they are refused."""
        taken = body["proposals"] if "proposals" in body else [body["proposal"]]
        for proposal in taken:
            is_patch = proposal["aspect"]["contentType"] == "application/json-patch+json"
            if is_patch != (proposal["changeType"] == "PATCH"):
                return f"a {proposal['changeType']} cannot be {proposal['aspect']['contentType']}"
        with self._lock:
            self.proposals += taken
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests += 1
                fault = server._take(body)
                if fault:
                    server.refused.append(fault)
                answer = json.dumps({"message": fault} if fault else {"value": "done"}).encode()
                self.send_response(400 if fault else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
