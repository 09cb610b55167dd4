"""The process behind `moto_server.MotoServer`: moto's server, with what Athena does and moto's does not.

Added: FAILED and CANCELLED, states one after the other as somebody polls, BatchGetQueryExecution, StatementType and
SubstatementType as Athena gives them, refusals, the data behind CTAS and UNLOAD, and a list of the calls. Told by HTTP:
`POST /whence/athena` (see `Behaviour`), `GET /whence/calls`, `POST /whence/reset`. Run: `python moto_program.py PORT`.
"""

from __future__ import annotations

import json
import re
import sys
import time
from typing import TYPE_CHECKING, Any

from moto.athena import models, responses, urls
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MAX_BATCH = 50
_SUBSTATEMENTS = (  # first match wins; as Athena engine version 3 names them
    (r"create\s+(or\s+replace\s+)?view", "DDL", "CREATE_VIEW"),
    (r"create\s+table\s+.*\bas\s*\(?\s*(select|with|values)\b", "DDL", "CREATE_TABLE_AS_SELECT"),
    (r"create\s+(external\s+)?table", "DDL", "CREATE_TABLE"),
    (r"drop\s+table", "DDL", "DROP_TABLE"),
    (r"(alter|create|drop|msck|prepare|deallocate)\b", "DDL", None),
    (r"(show|describe|explain)\b", "UTILITY", None),
    (r"insert\b", "DML", "INSERT"),
    (r"unload\b", "DML", "UNLOAD"),
    (r"(merge|update|delete)\b", "DML", None),
    (r"", "DML", "SELECT"),
)


class Behaviour:
    """How Athena behaves until the next reset."""

    def __init__(self) -> None:
        self.states: list[str] = ["SUCCEEDED"]  # of queries that start from now on, one for each time somebody asks
        self.denied: list[str] = []  # operations that answer AccessDeniedException
        self.throttled: dict[str, int] = {}  # operation -> how many calls are refused from now on
        self.delays: dict[str, float] = {}  # operation -> seconds until it answers
        self.update_count: int = 0  # rows that every INSERT and CTAS changes
        self.scanned: int = 0  # DataScannedInBytes
        self.data: dict[str, str] = {}  # file name -> bytes as latin-1 text: what the next CTAS or UNLOAD writes


behaviour = Behaviour()
calls: list[dict[str, Any]] = []


