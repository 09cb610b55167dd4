"""One way of watching SQLAlchemy in a process of its own: a question a line in, microseconds a query out.

Runs in each rival's environment, so it imports nothing of ours but for the way that is ours. The clock is the calling
thread's CPU time. Ways: `none` (nothing installed), `whence`, `opentelemetry` (the SDK with a batch processor whose
exporter does nothing), `aileron` (posting to $WHENCE_BENCH_GMS).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from typing import Any

import sqlalchemy as sa

WIDE = ", ".join(f"c{number}" for number in range(21))
SHAPES = {"short": "select id, name from small where id = :id", "21 columns": f"select {WIDE} from wide where c0 = :id"}


def none(engine: sa.Engine) -> Any:
    """Watch nothing."""
    del engine
    return contextlib.nullcontext()


def whence(engine: sa.Engine) -> Any:
    """Watch with Whence, inside a run."""
    del engine
    import whence  # noqa: PLC0415  only in its own process

    folder = tempfile.mkdtemp()
    whence.configure(sinks=f"file:{folder}/events.jsonl", spool_dir=f"{folder}/spool")
    whence.install("sqlalchemy")
    return whence.job("bench")


def opentelemetry(engine: sa.Engine) -> Any:
    """Watch with OpenTelemetry, inside a span."""
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult  # noqa: PLC0415

    class Nowhere(SpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            del spans
            return SpanExportResult.SUCCESS

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Nowhere()))
    trace.set_tracer_provider(provider)
    SQLAlchemyInstrumentor().instrument(engine=engine, tracer_provider=provider)
    return trace.get_tracer("bench").start_as_current_span("bench")


def aileron(engine: sa.Engine) -> Any:
    """Watch with the seed's package, inside a job."""
    del engine
    url = os.environ["WHENCE_BENCH_GMS"]
    os.environ.update(AIL_DATAHUB_ENABLED="true", AIL_DATAHUB_GMS_URL=url, DATAHUB_GMS_URL=url)
    import aileron_meta_collector as collector  # noqa: PLC0415

    collector.install_sqlalchemy_hooks()
    return collector.datahub_job("bench", flow="bench")


WAYS = {way.__name__: way for way in (none, whence, opentelemetry, aileron)}


def main(name: str) -> None:
    """Answer questions until there are none."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    around = WAYS[name](engine)
    with engine.begin() as made:
        made.execute(sa.text("create table small (id integer primary key, name text)"))
        made.execute(sa.text(f"create table wide ({', '.join(f'c{number} integer' for number in range(21))})"))
        made.execute(sa.text("insert into small values (1, 'a')"))
        made.execute(sa.text(f"insert into wide values ({', '.join('1' * 21)})"))
    with around, engine.connect() as connection:
        for line in sys.stdin:
            question = json.loads(line)
            statement = sa.text(SHAPES[question["shape"]])
            began = time.thread_time()
            for _ in range(question["queries"]):
                connection.execute(statement, {"id": 1}).all()
            spent = time.thread_time() - began
            print(json.dumps({"us": spent / question["queries"] * 1e6}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
