"""What stands in FROM: tables, subqueries, joins, laterals, functions that give rows.

Each source becomes a relation in the scope, under its alias or its own name. It must not read select lists. Source: the
manuals of the databases on table functions (PostgreSQL 7.2.1.4 and 9.16, BigQuery UNNEST, Snowflake FLATTEN and
SEMANTIC_VIEW, T-SQL OPENJSON, MySQL and Oracle JSON_TABLE, SQL:2016 XMLTABLE, DuckDB and ClickHouse file functions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from whence.sql._names import alias_key
from whence.sql._result import PATH, STAGE, TableName
from whence.sql.queries._columns import search
from whence.sql.queries._edges import CHANGED, FILTERED, JOINED, NOTHING, SAME, Sources, union
from whence.sql.queries._expressions import sources_of, steer
from whence.sql.queries._pivots import pivoted
from whence.sql.queries._remote import call_of, query_of, rows_of_call
from whence.sql.queries._scopes import STAR, Merged, Open, Relation, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from whence.sql.queries._resolve import Resolver
    from whence.sql.queries._scopes import Ctes, OutColumn

FILE_FUNCTIONS = frozenset(
    (
        "read_parquet",
        "parquet_scan",
        "read_csv",
        "read_csv_auto",
        "sniff_csv",
        "read_json",
        "read_json_auto",
        "read_ndjson",
        "read_ndjson_auto",
        "read_text",
        "read_blob",
        "delta_scan",
        "iceberg_scan",
        "read_xlsx",
        "st_read",
        "s3",
        "s3cluster",
        "gcs",
        "url",
        "urlcluster",
        "file",
        "filecluster",
        "hdfs",
        "hdfscluster",
        "azureblobstorage",
        "deltalake",
        "iceberg",
        "read_files",
        "openrowset",
    )
)
"""Functions whose first argument is a file or a folder, or lists some."""
_FILE_FORMATS = frozenset(("json", "parquet", "delta", "csv", "orc", "avro", "text", "binaryfile"))
_FILE_ENDINGS = (".parquet", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".csv.gz", ".json.gz", ".xlsx", ".arrow")
_ROW_MAKERS: dict[str, tuple[str, ...]] = {
    "generate_series": (),
    "generate_subscripts": (),
    "regexp_split_to_table": (),
    "string_to_table": (),
    "regexp_matches": (),
    "json_array_elements": ("value",),
    "json_array_elements_text": ("value",),
    "jsonb_array_elements": ("value",),
    "jsonb_array_elements_text": ("value",),
    "json_object_keys": (),
    "jsonb_object_keys": (),
    "json_each": ("key", "value"),
    "json_each_text": ("key", "value"),
    "jsonb_each": ("key", "value"),
    "jsonb_each_text": ("key", "value"),
    "json_tree": ("key", "value"),
    "jsonb_path_query": (),
    "json_to_recordset": (),
    "jsonb_to_recordset": (),
    "json_to_record": (),
    "jsonb_to_record": (),
    "json_populate_recordset": (),
    "jsonb_populate_recordset": (),
    "string_split": ("value", "ordinal"),
    "split_to_table": ("SEQ", "INDEX", "VALUE"),
    "strtok_split_to_table": ("SEQ", "INDEX", "VALUE"),
    "range": (),
    "numbers": ("number",),
    "sequence": (),
    "unnest": (),
    "flatten": (),
    "row": (),
}
"""Functions that give rows made of their arguments and read nothing else, with the columns they give, where fixed."""
_QUERYING = frozenset(("query", "crosstab", "crosstab2", "crosstab3", "crosstab4"))
"""Functions that run the query in their first argument where they stand: DuckDB's query, PostgreSQL's tablefunc."""
_EMPTY_TABLES = frozenset(("DUAL", "SYSIBM.SYSDUMMY1"))
_FLATTENED = ("SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS")
_OPENJSON = ("key", "value", "type")


def add_source(resolver: Resolver, node: Any, scope: Scope, ctes: Ctes, *, with_joins: bool = True) -> str:
    """Put a relation of FROM into the scope, under its alias or its own name; return the key it stands under."""
    if node.__class__ is exp.Final:  # ClickHouse: t FINAL
        node = node.args["this"]
    args = node.args
    if node.__class__ is exp.Subquery and args.get("alias") is None and _is_join_group(node):
        return _join_group(resolver, node, scope, ctes, with_joins=with_joins)
    relation = relation_of(resolver, node, scope, ctes)
    alias = args.get("alias")
    pivots = args.get("pivots")
    if pivots:
        relation, alias = _pivoted(resolver, relation, pivots, alias)
    key = scope.add(_key(resolver, node, alias), relation)
    joins = args.get("joins")
    if joins and with_joins:
        add_joins(resolver, joins, scope, ctes)
    return key


def _key(resolver: Resolver, node: Any, alias: Any) -> str:
    identifier: Any = alias.args.get("this") if alias.__class__ is exp.TableAlias else alias
    if identifier is None and node.__class__ is exp.Table:
        identifier = node.args.get("this")
        if identifier.__class__ is exp.Dot:  # server.db.schema.t
            identifier = identifier.args["expression"]
    if not isinstance(identifier, exp.Identifier):
        return ""
    name = identifier.args["this"]
    if resolver.dialect == "oracle":
        name = name.partition("@")[0]  # t@link
    return alias_key(name, resolver.dialect, quoted=bool(identifier.args.get("quoted")))


def _pivoted(resolver: Resolver, relation: Relation, pivots: list[Any], alias: Any) -> tuple[Relation, Any]:
    for pivot in pivots:
        relation = pivoted(resolver, relation, pivot)
        own = pivot.args.get("alias")
        if own is not None:
            relation = relation.renamed(alias_columns(resolver, pivot))
            if own.args.get("this") is not None:
                alias = own
    return relation, alias


def alias_columns(resolver: Resolver, node: Any) -> list[str]:
    """Return the column names of `AS t(a, b)`."""
    alias = node.args.get("alias")
    if alias.__class__ is not exp.TableAlias:
        return []
    columns = alias.args.get("columns")
    return [resolver.column_name(c.this if c.__class__ is exp.ColumnDef else c) for c in columns] if columns else []


def relation_of(resolver: Resolver, node: Any, scope: Scope, ctes: Ctes) -> Relation:
    """Return the rows of one source of FROM, columns named as its alias says."""
    cls = node.__class__
    if cls is exp.Table:
        relation = table_rows(resolver, node, scope, ctes)
    elif cls is exp.Subquery:
        relation = _subquery(resolver, node, scope, ctes)
    else:
        reader = _READERS.get(cls)
        if reader is not None:
            return reader(resolver, node, scope, ctes)
        if isinstance(node, exp.Query):
            relation = resolver.query(node, scope.parent, ctes)
        elif isinstance(node, (exp.Func, exp.Column, exp.Alias)):
            return _values_of(resolver, node, scope)
        else:
            resolver.note("unsupported_source", f"{cls.__name__} in FROM was not read", hides="tables")
            return Relation.of_value([], NOTHING)
    return relation.renamed(alias_columns(resolver, node)) if node.args.get("alias") is not None else relation


# --- subqueries and joins


def _is_join_group(node: Any) -> bool:
    inner = node.args.get("this")
    return inner.__class__ is exp.Table or (inner.__class__ is exp.Subquery and (_is_join_group(inner) or inner.alias))


def _join_group(resolver: Resolver, node: Any, scope: Scope, ctes: Ctes, *, with_joins: bool) -> str:
    """Read `(a JOIN b)`: both stay visible outside."""
    key = add_source(resolver, node.args["this"], scope, ctes)
    joins = node.args.get("joins")
    if joins and with_joins:
        add_joins(resolver, joins, scope, ctes)
    return key


def _subquery(resolver: Resolver, node: Any, scope: Scope, ctes: Ctes) -> Relation:
    inner = node.args["this"]
    if inner.__class__ is exp.Table or (inner.__class__ is exp.Subquery and _is_join_group(node)):  # (a JOIN b) AS x
        group = Scope(scope.parent, ctes)
        add_source(resolver, inner, group, ctes)
        return resolver.all_columns(group)
    return resolver.query(node, scope.parent, ctes, is_source=True)


def add_joins(resolver: Resolver, joins: list[Any], scope: Scope, ctes: Ctes) -> None:
    """Put the joined relations into the scope and note what they are joined on."""
    for join in joins:
        args = join.args
        if str(args.get("kind") or "").upper() == "ARRAY":
            _array_join(resolver, join, scope)
            continue
        using = args.get("using")
        left = list(scope.relations) if using or args.get("method") else []
        key = add_source(resolver, args["this"], scope, ctes)
        if using:
            _merge(resolver, [resolver.column_name(c) for c in using], left, scope, str(args.get("side") or ""))
        elif args.get("method") == "NATURAL":
            _natural(resolver, left, scope, str(args.get("side") or ""))
        on = args.get("on")
        if on is not None:
            steer(resolver, on, scope, JOINED)
        condition = args.get("match_condition")
        if condition is not None:
            steer(resolver, condition, scope, JOINED)
        if str(args.get("kind") or "").upper() in ("SEMI", "ANTI") and resolver.dialect != "clickhouse":
            del scope.relations[key]  # only what it is joined on can name it
            scope.seen.clear()


def _natural(resolver: Resolver, left: list[str], scope: Scope, side: str) -> None:
    right = scope.relations[next(reversed(scope.relations))]
    if right.opens or any(scope.relations[key].opens for key in left):
        resolver.note("natural_join", "a NATURAL JOIN of tables whose columns are not known was not resolved")
    seen = {name.lower() for key in left for name, _ in scope.relations[key].columns}
    _merge(resolver, [n for n, _ in right.columns if n != "*" and n.lower() in seen], left, scope, side)


def _merge(resolver: Resolver, names: list[str], left: list[str], scope: Scope, side: str) -> None:
    """Make one column of each pair that a join names."""
    right_keys = [key for key in scope.relations if key not in left]
    for name in names:
        key = name.lower()
        before = scope.merged.get(key)
        owners = before.owners if before is not None else frozenset(_owner(left, scope, key, name))
        first = before.sources if before is not None else _of(owners, scope, key, name)
        owned = frozenset(_owner(right_keys, scope, key, name))
        second = _of(owned, scope, key, name)
        if not owners or not owned:
            resolver.note("unresolved_column", f"which table has the column {name} of USING is not known")
        if resolver.using_both_sides or not first:
            both = first | second
        else:
            both = second if side.upper() == "RIGHT" else first
        scope.merged[key] = Merged(name, both, owners | owned)
        resolver.shape_by(first | second, JOINED)


def _owner(keys: list[str], scope: Scope, key: str, name: str) -> list[str]:
    known = [alias for alias in keys if scope.relations[alias].known(key, name) is not None]
    if known:
        return known[:1]
    maybe = [alias for alias in keys if scope.relations[alias].find(key, name) is not None]
    return maybe if len(maybe) == 1 else []


def _of(owners: frozenset[str], scope: Scope, key: str, name: str) -> Sources:
    return union(scope.relations[alias].find(key, name) or NOTHING for alias in owners)


def _array_join(resolver: Resolver, join: Any, scope: Scope) -> None:
    """Read ClickHouse's ARRAY JOIN: arrays of the row become values, under their alias or their own name."""
    for item in (join.args["this"], *(join.args.get("expressions") or ())):
        if isinstance(item, exp.Table):  # a bare name is parsed as a table
            name = resolver.column_name(item.args["this"])
            found = search(resolver, name.lower(), name, scope) or NOTHING
        else:
            found = sources_of(resolver, item, scope, CHANGED)
            name = resolver.output_name(item, 0)
        if isinstance(item, exp.Alias) or item.args.get("alias") is not None:
            name = item.alias if isinstance(item, exp.Alias) else item.alias_or_name
            scope.add("", Relation([(name, found)]))