class AthenaExecution(models.Execution):
    """A query whose states follow each other as somebody asks."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.states = list(behaviour.states)
        self.scanned = behaviour.scanned

    def advance(self) -> None:
        if len(self.states) > 1 and self.is_asked:
            del self.states[0]
        self.is_asked = True

    is_asked = False

    @property
    def status(self) -> str:
        return self.states[0]

    @status.setter
    def status(self, value: str) -> None:
        self.states = [value]


class AthenaResponse(responses.AthenaResponse):
    """Athena's operations, as far as moto lacks them or answers too little."""

    def start_query_execution(self) -> Any:
        answer = super().start_query_execution()
        if isinstance(answer, str):
            execution = self.athena_backend.executions[json.loads(answer)["QueryExecutionId"]]
            execution.config = execution.config or {}
            self._place(execution, *kind_of(execution.query))
        return answer

    def _place(self, execution: Any, kind: str, substatement: str | None) -> None:
        """Set where results lie, as Athena does: .csv for queries, .txt for DDL, a folder of tables for CTAS."""
        folder = execution.config.get("OutputLocation", "").removesuffix(f"{execution.id}.csv")
        if not folder:
            return
        if substatement == "CREATE_TABLE_AS_SELECT":
            execution.config["OutputLocation"] = f"{folder}tables/{execution.id}"
            execution.manifest = f"{folder}tables/{execution.id}-manifest.csv"
        elif substatement in ("UNLOAD", "INSERT"):
            execution.manifest = f"{folder}{execution.id}-manifest.csv"
        elif kind != "DML":
            execution.config["OutputLocation"] = f"{folder}{execution.id}.txt"
        if getattr(execution, "manifest", None) and behaviour.data:
            told = re.search(r"(?:external_location\s*=|\bTO)\s*'([^']+)'", execution.query)
            target = told[1].rstrip("/") if told else f"{folder}tables/{execution.id}"
            for name, text in behaviour.data.items():
                self._put(f"{target}/{name}", text.encode("latin-1"))
            self._put(execution.manifest, "\n".join(f"{target}/{name}" for name in behaviour.data).encode())
            behaviour.data = {}

    def _put(self, place: str, body: bytes) -> None:
        bucket, _, key = place.removeprefix("s3://").partition("/")
        s3_backends[self.current_account]["aws"].put_object(bucket, key, body)

    def get_query_execution(self) -> Any:
        query_id = self._get_param("QueryExecutionId")
        if query_id not in self.athena_backend.executions:
            return self.error(f"QueryExecution {query_id} was not found", 400)
        return json.dumps({"QueryExecution": self._told(query_id)})

    def batch_get_query_execution(self) -> Any:
        ids = self._get_param("QueryExecutionIds")
        if len(ids) > _MAX_BATCH:
            return self.error("at most 50 query execution ids", 400)
        known = [each for each in ids if each in self.athena_backend.executions]
        missing = [
            {"QueryExecutionId": each, "ErrorCode": "INVALID_ARGUMENTS", "ErrorMessage": "not found"}
            for each in ids
            if each not in known
        ]
        told = [self._told(each) for each in known]
        return json.dumps({"QueryExecutions": told, "UnprocessedQueryExecutionIds": missing})

    def get_query_results(self) -> Any:
        answer = super().get_query_results()
        execution = self.athena_backend.executions.get(self._get_param("QueryExecutionId"))
        if execution is not None and kind_of(execution.query)[1] in ("INSERT", "CREATE_TABLE_AS_SELECT"):
            return json.dumps({**json.loads(answer), "UpdateCount": behaviour.update_count})
        return answer

    def _told(self, query_id: str) -> dict[str, Any]:
        execution = self.athena_backend.executions[query_id]
        self.body = json.dumps({"QueryExecutionId": query_id})
        told = json.loads(super().get_query_execution())["QueryExecution"]
        kind, substatement = kind_of(execution.query)
        told["StatementType"] = kind
        if substatement:
            told["SubstatementType"] = substatement
        told["Statistics"]["DataScannedInBytes"] = execution.scanned
        if getattr(execution, "manifest", None):
            told["Statistics"]["DataManifestLocation"] = execution.manifest
        state = told["Status"]["State"]
        if state == "FAILED":
            told["Status"]["StateChangeReason"] = "TABLE_NOT_FOUND: line 1:15"
            told["Status"]["AthenaError"] = {"ErrorCategory": 2, "ErrorType": 1006, "ErrorMessage": "not found"}
        if state in ("QUEUED", "RUNNING"):
            told["Status"].pop("CompletionDateTime", None)
        return told


def kind_of(query: str) -> tuple[str, str | None]:
    """Return StatementType and SubstatementType of a statement."""
    text = re.sub(r"^(\s|--[^\n]*\n|/\*.*?\*/)*", "", query, flags=re.DOTALL).lower()
    return next((kind, name) for pattern, kind, name in _SUBSTATEMENTS if re.match(pattern, text, flags=re.DOTALL))


def _refusal(operation: str) -> tuple[str, str] | None:
    if operation in behaviour.denied:
        return "AccessDeniedException", f"User is not authorized to perform: athena:{operation}"
    if behaviour.throttled.get(operation, 0) > 0:
        behaviour.throttled[operation] -= 1
        return "ThrottlingException", "Rate exceeded"
    return None


class Application:
    """The WSGI application: our own paths, the list of calls, then moto."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/whence/"):
            return self._control(path, environ, start_response)
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        operation = target.rpartition(".")[2]
        calls.append({"service": target.partition(".")[0] or "s3", "operation": operation, "path": path})
        time.sleep(behaviour.delays.get(operation, 0))
        refusal = _refusal(operation) if target.startswith("AmazonAthena") else None
        if refusal is not None:
            body = json.dumps({"__type": refusal[0], "message": refusal[1]}).encode()
            start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
            return [body]
        return self._moto(environ, start_response)

    def _control(self, path: str, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer: Any = {}
        if path == "/whence/calls":
            answer = calls
        elif path == "/whence/reset":
            behaviour.__init__()
            calls.clear()
        else:
            told = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            for name, value in told.items():
                setattr(behaviour, name, value)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]


class _QuietHandler(MotoRequestHandler):
    def log(self, *args: Any) -> None:
        """Say nothing: a pipe that nobody reads would fill."""


def main() -> None:
    """Serve until killed."""
    models.Execution = AthenaExecution  # type: ignore[misc]
    urls.url_paths = {"{0}/$": AthenaResponse.dispatch}
    server = make_server("127.0.0.1", int(sys.argv[1]), Application(), threaded=True, request_handler=_QuietHandler)
    server.serve_forever()


if __name__ == "__main__":
    main()
