"""Hooks: code that watches a library inside the host's process and writes down what data it moves.

Each hook is one module with one object of one shape (`Hook`), called like its library. A hook is installed when its
library is imported, now or later. What several share lies in rooms: `_database` (statements, transactions, where a
connection leads), `_frames` (places of path-like things), `_aws` (what S3 and Athena calls mean). A hook must not
import its library, raise into the host, or do work that can wait.
"""

from __future__ import annotations

import sys

from whence._plugins import Builtin, load_plugin
from whence.hooks._finder import unwatch, watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Hook(Protocol):
        """What a hook offers. Both calls may be repeated."""

        requires: str
        """The module whose import makes the hook possible."""

        def install(self) -> None:
            """Put the hook in place; the required module is imported."""
            ...

        def uninstall(self) -> None:
            """Leave the library as it was."""
            ...


GROUP = "whence.hooks"
BUILTIN = {
    "snowflake": Builtin("whence.hooks.snowflake:HOOK", libraries=("snowflake",)),
    "bigquery": Builtin("whence.hooks.bigquery:HOOK", libraries=("google",)),
    "airflow": Builtin("whence.hooks.airflow:HOOK", libraries=("airflow",)),
    "airflow.core": Builtin("whence.hooks.airflow:CORE_HOOK", libraries=("airflow",)),
    "psycopg": Builtin("whence.hooks.psycopg:HOOK", libraries=("psycopg",)),
    "psycopg2": Builtin("whence.hooks.psycopg2:HOOK", libraries=("psycopg2",)),
    "asyncpg": Builtin("whence.hooks.asyncpg:HOOK", libraries=("asyncpg",)),
    "sqlite3": Builtin("whence.hooks.sqlite3:HOOK", libraries=("sqlite3",)),
    "pymysql": Builtin("whence.hooks.pymysql:HOOK", libraries=("pymysql",)),
    "trino": Builtin("whence.hooks.trino:HOOK", libraries=("trino",)),
    "aiosqlite": Builtin("whence.hooks.aiosqlite:HOOK", libraries=("aiosqlite",)),
    "aiomysql": Builtin("whence.hooks.pymysql:AIO_HOOK", libraries=("aiomysql",)),
    "aiobotocore": Builtin("whence.hooks.aiobotocore:HOOK", libraries=("aiobotocore",)),
    "botocore": Builtin("whence.hooks.botocore:HOOK", libraries=("botocore",)),
    "fsspec": Builtin("whence.hooks.fsspec:HOOK", libraries=("fsspec",)),
    "duckdb": Builtin("whence.hooks.duckdb:HOOK", libraries=("duckdb",)),
    "pandas": Builtin("whence.hooks.pandas:HOOK", libraries=("pandas",)),
    "polars": Builtin("whence.hooks.polars:HOOK", libraries=("polars",)),
    "s3transfer": Builtin("whence.hooks.s3transfer:HOOK", libraries=("s3transfer",)),
    "pyarrow": Builtin("whence.hooks.pyarrow:HOOK", libraries=("pyarrow",)),
    "s3transfer.crt": Builtin("whence.hooks.s3transfer:CRT", libraries=("s3transfer", "awscrt")),
    "sqlalchemy": Builtin("whence.hooks.sqlalchemy:HOOK", libraries=("sqlalchemy",)),
    "celery": Builtin("whence.hooks.celery:HOOK", libraries=("celery",)),
    "multiprocessing": Builtin("whence.hooks.multiprocessing:HOOK"),
    "threads": Builtin("whence.hooks.threads:HOOK"),
}
_installed: dict[str, Hook] = {}

__all__ = ["BUILTIN", "GROUP", "install", "installed", "uninstall"]


def install(*names: str) -> tuple[str, ...]:
    """Install hooks by name, all built-in ones without names; return the names of those in place or waiting.

    A name that is not built in is looked up among the entry points of the group `whence.hooks`. Raises PluginError.
    """
    for name in names or BUILTIN:
        if name in _installed:
            continue
        hook: Hook = load_plugin(GROUP, name, BUILTIN)
        _installed[name] = hook
        if _is_imported(hook.requires):
            hook.install()
        else:
            watch(hook.requires, hook.install)
    return installed()


def uninstall(*names: str) -> None:
    """Take hooks out again, all of them without names. Names that are not installed are passed over."""
    for name in names or tuple(_installed):
        hook = _installed.pop(name, None)
        if hook is not None:
            unwatch(hook.requires, hook.install)
            hook.uninstall()


def installed() -> tuple[str, ...]:
    """Return the names of the hooks that are in place or wait for their library's import, sorted."""
    return tuple(sorted(_installed))


def _is_imported(module: str) -> bool:
    spec = getattr(sys.modules.get(module), "__spec__", None)
    return module in sys.modules and not getattr(spec, "_initializing", False)
