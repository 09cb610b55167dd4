"""SQL text to lineage: which tables and columns a statement reads and writes, and what about it was not understood.

`lineage` reads each statement by itself, `script_lineage` tells what a whole text does; `redact` and `fingerprint` say
what a statement is without its literals. Importing this package is cheap; the parser is loaded by the first call that
reads, which nobody may make on a host's own thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.sql._names import Schema
from whence.sql._profiles import PROFILES, Profile
from whence.sql._result import (
    MOVES,
    PATH,
    REMOTE,
    STAGE,
    TABLE,
    TEMPLATE,
    WRITES,
    Column,
    FieldSource,
    Note,
    OutputField,
    ScriptLineage,
    StatementLineage,
    TableName,
)
from whence.sql._session import Session, script_of, with_folded_shards
from whence.sql.text import dialect_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from whence.sql._engine import Engine
    from whence.sql.text import fingerprint, redact

__all__ = [
    "MOVES",
    "PATH",
    "PROFILES",
    "REMOTE",
    "STAGE",
    "TABLE",
    "TEMPLATE",
    "WRITES",
    "Column",
    "FieldSource",
    "Note",
    "OutputField",
    "Profile",
    "Schema",
    "ScriptLineage",
    "StatementLineage",
    "TableName",
    "dialect_name",
    "fingerprint",
    "lineage",
    "redact",
    "script_lineage",
]

_engines: list[Engine] = []


def __getattr__(name: str) -> object:
    if name not in ("fingerprint", "redact"):
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from whence.sql import text  # noqa: PLC0415  which loads them when they are asked for

    return getattr(text, name)


def lineage(
    sql: str,
    dialect: str | None = None,
    *,
    default_db: str | None = None,
    default_schema: str | None = None,
    schema: Schema | Mapping[str, Mapping[str, str | None] | Iterable[str]] | None = None,
    profile: Profile | str = "default",
    views: Mapping[str, str] | None = None,
) -> list[StatementLineage]:
    """Read the statements of a text, one answer each, in order.

    `dialect` is sqlglot's or SQLAlchemy's name. `schema` maps dotted table names to their columns (a list of names, or
    names to types); with it `*` is expanded and unqualified columns find their table. `views` maps dotted names of
    views to their queries: what they read stands in their place. What a statement says to those after it (USE, the
    columns of a table it makes, a new name) is heard by them; temporary tables are named as they are. Placeholders of
    every style are understood. `profile` is one of `PROFILES`, or its name (`ValueError` for another).

    Never raises for SQL that cannot be read: such a statement is UNKNOWN, or PARTLY with the tables that were seen, and
    its notes say why. Cost: the first call loads the parser (100 to 250 ms); then 0.1 to 10 ms for a new statement.
    """
    return _read(sql, dialect, default_db, default_schema, schema, _profile(profile), views)


def script_lineage(
    sql: str,
    dialect: str | None = None,
    *,
    default_db: str | None = None,
    default_schema: str | None = None,
    schema: Schema | Mapping[str, Mapping[str, str | None] | Iterable[str]] | None = None,
    profile: Profile | str = "default",
    views: Mapping[str, str] | None = None,
) -> ScriptLineage:
    """Read a whole text as one session: what it reads from the world and what it leaves in it.

    Without another profile, temporary tables are gone from the answer (what they were filled from stands in their
    place, column by column), renames are followed, and a table that is dropped in the end is no output. `statements`
    are those of `lineage`; `fields` are in the order of the statements, each with the table it is written to, None for
    the result of a query. The rest is as in `lineage`.
    """
    conventions = _profile(profile)
    return script_of(_read(sql, dialect, default_db, default_schema, schema, conventions, views), conventions)


def _profile(profile: Profile | str) -> Profile:
    if isinstance(profile, Profile):
        return profile
    if profile not in PROFILES:
        msg = f"unknown profile {profile!r}: known are {', '.join(PROFILES)}"
        raise ValueError(msg)
    return PROFILES[profile]


def _read(
    sql: str,
    dialect: str | None,
    default_db: str | None,
    default_schema: str | None,
    schema: Schema | Mapping[str, Mapping[str, str | None] | Iterable[str]] | None,
    profile: Profile,
    views: Mapping[str, str] | None,
) -> list[StatementLineage]:
    if not _engines:
        from whence.sql._engine import Engine  # noqa: PLC0415  loads sqlglot, which `import whence` must not

        _engines.append(Engine())
    engine = _engines[0]
    known = schema if isinstance(schema, Schema) else Schema(schema)
    if not views:
        answers = engine.lineage(sql, dialect, default_db, default_schema, known, profile=profile)
    else:
        answers = _with_views(engine, sql, (dialect, default_db, default_schema, known), profile, views)
    return [with_folded_shards(answer) for answer in answers] if profile.fold_shards else answers


def _with_views(
    engine: Engine,
    sql: str,
    context: tuple[str | None, str | None, str | None, Schema],
    profile: Profile,
    views: Mapping[str, str],
) -> list[StatementLineage]:
    """Read a text with views: a view's own query is read in the same context, and knows the other views."""
    dialect, default_db, default_schema, known = context
    session = Session(dialect_name(dialect), default_db, default_schema, known, profile, views)

    def read_view(query: str) -> StatementLineage | None:
        inner = session.for_view()
        answers = engine.lineage(query, dialect, default_db, default_schema, known, profile=profile, session=inner)
        return answers[0] if len(answers) == 1 else None

    session.read_view = read_view
    answers = engine.lineage(sql, dialect, default_db, default_schema, known, profile=profile, session=session)
    return [session.without_views(answer) for answer in answers]
