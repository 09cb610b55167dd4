"""`whence sql`: what SQL reads and writes, table by table and column by column, and what of it was not understood.

Must not: need a server or a database. A file that cannot be read costs only itself.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from whence.cli._command import CliError, ExitCode, flag_json
from whence.cli._output import bold, clean, print_json, print_table, say, width_of
from whence.cli._progress import shown_progress
from whence.cli._sql_columns import RESULT, Ancestry, how, mermaid_columns, mermaid_tables
from whence.cli._sql_models import as_model, is_model
from whence.cli._sql_reading import Text, find_sources, read_schema
from whence.sql import dialect_name, script_lineage
from whence.sql.documents import DIALECTS, PROFILES, Places, script_document, state_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from whence.cli._sql_columns import Key
    from whence.sql import Note, ScriptLineage, StatementLineage, TableName

DESCRIPTION = """Show what SQL reads and writes, table by table and column by column, and what of it was not understood.
Give SQL in quotes, files, folders, or - for standard input. Exit code 1 when not all of it was understood."""
EXAMPLE = """  whence sql "CREATE TABLE a AS SELECT x, y + 1 AS z FROM b"
  whence sql models/ --dialect snowflake --column orders.total
  pg_dump --schema-only shop | whence sql - --dialect postgres --json"""
FORMATS = ("table", "tree", "json", "mermaid")
SHOWN = 50
MAX_DRAWN = 400
NAMED = 3
POINTED = 60  # characters; what is longer is a statement, and no word in it
AROUND = 80

Json = dict[str, Any]


class Answer(NamedTuple):
    """What was read of one text; nothing where the text itself could not be read."""

    text: Text
    script: ScriptLineage | None


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", metavar="SQL|FILE|FOLDER|-", nargs="*", help="what to read; default: standard input")
    parser.add_argument(
        "--dialect", metavar="NAME", help="such as postgres, snowflake, bigquery; default: standard SQL"
    )
    parser.add_argument("--schema", metavar="FILE", help='columns of tables, as JSON: {"schema.table": ["id", "name"]}')
    parser.add_argument("--default-db", metavar="NAME", help="the database of names that have none")
    parser.add_argument("--default-schema", metavar="NAME", help="the schema of names that have none")
    parser.add_argument("--profile", choices=PROFILES, default="default", help="whose conventions; default: our own")
    parser.add_argument("--column", metavar="NAME", help="show what this column comes from: `name` or `table.name`")
    parser.add_argument("--format", choices=FORMATS, help="default: table, or tree with --column")
    parser.add_argument("--encoding", metavar="NAME", help="of the files; default: UTF-8, or UTF-16 with its mark")
    flag_json(parser)


def run(args: Namespace) -> int:
    """Read and report."""
    dialect = known_dialect(args.dialect)
    _check_encoding(args.encoding)
    shape = "json" if args.json else args.format or ("tree" if args.column else "table")
    schema = read_schema(args.schema)
    answers: list[Answer] = []
    for source in shown_progress(find_sources(args.what), "files"):
        text = source.text(args.encoding)
        if text.fault:
            answers.append(Answer(text, None))
            continue
        where = {"default_db": args.default_db, "default_schema": args.default_schema}
        script = script_lineage(text.sql, dialect, **where, schema=schema, profile=args.profile)
        if is_model(source.stem, text.sql):
            script = as_model(script, source.stem, dialect, **where)
        answers.append(Answer(text, script))
    if len(answers) == 1 and answers[0].script is None:
        raise CliError(f"{answers[0].text.name} {answers[0].text.fault}")
    show(answers, shape, args.column, dialect)
    understood = all(answer.script is not None and state_of(answer.script) == "PARSED" for answer in answers)
    return ExitCode.DONE if understood else ExitCode.NO


def known_dialect(name: str | None) -> str:
    """Return the parser's name of a dialect that a person named, or refuse it."""
    found = dialect_name(name)
    if found and found not in DIALECTS:
        from difflib import get_close_matches  # noqa: PLC0415  # only ever needed for a mistyped dialect

        near = get_close_matches(found, DIALECTS, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise CliError(
            f"the dialect {name!r} is not known",
            code=ExitCode.WRONG_USE,
            advice=f"{hint}there are {', '.join(DIALECTS)}",
        )
    return found


def _check_encoding(name: str | None) -> None:
    try:
        b" ".decode(name or "utf-8", "replace")
    except LookupError as cause:
        raise CliError(f"the encoding {name!r} is not known", code=ExitCode.WRONG_USE) from cause


def show(answers: list[Answer], shape: str, column: str | None, dialect: str) -> None:
    """Show what was read in one of the formats."""
    ancestry = Ancestry()
    for answer in answers:
        if answer.script is not None:
            ancestry.add(answer.script)
    wanted = None if column is None else _wanted(ancestry, column)
    if shape == "json":
        print_json(_document(answers, ancestry, wanted))
        return
    if shape == "mermaid":
        say(_drawing(answers, ancestry, wanted))
    elif shape == "tree":
        for key in wanted or [key for key in ancestry.sources if key[0] or len(answers) == 1]:
            for line in ancestry.tree(key):
                say(line)
    elif len(answers) == 1 and answers[0].script is not None:
        _show_text(answers[0].script, wanted, Places(answers[0].text.sql))
    else:
        _show_files(answers, wanted)
    _complain(answers, dialect, sys.stdout if shape == "table" else sys.stderr)


def _wanted(ancestry: Ancestry, column: str) -> list[Key]:
    found = ancestry.found(column)
    if not found:
        near = ancestry.near(column)
        advice = f"near it: {', '.join(near)}" if near else "write it as column or table.column"
        raise CliError(f"there is no column {column!r} in what was read", code=ExitCode.NOT_FOUND, advice=advice)
    return found


# --- for programs


def _document(answers: list[Answer], ancestry: Ancestry, wanted: list[Key] | None) -> Json:
    if len(answers) == 1 and answers[0].script is not None:
        document: Json = script_document(answers[0].text.sql, answers[0].script)
    else:
        document = {"files": [_file_document(answer) for answer in answers]}
    if wanted is not None:
        document["ancestry"] = [
            {
                "column": ancestry.shown(key),
                "sources": [
                    {"column": ancestry.shown(source), "subtypes": list(hows)}
                    for source, hows in ancestry.sources.get(key, {}).items()
                ],
            }
            for key in ancestry.reachable(wanted)
        ]
    return document


def _file_document(answer: Answer) -> Json:
    if answer.script is None:
        return {"file": answer.text.name, "fault": answer.text.fault}
    return {"file": answer.text.name, "fault": None, **script_document(answer.text.sql, answer.script)}


def _drawing(answers: list[Answer], ancestry: Ancestry, wanted: list[Key] | None) -> str:
    """Draw columns where they can still be seen, else tables."""
    if wanted is None and len(answers) == 1:
        wanted = list(ancestry.sources)
    columns = ancestry.reachable(wanted or ())
    if columns and len(columns) <= MAX_DRAWN:
        return mermaid_columns(ancestry, columns)
    return mermaid_tables(s for answer in answers if answer.script is not None for s in answer.script.statements)


# --- for people


def _show_text(script: ScriptLineage, wanted: list[Key] | None, places: Places) -> None:
    many = len(script.statements) > 1
    for number, statement in enumerate(script.statements, start=1):
        if statement.kind == "CONTROL":
            continue
        where = f", line {places.of(statement.start)[0]}" if many and statement.end else ""
        say(bold(f"{f'{number}. ' if many else ''}{statement.kind}{where}: {_understood(statement)}"))
        for word, tables in (("reads", statement.inputs), ("writes", statement.outputs)):
            for table in tables:
                say(f"  {word:<7}{clean(str(table))}")
        rows = list(_field_rows(statement, wanted))
        if rows:
            say()
            print_table(["column", "comes from", "how"], rows)
        say()
    if not script.statements:
        say("there is no statement in it")


def _understood(statement: StatementLineage) -> str:
    words = {"PARSED": "understood", "PARTLY": "understood in part", "UNKNOWN": "not understood"}[statement.state]
    return words if statement.confidence >= 1 else f"{words}, tables {statement.confidence:.0%} sure"


def _field_rows(statement: StatementLineage, wanted: list[Key] | None) -> Iterator[tuple[str, str, str]]:
    for field in statement.fields or ():
        table = RESULT if field.table is None else str(field.table)
        if wanted is not None and (table.lower(), field.name.lower()) not in wanted:
            continue
        name = f"{table}.{field.name}" if table else field.name
        for source in field.sources:
            yield name, f"{source.table}.{source.field}", how(source)
            name = ""
        if not field.sources:
            yield name, "" if field.is_whole else "?", "constant" if field.is_whole else "could not be told"
    if wanted is None:
        for source in statement.indirect:
            yield "(all of them)", f"{source.table}.{source.field}", how(source)


def _show_files(answers: list[Answer], wanted: list[Key] | None) -> None:
    if wanted is not None:
        rows = [
            (clean(answer.text.name), *row)
            for answer in answers
            for statement in (answer.script.statements if answer.script else ())
            for row in _field_rows(statement, wanted)
        ]
        print_table(["file", "column", "comes from", "how"], rows)
        return
    print_table(["file", "statements", "reads", "writes", "columns", "understood"], map(_file_row, answers))
    say()
    scripts = [answer.script for answer in answers if answer.script is not None]
    count = sum(len(script.statements) for script in scripts)
    whole = sum(statement.state == "PARSED" for script in scripts for statement in script.statements)
    share = f", {1000 * whole // count / 10} %" if count else ""  # never rounded up: 100 % is all of them
    say(f"{len(answers):,} files, {count:,} statements: {whole:,} understood wholly{share}")


def _file_row(answer: Answer) -> tuple[object, ...]:
    script = answer.script
    if script is None:
        return answer.text.name, "", "", "", "", "not read"
    columns = sum(1 for statement in script.statements for field in statement.fields or () if field.name != "*")
    understood = {"PARSED": "yes", "PARTLY": "in part", "UNKNOWN": "no"}[state_of(script)]
    return answer.text.name, len(script.statements), _some(script.inputs), _some(script.outputs), columns, understood


def _some(tables: Sequence[TableName]) -> str:
    """Name tables as far as a line of a table has room for them."""
    names = [str(table) for table in tables[:NAMED]]
    return ", ".join([*names, f"... {len(tables) - NAMED:,} more"] if len(tables) > NAMED else names)


def _complain(answers: list[Answer], dialect: str, stream: Any) -> None:
    """Say what was not understood, with its place, and which files were not read."""
    complaints = [complaint for answer in answers for complaint in _complaints(answer, named=len(answers) > 1)]
    if not complaints:
        return
    stream.write(bold("not understood:") + "\n" if stream is sys.stdout else "not understood:\n")
    for lines in complaints[:SHOWN]:
        stream.writelines(f"  {clean(line)}\n" for line in lines)
    if len(complaints) > SHOWN:
        stream.write(f"  ... and {len(complaints) - SHOWN:,} more (all of them with --json)\n")
    if not dialect and any(_is_unparsed(note) for answer in answers if answer.script for note in answer.script.notes):
        stream.write("it was read as standard SQL: name its dialect with --dialect, such as --dialect snowflake\n")


def _is_unparsed(note: Note) -> bool:
    return note.code in ("parse_error", "unsupported_statement")


def _complaints(answer: Answer, *, named: bool) -> Iterator[tuple[str, ...]]:
    """Yield what is said of each note: a line, and below it the words that no parser took."""
    name = f"{answer.text.name}:" if named else ""
    if answer.script is None:
        yield (f"{name} {answer.text.fault}",)
        return
    notes = script_document(answer.text.sql, answer.script)["notes"]
    guessed = {note["statement"] for note in notes if note["code"] == "guessed_tables"}
    for note in notes:
        if note["code"] == "guessed_tables" and note["statement"] is not None:
            continue  # told with what made it necessary
        if note["line"] is not None:
            where = f"{name}{note['line']}:{note['column']}:"
        else:
            where = name if note["statement"] is None else f"{name} statement {note['statement']}:".lstrip()
        hidden = f" (may hide {note['hides']})" if note["hides"] else ""
        if note["code"] == "parse_error" and note["statement"] in guessed:
            hidden = " (its tables are guessed from the words around them)"
        excerpt = _excerpt(answer.text.sql, note["start"], note["end"]) if note["code"] == "parse_error" else ()
        yield (f"{where} {note['message']}{hidden}".strip(), *excerpt)


def _excerpt(sql: str, start: int | None, end: int | None) -> tuple[str, ...]:
    """Return the line around a place, and a line that points at it; nothing where the place is a whole statement."""
    if start is None or end is None or end - start > POINTED:
        return ()
    begin = max(sql.rfind("\n", 0, start) + 1, start - AROUND)
    close = sql.find("\n", start)
    line = sql[begin : min(close if close >= 0 else len(sql), start + AROUND)].rstrip().replace("\t", " ")
    return f"    {line}", "    " + " " * width_of(line[: start - begin]) + "^" * max(end - start, 1)
