"""Ask a server for JSON over HTTP, and put each way that can fail into words.

Must not: print, send events (that is `whence.emit`), or know what is asked.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode, urlsplit

from whence.cli._command import CliError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

DEFAULT_URL = "http://localhost:8300"
TIMEOUT_S = 30.0


class Connection:
    """A kept-open HTTP connection to one server; answers are JSON, faults are `CliError`."""

    def __init__(self, url: str, *, authorization: str | None = None, timeout_s: float = TIMEOUT_S) -> None:
        self.host, self.port, self._prefix, self._secure = split_url(url)
        self.url = url.rstrip("/")
        self._headers = {"Accept": "application/json"} | ({"Authorization": authorization} if authorization else {})
        self._timeout_s = timeout_s
        self._open: http.client.HTTPConnection | None = None

    def get(self, path: str, query: Mapping[str, object] | None = None) -> Any:
        """Ask for one JSON document; parameters that are None are left out."""
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        status, document = self.ask(path + (f"?{urlencode(given)}" if given else ""))
        if status < http.client.BAD_REQUEST and document is not None:
            return document
        raise refusal(self.url, status, document)

    def ask(self, path: str) -> tuple[int, Any]:
        """Give the status and the JSON document of an answer, None where it is not JSON."""
        for attempt in (1, 2):
            reused = self._open is not None
            try:
                link = self._link()
                link.request("GET", self._prefix + path, headers=self._headers)
                answer = link.getresponse()
                return answer.status, _json_or_none(answer.read())
            except (OSError, http.client.HTTPException) as cause:
                self.close()
                if reused and attempt == 1 and isinstance(cause, ConnectionError):
                    continue  # the server closed a connection that nobody used for a while
                raise no_server(self.url, cause, self._timeout_s) from cause
        raise AssertionError("unreachable: the second attempt returns or raises")

    def _link(self) -> http.client.HTTPConnection:
        if self._open is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._open = kind(self.host, self.port, timeout=self._timeout_s)
        return self._open

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the next question opens it again."""
        if self._open is not None:
            self._open.close()
            self._open = None


def split_url(url: str) -> tuple[str, int, str, bool]:
    """Split a server's URL into host, port, path before each request, and whether it is https."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as cause:
        raise _bad_url(url, str(cause)) from cause
    if parts.scheme not in {"http", "https"}:
        raise _bad_url(url, f"its scheme is {parts.scheme!r}" if "://" in url else "it has no scheme")
    if not parts.hostname:
        raise _bad_url(url, "it has no host")
    secure = parts.scheme == "https"
    return parts.hostname, port or (443 if secure else 80), parts.path.rstrip("/"), secure


def _bad_url(url: str, why: str) -> CliError:
    return CliError(
        f"{url!r} is no server URL: {why}",
        code=ExitCode.WRONG_USE,
        advice=f"give http://HOST:PORT or https://HOST:PORT with --url or WHENCE_URL, such as {DEFAULT_URL}",
    )


def no_server(url: str, cause: Exception, timeout_s: float) -> CliError:
    """Say why a server did not answer and what to look at; `details["reason"]` is the reason alone."""
    advice = "start one with `whence serve`, or name another with --url or WHENCE_URL"
    reason = str(cause) or type(cause).__name__
    if isinstance(cause, socket.gaierror):
        reason, advice = "the host name is not known", "check the spelling of --url or WHENCE_URL"
    elif isinstance(cause, ConnectionRefusedError):
        reason = "nothing listens on that port"
    elif isinstance(cause, TimeoutError):
        reason, advice = f"no answer within {timeout_s:g} s", "the server is busy, or a firewall drops the packets"
    elif isinstance(cause, ssl.SSLError):
        reason, advice = f"TLS failed: {cause}", "is it an http:// server?"
    elif isinstance(cause, (http.client.HTTPException, ConnectionError)):
        reason = f"what answers there does not speak HTTP ({type(cause).__name__})"
    elif isinstance(cause, OSError):
        reason = cause.strerror or reason
    return CliError(
        f"no Whence server at {url}: {reason}", code=ExitCode.NO_SERVER, advice=advice, details={"reason": reason}
    )


def refusal(url: str, status: int, document: Any) -> CliError:
    """Turn an error answer of the server into the command's error, keeping what the server said."""
    body = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    said = str(body.get("message") or f"HTTP {status}")
    details = {"status": status, "error": body.get("error"), "details": body.get("details")}
    message, code, advice = said, ExitCode.WRONG_USE, ""
    if status in {401, 403}:
        message, code = f"the server at {url} refused the API key: {said}", ExitCode.NOT_ALLOWED
        advice = "give the right one with --api-key or WHENCE_API_KEY"
    elif status >= http.client.INTERNAL_SERVER_ERROR:
        message, code = f"the server at {url} failed: {said}", ExitCode.NO_SERVER
        advice = "its log says more; after a 503 try again"
    elif "message" not in body:
        message, code = f"what answers at {url} is no Whence server (HTTP {status})", ExitCode.NO_SERVER
        advice = "name the server with --url or WHENCE_URL"
    return CliError(message, code=code, advice=advice, details=details)


def _json_or_none(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
