"""What watching SQLAlchemy costs the caller, beside OpenTelemetry and the seed's package, in one run.

    python benchmarks/collector/hook_rivals.py [--blocks 30] [--queries 200]

Each way is a process of its own in its own environment (made once by uv in $WHENCE_RIVALS, else in the folder for
temporary files), all with one version of SQLAlchemy; they are asked in turn, block by block, so that a busy minute
meets all of them. CPU of the calling thread; `added` is the median over blocks of a way's block less the block of the
process that watches nothing. Goals (C2): at most a fifth of what OpenTelemetry adds, a fortieth of the seed's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = Path(os.environ.get("WHENCE_RIVALS") or Path(tempfile.gettempdir()) / "whence-rivals")
SQLALCHEMY = "sqlalchemy==2.0.44"
WAYS = {
    "none": (SQLALCHEMY,),
    "whence": (SQLALCHEMY, "sqlglot"),
    "opentelemetry": (SQLALCHEMY, "opentelemetry-sdk", "opentelemetry-instrumentation-sqlalchemy"),
    "aileron": (SQLALCHEMY, "aileron-meta-collector==0.1.36"),
}
SHAPES = ("short", "21 columns")
GOALS = {"opentelemetry": 5, "aileron": 40}


def python_of(way: str) -> str:
    """Return the interpreter of a way's environment, made if need be."""
    folder = FOLDER / f"hook-{way}"
    python = folder / "bin" / "python"
    if not python.exists():
        uv = [str(ROOT / "tools" / "uv"), "--no-config"]
        made = [*uv, "venv", "-q", "--clear", "--python", sys.executable, str(folder)]
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(made, check=True, cwd=FOLDER)
        subprocess.run([*uv, "pip", "install", "-q", "--python", str(python), *WAYS[way]], check=True, cwd=FOLDER)
    return str(python)


class Way:
    """A process that watches in one way."""

    def __init__(self, name: str, gms: str) -> None:
        environment = {**os.environ, "WHENCE_BENCH_GMS": gms, "PYTHONPATH": str(ROOT / "packages/whence/src")}
        self._process = subprocess.Popen(
            [python_of(name), str(HERE / "_hooked_process.py"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def ask(self, shape: str, queries: int) -> float:
        """Return microseconds a query of one block."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"shape": shape, "queries": queries}) + "\n")
        self._process.stdin.flush()
        return float(json.loads(self._process.stdout.readline())["us"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


class _Gms(BaseHTTPRequestHandler):
    """Takes whatever it is sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=30)
    parser.add_argument("--queries", type=int, default=200)
    args = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Gms)
    Thread(target=server.serve_forever, daemon=True).start()
    with ExitStack() as stack:
        gms = f"http://127.0.0.1:{server.server_address[1]}"
        ways = {name: stack.enter_context(Way(name, gms)) for name in WAYS}
        print("in-memory SQLite; caller CPU, microseconds a query")
        print(f"{'shape':12}{'way':16}{'query':>10}{'added':>10}{'ratio':>8}  ours adds")
        for shape in SHAPES:
            _report(shape, _measured(ways, shape, args.blocks, args.queries))
    server.shutdown()


def _measured(ways: dict[str, Way], shape: str, blocks: int, queries: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    for name in names:
        ways[name].ask(shape, 20)
    for block in range(blocks):
        turn = block % len(names)
        for name in names[turn:] + names[:turn]:
            spent[name].append(ways[name].ask(shape, queries))
    return spent


def _report(shape: str, spent: dict[str, list[float]]) -> None:
    plain = spent["none"]
    added = {
        name: statistics.median(with_ - without for with_, without in zip(found, plain, strict=True))
        for name, found in spent.items()
    }
    for name, found in spent.items():
        ratio = statistics.median(with_ / without for with_, without in zip(found, plain, strict=True))
        goal = ""
        if name in GOALS:
            goal = f"1/{added[name] / added['whence']:.0f} of that (goal: 1/{GOALS[name]})"
        print(f"{shape:12}{name:16}{statistics.median(found):10.1f}{added[name]:10.1f}{ratio:8.2f}  {goal}")


if __name__ == "__main__":
    main()
