"""The hooks on S3 and Athena."""

from __future__ import annotations

from whence.aileron.hooks import install


def install_boto3_hooks(env: str | None = None) -> None:
    """Watch S3 and Athena through each client of each session, made before or after. `env`: see `install_all_hooks`."""
    install(("botocore", "s3transfer", "s3transfer.crt").__contains__, env)
