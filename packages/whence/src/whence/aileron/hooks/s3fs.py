"""The hooks on s3fs."""

from __future__ import annotations

from whence.aileron.hooks import install


def install_s3fs_hooks(env: str | None = None) -> None:
    """Watch s3fs and what it stands on: reads, writes, copies, moves. `env`: see `install_all_hooks`."""
    install(("fsspec", "aiobotocore").__contains__, env)
