"""`python -m whence_server --data DIR --port N`: the server alone; `whence serve` has more comfort."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from whence_server.app import serve
from whence_server.errors import StoreError
from whence_server.settings import ServerSettings


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m whence_server", description="Run the Whence server.")
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds all state")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8300)
    arguments = parser.parse_args()
    settings = ServerSettings(data_dir=arguments.data, host=arguments.host, port=arguments.port)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            serve(settings)
    except StoreError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
