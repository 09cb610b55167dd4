from __future__ import annotations

import subprocess
import sys

import sqlglot

from whence.sql import PROFILES as ENGINES_PROFILES
from whence.sql import Note, ScriptLineage, StatementLineage, TableName
from whence.sql.documents import DIALECTS, PROFILES, Places, script_document, state_of

NO_SQL = {"", "dax", "prql", "solr"}  # dialects of the parser that are other languages


def test_the_dialects_are_the_parsers():
    assert list(DIALECTS) == sorted({dialect.value for dialect in sqlglot.Dialects} - NO_SQL)


def test_the_profiles_are_the_engines():
    assert set(PROFILES) == set(ENGINES_PROFILES)


def test_importing_it_loads_no_parser():
    code = "import sys, whence.sql.documents; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_places_are_lines_and_columns_from_one():
    places = Places("ab\n\ncd")
    assert [places.of(offset) for offset in (0, 2, 3, 4, 5, 6)] == [(1, 1), (1, 3), (2, 1), (3, 1), (3, 2), (3, 3)]


def script(*statements: StatementLineage) -> ScriptLineage:
    return ScriptLineage(statements, (), (), (), tuple(note for each in statements for note in each.notes))


def test_a_text_was_understood_as_far_as_its_statements():
    parsed, unknown = StatementLineage("SELECT"), StatementLineage("UNKNOWN", state="UNKNOWN")
    assert state_of(script()) == "PARSED"
    assert state_of(script(parsed, parsed)) == "PARSED"
    assert state_of(script(parsed, unknown)) == "PARTLY"
    assert state_of(script(unknown)) == "UNKNOWN"


def test_notes_have_places_and_are_not_told_twice():
    sql = "SELECT 1;\nSELEC 2"
    exact, vague = Note("a", "exact", 16, 17), Note("b", "vague")
    statement = StatementLineage("UNKNOWN", notes=(exact, vague), state="UNKNOWN", confidence=0.5, start=10, end=17)
    told = script_document(sql, script(StatementLineage("SELECT", start=0, end=8), statement))
    assert [(note["line"], note["column"], note["statement"]) for note in told["notes"]] == [(2, 7, 2), (2, 1, 2)]
    assert told["statements"][1]["line"] == 2
    assert told["confidence"] == 0.5


def test_where_a_statement_stands_is_null_where_nobody_knows():
    told = script_document("x", script(StatementLineage("SELECT", inputs=(TableName("t", "s"),))))
    (statement,) = told["statements"]
    assert (statement["start"], statement["line"]) == (None, None)
    assert statement["inputs"] == [{"fullName": "s.t", "name": "t", "schema": "s", "catalog": None, "form": "TABLE"}]
