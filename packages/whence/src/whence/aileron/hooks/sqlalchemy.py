"""The hook on SQLAlchemy."""

from __future__ import annotations

from whence.aileron.hooks import install


def install_sqlalchemy_hooks(env: str | None = None) -> None:
    """Watch every SQLAlchemy engine, made before or after. `env`: see `install_all_hooks`."""
    install(("sqlalchemy",).__contains__, env)
