"""How many requests a run costs DataHub's service (C8), and how fast events go there, beside acryl-datahub's emitter.

datahub_requests.py [RUNS]

The service is a small server on this machine, in a process of its own, that takes everything. First: a run with 1, 100
and 1,000 queries, of one table and of as many tables, through the hook, the spool and the sink. Then: the events of
RUNS runs (START, COMPLETE with one output and ten fields) through the sink, in blocks that take turns with the same
proposals through acryl-datahub's own emitter, if it is installed: events and CPU time of the sending thread.
The gate: two requests for a run of any number of queries of one table.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, text

import whence
from whence.emit import settings_from
from whence.emit.sinks import Taken, open_sink
from whence.emit.sinks.datahub._events import Translator
from whence.emit.sinks.datahub._names import Names
from whence.emit.sinks.datahub._proposals import united

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 600
BLOCK = 100
LIMIT = 2
JOB_FACETS = {"whence_flow": {"name": "daily"}, "documentation": {"description": "Loads."}}


def serve(pipe: Connection) -> None:
    """Take everything and count it; GET tells and forgets the counts."""
    counts = {"requests": 0, "proposals": 0, "bytes": 0}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            counts["requests"] += 1
            counts["bytes"] += len(body)
            counts["proposals"] += body.count(b'"entityUrn"')
            self.answer({"value": "success"})

        def do_GET(self) -> None:
            if self.path == "/config":
                self.answer({"noCode": "true", "versions": {"acryldata/datahub": {"version": "v1.4.0"}}})
            else:
                self.answer(counts)
                counts.update(dict.fromkeys(counts, 0))

        def answer(self, document: object) -> None:
            content = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    pipe.send(server.server_port)
    server.serve_forever()


def counts_of(port: int) -> dict[str, int]:
    """Ask what arrived since the last time."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/counts")
    found: dict[str, int] = json.loads(connection.getresponse().read())
    connection.close()
    return found


def requests_of_a_run(port: int, queries: int, tables: int) -> dict[str, int]:
    """Run a job with so many queries into so many tables; give what arrived."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/shop.db")
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE source (id INT, amount INT)"))
            for number in range(tables):
                connection.execute(text(f"CREATE TABLE target_{number} (id INT, amount INT)"))
        whence.configure(sinks=f"datahub+http://127.0.0.1:{port}", spool_dir=f"{folder}/spool", poll_s=0.05)
        whence.install("sqlalchemy")
        counts_of(port)
        with whence.job("load", flow="daily"):
            whence.flush(30)  # the run takes longer than the background's next look
            with engine.begin() as connection:
                for number in range(queries):
                    target = f"target_{number % tables}"
                    connection.execute(text(f"INSERT INTO {target} (id, amount) SELECT id, amount FROM source"))
        whence.flush(60)
        whence.uninstall()
        whence.shutdown()
        engine.dispose()
    return counts_of(port)


def events_of(run: int) -> list[bytes]:
    """Make the two events of a run."""
    fields = {
        f"c{each}": {"inputFields": [{"namespace": "postgres://h:5432", "name": "d.s.in", "field": f"c{each}"}]}
        for each in range(10)
    }
    output = {
        "namespace": "postgres://h:5432",
        "name": f"d.s.t{run % 50}",
        "facets": {"columnLineage": {"fields": fields}},
    }
    base = {
        "eventTime": "2026-11-21T10:00:00.000000Z",
        "producer": whence.model.PRODUCER,
        "run": {"runId": f"0197d3c6-0000-7000-8000-{run:012x}", "facets": {}},
        "job": {"namespace": "shop", "name": f"job_{run % 50}", "facets": JOB_FACETS},
    }
    start = {**base, "eventType": "START", "inputs": [], "outputs": []}
    end = {**base, "eventType": "COMPLETE", "inputs": [{"namespace": "postgres://h:5432", "name": "d.s.in"}]}
    return [json.dumps(each).encode() for each in (start, {**end, "outputs": [output]})]


def ours(port: int) -> Any:
    """Give what sends a block of events as the background does."""
    (settings,) = settings_from({"sinks": f"datahub+http://127.0.0.1:{port}", "spool_dir": "/tmp/unused"}).sinks
    sink = open_sink(settings)

    def send(block: list[bytes]) -> None:
        if any(not isinstance(outcome, Taken) for outcome in sink.send(block)):
            raise RuntimeError("an event was not taken")

    return send


def theirs(port: int) -> Any:
    """Give what sends the same proposals with acryl-datahub, built beforehand; None when it is not installed."""
    try:
        classes = import_module("datahub.metadata.schema_classes")
        rest = import_module("datahub.emitter.rest_emitter")
    except ImportError:
        return None
    emitter = rest.DatahubRestEmitter(f"http://127.0.0.1:{port}", openapi_ingestion=False)
    translator = Translator(Names())

    def send(block: list[bytes]) -> None:
        proposals = []
        for each in united(proposal for event in block for proposal in translator.proposals(event)):
            document = json.loads(each.body)
            document["aspect"]["value"] = document["aspect"]["value"].encode()
            aspect = classes.GenericAspectClass(**document.pop("aspect"))
            system = classes.SystemMetadataClass(**document.pop("systemMetadata"))
            proposals.append(classes.MetadataChangeProposalClass(aspect=aspect, systemMetadata=system, **document))
        emitter.emit_mcps(proposals, emit_mode=rest.EmitMode.ASYNC)

    return send


def main() -> int:
    """Measure and print; 1 when a gate fails."""
    mine, its = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(its,), daemon=True)
    process.start()
    port = mine.recv()
    print("queries  tables  requests  proposals  bytes")
    is_bad = False
    for queries, tables in ((1, 1), (100, 1), (1000, 1), (100, 50), (1000, 1000)):
        found = requests_of_a_run(port, queries, tables)
        is_bad |= tables == 1 and found["requests"] > LIMIT
        print(f"{queries:7,} {tables:7,} {found['requests']:9,} {found['proposals']:10,} {found['bytes']:6,}")
    events = [event for run in range(RUNS) for event in events_of(run)]
    blocks = [events[start : start + BLOCK] for start in range(0, len(events), BLOCK)]
    ways = {"whence": ours(port), "acryl-datahub": theirs(port)}
    ways = {name: send for name, send in ways.items() if send}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for block in blocks:
        for name, send in ways.items():
            began, cpu = time.perf_counter(), time.thread_time()
            send(block)
            took[name].append((time.perf_counter() - began, time.thread_time() - cpu))
    for name, times in took.items():
        wall, cpu = (statistics.median(each[part] for each in times) for part in (0, 1))
        print(f"{name:14} {BLOCK / wall:8,.0f} events/s   {cpu / BLOCK * 1e6:7,.0f} us of CPU an event")
    if len(took) == 2:
        ratio = statistics.median(b[1] / a[1] for a, b in zip(*took.values(), strict=True))
        print(f"acryl-datahub takes {ratio:.1f} times the CPU (its translation from events included: ours, too)")
    process.terminate()
    return int(is_bad)


if __name__ == "__main__":
    sys.exit(main())