# --- tables


def table_rows(resolver: Resolver, node: Any, scope: Scope, ctes: Ctes) -> Relation:
    """Return the rows of a table, a CTE, a file or a function in the place of a table."""
    args = node.args
    inner = args.get("this")
    cls = inner.__class__
    if cls is exp.Identifier:
        if args.get("db") is None:
            found = _called(resolver, inner, ctes)
            if found is not None:
                return found
        return _named_table(resolver, node)
    if inner is None:
        parts = args.get("rows_from") or ()  # ROWS FROM (f(1), g(2)): side by side
        columns = [column for part in parts for column in relation_of(resolver, part, scope, ctes).columns]
        return Relation([(name if name != "*" else "column", sources) for name, sources in columns])
    reader = _TABLE_READERS.get(cls)
    if reader is not None:
        return reader(resolver, inner, scope, ctes)
    if isinstance(inner, exp.Func):
        return _function(resolver, node, inner, scope)
    return _named_table(resolver, node)


def _called(resolver: Resolver, identifier: Any, ctes: Ctes) -> Relation | None:
    if not ctes:
        return None
    name = identifier.args["this"]
    cte = ctes.get(alias_key(name, resolver.dialect, quoted=bool(identifier.args.get("quoted"))))
    if cte is None:
        return None
    cte.is_called = True
    resolver.unit.calls[cte.unit] = None
    return cte.relation


