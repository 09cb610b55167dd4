"""AWS clients of our own, with the host's credentials: for what the host's clients cannot be asked.

Only in the background. A client made here never tries twice and never waits long. It must not look into credentials on
the host's threads: those that refresh would send a request.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.sql import TableName

_TIMEOUT_S = 2
_REST_S = 600.0  # after a refusal or a broken network nothing is looked up for so long
_MAX_ASKED = 4096


def plain_client(service: str, region: str, credentials: Any, endpoint: str | None = None) -> Any:
    """Return a synchronous client with the credentials of another one, synchronous or not."""
    from importlib import import_module  # noqa: PLC0415  as light as can be

    session: Any = import_module("botocore.session").Session()
    config: Any = import_module("botocore.config").Config(
        connect_timeout=_TIMEOUT_S, read_timeout=_TIMEOUT_S, retries={"max_attempts": 0}
    )
    keys = _frozen(credentials)
    return session.create_client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        config=config,
    )


def _frozen(credentials: Any) -> Any:
    """Return the keys as they are now; aiobotocore's credentials are asked on a loop of our own."""
    from inspect import isawaitable  # noqa: PLC0415

    keys = credentials.get_frozen_credentials()
    if not isawaitable(keys):
        return keys
    import asyncio  # noqa: PLC0415  only who uses aiobotocore pays for it

    async def wait() -> Any:
        return await keys

    return asyncio.run(wait())


class TableFinder:
    """Looks tables up in Glue, each once, for the setting `aws_lookup`; what it finds goes to `learn`."""

    def __init__(self, region: str, credentials: Any, learn: Callable[..., None]) -> None:
        self._region = region
        self._credentials = credentials
        self._learn = learn
        self._asked: set[tuple[str | None, str]] = set()
        self._client: Any = None
        self._rests_until = 0.0

    def find(self, table: TableName) -> None:
        """Ask for a table of Athena's own catalogue. Never raises."""
        key = table.schema, table.name
        if key in self._asked or len(self._asked) >= _MAX_ASKED or time.monotonic() < self._rests_until:
            return
        self._asked.add(key)
        try:
            self._client = self._client or plain_client("glue", self._region, self._credentials)
            answer = self._client.get_table(DatabaseName=table.schema, Name=table.name)
            self._learn([answer["Table"]], is_own=True)
        except Exception as failure:  # noqa: BLE001  border: whatever AWS, its library or the network may raise
            if "EntityNotFound" not in str(failure):
                self._client = None  # its keys may have run out
                self._rests_until = time.monotonic() + _REST_S
