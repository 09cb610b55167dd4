"""AWS in tests: moto's server in a process of its own, with Athena as it really answers (see `moto_program`).

Use the fixture `aws`: it resets the server and sets the environment, so that `boto3.client("s3")` and every library on
top of it (also asynchronous ones) reach it without further arguments.

    def test_something(aws, collected):
        aws.bucket("lake")
        aws.athena(states=["QUEUED", "RUNNING", "FAILED"])
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from servers import _Server

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION = "us-east-1"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "whence-secret",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}
_COLUMN = {"CatalogName": "hive", "SchemaName": "", "TableName": "", "Precision": 0, "Scale": 0}


class MotoServer(_Server):
    """One moto server; everything in it is forgotten by `reset`."""

    @property
    def url(self) -> str:
        """The endpoint of every service."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        program, log = Path(__file__).with_name("moto_program.py"), self.folder / "moto.log"
        self._run([sys.executable, str(program), str(self.port)], log, {})
        self._await(self._answers, log)

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/whence/calls").status_code == httpx.codes.OK
        return False

    def environment(self) -> Mapping[str, str]:
        """Return what a process needs in its environment to reach this server."""
        return {**ENVIRONMENT, "AWS_ENDPOINT_URL": self.url}

    def reset(self) -> None:
        """Forget all buckets, tables, queries and settings."""
        httpx.post(f"{self.url}/moto-api/reset").raise_for_status()
        httpx.post(f"{self.url}/whence/reset").raise_for_status()

    def client(self, service: str, **options: Any) -> Any:
        """Make a boto3 client of this server, with a session of its own."""
        import boto3  # noqa: PLC0415 - only where the library is

        session = boto3.Session(ENVIRONMENT["AWS_ACCESS_KEY_ID"], ENVIRONMENT["AWS_SECRET_ACCESS_KEY"])
        return session.client(service, **{"region_name": REGION, "endpoint_url": self.url, **options})

    def bucket(self, *names: str) -> None:
        """Make buckets, out of the hooks' sight."""
        for name in names:
            httpx.put(f"{self.url}/{name}", headers=self._signed()).raise_for_status()

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Put an object, out of the hooks' sight."""
        httpx.put(f"{self.url}/{bucket}/{key}", content=body, headers=self._signed()).raise_for_status()

    def athena(self, **behaviour: Any) -> None:
        """Say how Athena behaves from now on; the words are those of `moto_program.Behaviour`."""
        httpx.post(f"{self.url}/whence/athena", json=behaviour).raise_for_status()

    def results(self, columns: Mapping[str, str], *rows: tuple[Any, ...], region: str = REGION) -> None:
        """Queue the result (column -> Athena type, rows) that the next query gets."""
        info = [
            {**_COLUMN, "Name": n, "Label": n, "Type": t, "Nullable": "UNKNOWN", "CaseSensitive": False}
            for n, t in columns.items()
        ]
        head = [{"Data": [{"VarCharValue": name} for name in columns]}]
        data = [{"Data": [{"VarCharValue": str(value)} for value in row]} for row in rows]
        body = {"region": region, "results": [{"rows": head + data, "column_info": info}]}
        httpx.post(f"{self.url}/moto-api/static/athena/query-results", json=body).raise_for_status()

    def calls(self, operation: str = "") -> list[dict[str, Any]]:
        """List the calls since the reset, of one operation if it is named; of S3 only the path is known."""
        calls = httpx.get(f"{self.url}/whence/calls").json()
        return [call for call in calls if operation in ("", call["operation"])]

    @staticmethod
    def _signed() -> dict[str, str]:
        return {"Authorization": f"AWS4-HMAC-SHA256 Credential=testing/20260101/{REGION}/s3/aws4_request, Signature=0"}