def _named_table(resolver: Resolver, node: Any) -> Relation:
    name = file_name(resolver, node)
    if name is None:
        name = resolver.table_name(node)
        if node.args.get("db") is None and name.name.upper() in _EMPTY_TABLES:
            return Relation([])  # Oracle's and MySQL's way to select from nothing
    return resolver.reads(name)


def file_name(resolver: Resolver, node: Any) -> TableName | None:
    """Return the file or stage that stands in the place of a table, None when it is a table."""
    inner, schema = node.args.get("this"), node.args.get("db") or None
    if inner.__class__ is exp.Var:
        return TableName(inner.name, form=STAGE) if inner.name.startswith("@") else None
    name = inner.name if inner is not None else ""
    if schema is not None:
        is_file = schema.name.lower() in _FILE_FORMATS and ("/" in name or ":" in name)
        return TableName(name, form=PATH) if is_file and node.args.get("catalog") is None else None
    if inner is None or not inner.args.get("quoted") or "{" in name:
        return None
    is_file = "://" in name or (resolver.dialect == "duckdb" and ("/" in name or name.lower().endswith(_FILE_ENDINGS)))
    return TableName(name, form=PATH) if is_file else None


# --- functions


def _function(resolver: Resolver, node: Any, function: Any, scope: Scope) -> Relation:
    name = function.name.lower() if function.__class__ is exp.Anonymous else function.sql_name().lower()
    if name == "table" and len(function.expressions) == 1 and isinstance(function.expressions[0], exp.Func):
        return _function(resolver, node, function.expressions[0], scope)
    table = _table_of_function(resolver, name, function, alias_columns(resolver, node))
    if table is None and name in _QUERYING:
        table = _rows_of_text(resolver, name, function, alias_columns(resolver, node))
    if table is not None:
        return table
    sources = sources_of(resolver, function, scope, CHANGED)
    if function.__class__ is exp.Anonymous and name not in _ROW_MAKERS:
        resolver.note("table_function", f"what the function {function.name} reads is not known", function, "tables")
        return Relation.of_value([], sources)
    own = alias_columns(resolver, node)
    names = own or _function_columns(resolver, node, name, function)
    relation = Relation.of_value(names, sources)
    if not own and node.alias and len(names) == 1 and names[0] != node.alias:  # a row of one value is that value
        return Relation([*relation.columns], (Open(None, sources),))
    return relation


