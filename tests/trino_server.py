"""A real Trino for tests: one node on a free port, with the catalogues `lake` (tables in memory) and `tpch`.

def test_something(trino_server, collected):
    schema = trino_server.schema()  # an empty one in `lake`
"""

from __future__ import annotations

import contextlib
import subprocess
from typing import Any

import httpx
import trino
import trino_programs
from servers import ServerAbsentError, _Server, wait_until

_CATALOGUES = {"lake": "memory", "tpch": "tpch"}
_QUICK = ("-Xmx1G", "-Xss8M", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError")


class TrinoServer(_Server):
    """One Trino node. What is in its tables is gone when it stops."""

    start_limit_s = 200.0  # 10 s of two idle processors

    def start(self) -> None:
        try:
            java, libraries = trino_programs.java(), trino_programs.libraries()
        except FileNotFoundError as absent:
            raise ServerAbsentError(str(absent)) from absent
        config, catalogues = self.folder / "config.properties", self.folder / "catalogues"
        catalogues.mkdir(exist_ok=True)
        for name, connector in _CATALOGUES.items():
            (catalogues / f"{name}.properties").write_text(f"connector.name={connector}\n")
        settings = {
            "coordinator": "true",
            "node-scheduler.include-coordinator": "true",
            "http-server.http.port": self.port,
            "discovery.uri": f"http://127.0.0.1:{self.port}",
            "plugin.dir": libraries / "plugin",
            "catalog.config-dir": catalogues,
        }
        config.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        node = {
            "node.environment": "test",
            "node.data-dir": self.folder,
            "node.bind-ip": "127.0.0.1",
            "node.internal-address": "127.0.0.1",
            "config": config,
        }
        flags = [f"-D{key}={value}" for key, value in node.items()]
        command = [str(java), *_QUICK, "-cp", f"{libraries / 'lib'}/*", *flags, "io.trino.server.TrinoServer"]
        log = self.folder / "server.log"
        self._run(command, log, {})
        self._await(self._answers, log)
        wait_until(self._works, what="Trino's first distributed query")

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.get(f"http://127.0.0.1:{self.port}/v1/info")
            return answer.status_code == httpx.codes.OK and not answer.json()["starting"]
        return False

    def _works(self) -> bool:
        """Whether queries find a worker: for moments after the start there may be none."""
        with contextlib.suppress(trino.exceptions.TrinoQueryError), self.connect() as connection:
            return connection.cursor().execute("SELECT count(*) FROM tpch.tiny.nation").fetchone() == [25]
        return False

    def stop(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            super().stop()
        self.kill()

    def kill(self) -> None:
        """Kill it without a word (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def revive(self) -> None:
        """Start it again if a test has killed it."""
        if self._process is None:
            self.start()

    def connect(self, **options: Any) -> trino.dbapi.Connection:
        """Connect with Trino's own client."""
        return trino.dbapi.connect(host="127.0.0.1", port=self.port, user="ann", **options)

    def fields(self, query_id: str) -> dict[str, set[str]]:
        """Return which columns a query wrote from which "table.column", as Trino found; those of none left out."""
        answer = httpx.get(f"http://127.0.0.1:{self.port}/v1/query/{query_id}", headers={"X-Trino-User": "ann"})
        found = {
            column["column"]["name"]: {
                f"{source['tableName']}.{source['columnName']}" for source in column["sourceColumns"]
            }
            for column in answer.raise_for_status().json()["output"]["columns"]
        }
        return {name: sources for name, sources in found.items() if sources}

    def schema(self) -> str:
        """Make an empty schema in `lake`; return its name."""
        name = f"s{next(self._numbers)}"
        with self.connect() as connection:
            connection.cursor().execute(f"CREATE SCHEMA lake.{name}")
        return name
