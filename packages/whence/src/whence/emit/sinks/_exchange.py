"""One bounded HTTP exchange: a request out, an answer back, all of it within one deadline.

`http.client` bounds each read, so a server that sends one byte now and then holds it for ever; here each read gets what
is left of the deadline. A connection is kept open between requests; one that the server closed meanwhile is opened
again once.

Must not: retry, follow redirects, use proxies, read more of an answer than `ANSWER_MAX_BYTES`, or judge it
(`_verdict.py`).
"""

from __future__ import annotations

import codecs
import io
import ssl
import time
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from _typeshed import WriteableBuffer

ANSWER_MAX_BYTES = 4 << 20
codecs.lookup("idna")  # what `getaddrinfo` would load by itself, maybe while the process forks


class Answer(NamedTuple):
    """What a server answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ExchangeError(Exception):
    """There was no answer. `is_slow`: the deadline passed; `is_settings`: only a person can mend it (a certificate)."""

    def __init__(self, reason: str, *, is_slow: bool = False, is_settings: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_slow = is_slow
        self.is_settings = is_settings


class _DeadlineReader(io.RawIOBase):
    """Reads a socket, giving each read what is left until the deadline."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline
        self._raw = connection.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        self._connection.settimeout(_left_s(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    """An answer that is read within a deadline."""

    def __init__(self, sock: socket.socket, *args: Any, deadline: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_DeadlineReader(sock, deadline))


def _left_s(deadline: float) -> float:
    """Give what is left until the deadline. Nothing left raises TimeoutError: a socket takes 0 for "do not block"."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class HttpPost:
    """Posts to one server. Not safe between threads."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        parts = urlsplit(url)
        self._place = f"{parts.scheme}://{parts.netloc}"
        self._timeout_s = timeout_s
        # An empty port would make http.client read one out of an IPv6 address; the defaults are spelled out instead.
        host = parts.hostname or ""
        if parts.scheme == "https":
            self._connection: HTTPConnection = HTTPSConnection(host, parts.port or 443)
        else:
            self._connection = HTTPConnection(host, parts.port or 80)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post and give the answer. Raises `ExchangeError`."""
        return self._ask("POST", path, body, headers)

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        """Get and give the answer. Raises `ExchangeError`."""
        return self._ask("GET", path, None, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        deadline = time.monotonic() + self._timeout_s
        was_open = self._connection.sock is not None
        try:
            try:
                return self._exchange(method, path, body, headers, deadline)
            except (ConnectionError, HTTPException):
                if not was_open:
                    raise
                self.close()
                return self._exchange(method, path, body, headers, deadline)
        except TimeoutError as fault:
            raise ExchangeError(f"{self._place} did not answer within {self._timeout_s:g} s", is_slow=True) from fault
        except ssl.SSLCertVerificationError as fault:
            raise ExchangeError(
                f"{self._place} has a certificate that is not trusted: {fault.verify_message}", is_settings=True
            ) from fault
        except OSError as fault:
            raise ExchangeError(f"{self._place} cannot be reached: {fault.strerror or fault}") from fault
        except (HTTPException, ValueError) as fault:
            raise ExchangeError(f"{self._place} does not speak HTTP: {type(fault).__name__}") from fault

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], deadline: float
    ) -> Answer:
        connection = self._connection
        whole = False
        try:
            if connection.sock is None:
                connection.timeout = _left_s(deadline)
                connection.connect()
            cast("socket.socket", connection.sock).settimeout(_left_s(deadline))
            connection.response_class = partial(_BoundedResponse, deadline=deadline)  # pyright: ignore[reportAttributeAccessIssue]
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            content = response.read(ANSWER_MAX_BYTES)
            whole = response.isclosed() or not response.read(1)
            return Answer(response.status, {name.lower(): text for name, text in response.getheaders()}, content)
        finally:
            if not whole:
                connection.close()

    def close(self) -> None:
        """Close the connection; the next post opens one again."""
        self._connection.close()