def _table_of_function(resolver: Resolver, name: str, function: Any, names: list[str]) -> Relation | None:
    """Return the rows of the file or the distant table that a function reads; None when it reads no such thing."""
    call = call_of(name, function.expressions)
    if call is None and name == "table" and len(function.expressions) == 1:
        call = query_of(function.expressions[0])
    if call is not None:
        return rows_of_call(resolver, call, names if name == "dblink" else [])
    if name in FILE_FUNCTIONS or isinstance(function, (exp.ReadCSV, exp.ReadParquet)):
        return _files_of_function(resolver, function)
    return None


def _rows_of_text(resolver: Resolver, name: str, function: Any, named: list[str]) -> Relation | None:
    """Return the rows of a function whose argument is a query; None when its text is not known.

    PostgreSQL's crosstab gives the first column of its query, then the last one under many names.
    """
    texts = [part.name for part in function.expressions if part.is_string or isinstance(part, exp.RawString)]
    if not texts or resolver.read_text is None:
        return None
    rows, *_ = [resolver.read_text(text, None) for text in texts]
    if rows is None or name == "query" or not named or not rows.columns or rows.opens:
        return rows
    first, last = rows.columns[0][1], rows.columns[-1][1]
    return Relation([(column, last if number else first) for number, column in enumerate(named)])


