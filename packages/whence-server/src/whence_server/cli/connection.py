"""Which server a command asks: from its arguments, then the environment, then the default.

Must not: connect; `whence.cli.Connection` does.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from whence.cli import DEFAULT_URL, Connection

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping


def flag_server(parser: ArgumentParser) -> None:
    """Declare the arguments that say which server is asked."""
    parser.add_argument("--url", help=f"the server (else WHENCE_URL, else {DEFAULT_URL})")
    parser.add_argument("--api-key", help="the key it asks for (else WHENCE_API_KEY)")


def server_of(args: Namespace, environ: Mapping[str, str] = os.environ) -> tuple[str, str | None]:
    """Give the server's URL and API key that arguments and environment ask for, in that order."""
    url = args.url or environ.get("WHENCE_URL") or DEFAULT_URL
    return url, args.api_key or environ.get("WHENCE_API_KEY") or None


def connection_from(args: Namespace) -> Connection:
    """Give a connection to that server."""
    url, api_key = server_of(args)
    return Connection(url, authorization=f"Bearer {api_key}" if api_key else None)
