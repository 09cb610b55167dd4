"""Conventions of lineage on which engines differ with good reason, as switches, and the sets that known engines use.

A profile changes what is counted, never what is understood. It must not know how statements are read: readers ask it.
Source: the tests of sqllineage 1.5, OpenLineage 1.54, DataHub 1.7, sqlglot 30, bytebase and macaw, compared case
by case.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Ddl = Literal["data", "all", "create"]
StructFields = Literal["field", "column", "path"]
Script = Literal["session", "ends", "union"]
ThroughStar = Literal["column", "star"]


class Profile(NamedTuple):
    """The conventions. `name` stands for all of them, in cache keys and messages.

    - `update_target_is_input`: the target of an UPDATE is read, too.
    - `unused_ctes`: tables read only by a CTE that nothing uses are inputs.
    - `ddl`: which statements that define things count: `all`, all but DROP (`data`: a table that is gone holds no
      data), or CREATE alone (`create`; then DELETE, TRUNCATE and CACHE do not count either). With `all`, a definition
      names only what it defines, not the files that it is laid over or the table that it is like.
    - `script`: what a text of several statements reads and writes: every table but temporary ones, which are
      collapsed (`session`), only the first and last tables of each chain (`ends`), or every table (`union`).
    - `use_statements`: `USE`, `SET search_path` and their like fill in names that follow.
    - `using_both_sides`: a column of JOIN .. USING comes from both tables.
    - `scalar_subqueries`: columns of a subquery in the select list are sources; `no_scalar_subqueries_in` names
      dialects in which they are not.
    - `struct_fields`: a field of a struct comes from the column it lies in (`field`, after which the output is named);
      the output is named after that column (`column`); or the source is
      `column.field`, where no table stands before it (`path`).
    - `dictionary_fields`: the attribute that ClickHouse's dictGet reads is a source, not only its dictionary an input.
    - `fold_shards`: `events_20240101` is `events_yyyymmdd`.
    - `through_star`: what a column is that a query takes from another's `SELECT *`, whose table's columns are not
      known: that table's column of this name (`column`), or its `*` (`star`).
    """

    name: str
    update_target_is_input: bool = False
    unused_ctes: bool = True
    ddl: Ddl = "data"
    script: Script = "session"
    use_statements: bool = True
    using_both_sides: bool = True
    scalar_subqueries: bool = True
    no_scalar_subqueries_in: frozenset[str] = frozenset()
    struct_fields: StructFields = "field"
    dictionary_fields: bool = True
    fold_shards: bool = False
    through_star: ThroughStar = "column"


DEFAULT = Profile(name="default")

PROFILES = {
    profile.name: profile
    for profile in (
        DEFAULT,
        Profile(name="sqllineage", ddl="create", script="ends", use_statements=False, using_both_sides=False),
        Profile(name="openlineage", unused_ctes=False, ddl="all", script="union"),
        Profile(
            name="datahub",
            update_target_is_input=True,
            script="union",
            use_statements=False,
            fold_shards=True,
            struct_fields="path",
            dictionary_fields=False,
        ),
        Profile(name="bytebase", no_scalar_subqueries_in=frozenset(("bigquery", "spanner")), struct_fields="column"),
        Profile(name="macaw", unused_ctes=False, script="union"),
        Profile(name="sqlglot", through_star="star"),
    )
}
"""Profiles by name."""