def _files_of_function(resolver: Resolver, function: Any) -> Relation | None:
    """Return the rows of `read_parquet('a')`, or of `read_parquet(['a', 'b'])`: of all its files, by name."""
    first = next(function.iter_expressions(), None)
    listed = first.expressions if isinstance(first, (exp.Array, exp.Tuple)) else function.find_all(exp.Literal)
    paths = [part.name for part in listed if isinstance(part, exp.Literal) and part.args.get("is_string")]
    if not isinstance(first, (exp.Array, exp.Tuple)):
        paths = paths[:1]  # the others are options
    files = [resolver.reads(TableName(path, form=PATH)) for path in dict.fromkeys(paths)]
    if len(files) < 2:  # noqa: PLR2004
        return files[0] if files else None
    every = union(file.every for file in files)
    return Relation([(STAR, every)], (Open(None, NOTHING, tuple(files)),))


def _function_columns(resolver: Resolver, node: Any, name: str, function: Any) -> list[str]:
    """Return the columns that a function gives by itself; none when they are not known."""
    if isinstance(function, exp.Explode) and resolver.dialect == "snowflake":
        return list(_FLATTENED)
    fixed = _ROW_MAKERS.get(name, ())
    if fixed or "record" in name:
        return list(fixed)
    return [node.alias or (name if function.__class__ is exp.Anonymous else "generate_series")]


def _values_of(resolver: Resolver, node: Any, scope: Scope) -> Relation:
    """Return rows made of an expression: UNNEST, EXPLODE and other functions outside a table's place."""
    sources = sources_of(resolver, node, scope, CHANGED)
    names = alias_columns(resolver, node)
    if not names and isinstance(node, exp.Explode) and resolver.dialect == "snowflake":
        names = list(_FLATTENED)
    if not names and node.alias:
        names = [node.alias]
    return Relation.of_value(names, sources)


def _unnest(resolver: Resolver, node: Any, scope: Scope, _ctes: Ctes) -> Relation:
    """Read UNNEST(a, b): each array becomes a column; the offset comes from none."""
    arrays = node.expressions
    every = [sources_of(resolver, array, scope, CHANGED) for array in arrays]
    names = alias_columns(resolver, node)
    if not names and resolver.dialect == "bigquery":  # rows that are structs give their fields
        names = _struct_fields(resolver, arrays)
        if not names:
            return Relation.of_value([], union(every))
    if not names:
        names = [node.alias or "unnest"] if len(arrays) == 1 else []
    offset = node.args.get("offset")
    columns: list[OutColumn] = []
    if len(every) > 1 and (not names or len(names) == len(every)):
        columns.extend((names[i] if names else "unnest", sources) for i, sources in enumerate(every))
    else:  # one array of rows may have several columns
        columns.extend((name, union(every)) for name in names)
    if isinstance(offset, exp.Identifier):
        columns.append((resolver.column_name(offset), NOTHING))
    return Relation(columns)


def _struct_fields(resolver: Resolver, arrays: list[Any]) -> list[str]:
    """Return the names of the fields in `[STRUCT(1 AS x, 2 AS y), ..]`."""
    first = arrays[0].expressions[:1] if arrays and isinstance(arrays[0], exp.Array) else []
    parts = first[0].expressions if first and isinstance(first[0], exp.Struct) else []
    return [resolver.column_name(part.this) for part in parts if isinstance(part, exp.PropertyEQ)]


def _lateral(resolver: Resolver, node: Any, scope: Scope, ctes: Ctes) -> Relation:
    inner = node.args["this"]
    names = alias_columns(resolver, node)
    if isinstance(inner, exp.Query):
        return resolver.query(inner, scope, ctes).renamed(names)
    reader = _TABLE_READERS.get(inner.__class__)
    if reader is not None:
        return reader(resolver, inner, scope, ctes).renamed(names)
    if inner.__class__ is exp.Unnest:
        return _unnest(resolver, inner, scope, ctes).renamed(names)
    if inner.__class__ is exp.Table:
        return table_rows(resolver, inner, scope, ctes).renamed(names)
    if names:
        return Relation.of_value(names, sources_of(resolver, inner, scope, CHANGED))
    return _function(resolver, node, inner, scope) if isinstance(inner, exp.Func) else Relation.of_value([], NOTHING)


def _rows_function(resolver: Resolver, node: Any, scope: Scope, _ctes: Ctes) -> Relation:
    """Read TABLE(f(..))."""
    return _function(resolver, node, node.args["this"], scope).renamed(alias_columns(resolver, node))


def _values(resolver: Resolver, node: Any, scope: Scope, _ctes: Ctes) -> Relation:
    return values_rows(resolver, node, scope)


def values_rows(resolver: Resolver, node: Any, scope: Scope) -> Relation:
    """Return the rows of VALUES: a column comes from what stands in its place in any row."""
    columns: list[set[int]] = []
    for row in node.args.get("expressions") or ():
        parts = row.args.get("expressions") if row.__class__ is exp.Tuple else [row]
        if parts and len(parts) == 1 and parts[0].__class__ is exp.Anonymous and parts[0].name.lower() == "row":
            parts = parts[0].expressions
        for position, part in enumerate(parts or ()):
            if position == len(columns):
                columns.append(set())
            if part.__class__ is not exp.Literal:
                columns[position] |= sources_of(resolver, part, scope, SAME)
    relation = Relation([(f"column{i + 1}", frozenset(sources)) for i, sources in enumerate(columns)])
    return relation.renamed(alias_columns(resolver, node))


def _json_table(resolver: Resolver, node: Any, scope: Scope, _ctes: Ctes) -> Relation:
    sources = sources_of(resolver, node.args.get("this"), scope, CHANGED)
    columns: list[OutColumn] = []
    stack: list[Any] = [node.args.get("schema")]
    while stack:
        part: Any = stack.pop(0)
        for definition in part.expressions if part is not None else ():
            if definition.args.get("nested_schema") is not None:
                stack.append(definition.args["nested_schema"])
            if definition.args.get("this") is not None:
                own = NOTHING if definition.args.get("ordinality") else sources
                columns.append((resolver.column_name(definition.this), own))
    return Relation(columns)


def _xml_table(resolver: Resolver, node: Any, scope: Scope, _ctes: Ctes) -> Relation:
    passing = [sources_of(resolver, part, scope, CHANGED) for part in node.args.get("passing") or ()]
    columns = node.args.get("columns") or ()
    return Relation.of_value([resolver.column_name(column.this) for column in columns], union(passing))


def _open_json(resolver: Resolver, node: Any, scope: Scope, _ctes: Ctes) -> Relation:
    sources = sources_of(resolver, node.args.get("this"), scope, CHANGED)
    names = [resolver.column_name(definition.this) for definition in node.expressions]
    return Relation.of_value(names or list(_OPENJSON), sources)


def _semantic_view(resolver: Resolver, node: Any, _scope: Scope, ctes: Ctes) -> Relation:
    """Read Snowflake's SEMANTIC_VIEW(v METRICS m DIMENSIONS d): its columns are the view's own."""
    inner = Scope(None, ctes)
    add_source(resolver, node.args["this"], inner, ctes)
    columns: list[OutColumn] = []
    for part in ("dimensions", "facts", "metrics"):
        for item in node.args.get(part) or ():
            columns.append((resolver.output_name(item, len(columns)), sources_of(resolver, item, inner, SAME)))
    where = node.args.get("where")
    if where is not None:
        steer(resolver, where, inner, FILTERED)
    # a column that is not listed can only be the view's own
    return Relation(columns, tuple(part for relation in inner.relations.values() for part in relation.opens))


def _dynamic(resolver: Resolver, node: Any, _scope: Scope, _ctes: Ctes) -> Relation:
    """Read IDENTIFIER('schema.table')."""
    inner = node.args.get("this")
    if isinstance(inner, exp.Literal):
        return resolver.base(resolver.reads_named(inner.name).table)
    resolver.note("dynamic_table", "a table whose name is given when the query runs is not known", node, "tables")
    return Relation.of_value([], NOTHING)


def _stream(resolver: Resolver, node: Any, scope: Scope, ctes: Ctes) -> Relation:
    inner = node.args["this"]
    return relation_of(resolver, inner.this if isinstance(inner, exp.Subquery) else inner, scope, ctes)


Reader = "Callable[[Resolver, Any, Scope, Ctes], Relation]"
_TABLE_READERS: dict[type, Callable[[Resolver, Any, Scope, Ctes], Relation]] = {
    exp.DynamicIdentifier: _dynamic,
    exp.JSONTable: _json_table,
    exp.OpenJSON: _open_json,
    exp.SemanticView: _semantic_view,
    exp.XMLTable: _xml_table,
}
_READERS: dict[type, Callable[[Resolver, Any, Scope, Ctes], Relation]] = {
    exp.Lateral: _lateral,
    exp.Stream: _stream,
    exp.TableFromRows: _rows_function,
    exp.Unnest: _unnest,
    exp.Values: _values,
}
