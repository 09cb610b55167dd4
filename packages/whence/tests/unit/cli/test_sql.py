from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import pytest

from whence.cli import ExitCode, main
from whence.sql import lineage

CHAIN = "CREATE TABLE a AS SELECT x, y + 1 AS y FROM b WHERE z = 1; INSERT INTO c (q) SELECT y FROM a"


def test_a_text_is_shown_as_tables(capsys):
    assert main(["sql", CHAIN]) == ExitCode.DONE
    shown = capsys.readouterr().out
    for line in (
        "reads  b",
        "writes a",
        "a.y            b.y         TRANSFORMATION",
        "(all of them)  b.z         FILTER",
    ):
        assert line in shown
    assert "not understood" not in shown


def test_what_was_not_understood_is_said_and_told_by_the_exit_code(capsys):
    assert main(["sql", "SELECT a FROM t; SELEC nonsense FROM ((", "--dialect", "postgres"]) == ExitCode.NO
    told, complaints = capsys.readouterr().out.split("not understood:\n")
    assert "UNKNOWN" in told
    assert len(complaints.splitlines()) >= 1


def test_the_document_names_tables_as_the_seed_does(capsys):
    assert main(["sql", "CREATE TABLE a AS SELECT x FROM b", "--json"]) == ExitCode.DONE
    document = json.loads(capsys.readouterr().out)
    assert document["sqlDst"] == "a"
    assert document["sqlSources"] == ["b"]
    assert document["state"] == "PARSED"
    (field,) = document["statements"][0]["fields"]
    assert (field["table"], field["name"]) == ("a", "x")
    assert field["sources"] == [{"table": "b", "field": "x", "type": "DIRECT", "subtype": "IDENTITY", "masking": False}]


def test_a_column_is_followed_over_statements_and_files(tmp_path, capsys):
    for number, text in enumerate(CHAIN.split(";")):
        (tmp_path / f"{number}.sql").write_text(text)
    assert main(["sql", str(tmp_path), "--column", "C.Q"]) == ExitCode.DONE
    assert capsys.readouterr().out == "c.q\n└─ a.y\n   └─ b.y  (TRANSFORMATION)\n"


def test_a_circle_of_columns_ends(capsys):
    assert main(["sql", "INSERT INTO t (x) SELECT x FROM t", "--column", "x"]) == ExitCode.DONE
    assert capsys.readouterr().out == "t.x\n└─ t.x  (shown above)\n"


def test_a_column_that_is_not_there_names_what_is_near(capsys):
    assert main(["sql", CHAIN, "--column", "qq"]) == ExitCode.NOT_FOUND
    assert "near it: c.q" in capsys.readouterr().err


def test_mermaid_draws_columns(capsys):
    assert main(["sql", 'CREATE TABLE "a]" AS SELECT x AS "<q>" FROM b', "--format", "mermaid"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert shown.startswith("flowchart LR\n")
    assert '"#lt;q#gt;"' in shown
    assert "c1 --> c0" in shown


def test_mermaid_draws_tables_where_there_are_several_files(tmp_path, capsys):
    for number, text in enumerate(CHAIN.split(";")):
        (tmp_path / f"{number}.sql").write_text(text)
    main(["sql", str(tmp_path), "--format", "mermaid"])
    assert '  n0["b"]\n  n1["a"]\n  n2["c"]\n  n0 --> n1\n  n1 --> n2\n' in capsys.readouterr().out


def test_a_schema_tells_the_columns_of_a_star(tmp_path, capsys):
    schema = tmp_path / "schema.json"
    schema.write_text('{"b": ["x", "y"]}')
    assert main(["sql", "CREATE TABLE a AS SELECT * FROM b", "--schema", str(schema), "--json"]) == ExitCode.DONE
    assert [field["name"] for field in json.loads(capsys.readouterr().out)["fields"]] == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "is not JSON"), ("[]", "holds no JSON object"), ('{"t": 5}', "the columns of 't'"), ('{"t": [5]}', "'t'")],
)
def test_a_schema_that_cannot_be_used_is_refused(text, said, tmp_path, capsys):
    schema = tmp_path / "schema.json"
    schema.write_text(text)
    assert main(["sql", "SELECT 1 AS a", "--schema", str(schema)]) == ExitCode.WRONG_USE
    assert said in capsys.readouterr().err


def test_defaults_fill_names_in(capsys):
    main(["sql", "SELECT x FROM b", "--default-db", "d", "--default-schema", "s", "--json"])
    assert json.loads(capsys.readouterr().out)["sqlSources"] == ["d.s.b"]


def test_standard_input_is_read(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"SELECT x FROM b"), isatty=lambda: False))
    assert main(["sql", "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["sqlSources"] == ["b"]


def test_nothing_to_read_is_said(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    assert main(["sql"]) == ExitCode.WRONG_USE
    assert "there is nothing to read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"SELECT 'caf\xe9'", "is not UTF-8: byte 0xe9 in line 1"), (b"SQLite format 3\0", "is no text")],
)
def test_files_that_are_no_text_say_why(data, said, tmp_path, capsys):
    file = tmp_path / "a.sql"
    file.write_bytes(data)
    assert main(["sql", str(file)]) == ExitCode.NOT_HERE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_files_with_a_byte_order_mark_are_read(encoding, tmp_path, capsys):
    file = tmp_path / "a.sql"
    file.write_bytes("SELECT x FROM bücher".encode(encoding))
    assert main(["sql", str(file), "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["sqlSources"] == ["bücher"]


def test_an_encoding_can_be_named(tmp_path, capsys):
    file = tmp_path / "a.sql"
    file.write_bytes("SELECT x FROM bücher".encode("latin-1"))
    assert main(["sql", str(file), "--encoding", "latin-1", "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["sqlSources"] == ["bücher"]
    assert main(["sql", str(file), "--encoding", "klingon"]) == ExitCode.WRONG_USE


def test_in_a_folder_a_file_that_cannot_be_read_costs_only_itself(tmp_path, capsys):
    (tmp_path / "good.sql").write_text("CREATE TABLE a AS SELECT x FROM b")
    (tmp_path / "bad.SQL").write_bytes(b"\xff\xff")
    (tmp_path / "notes.txt").write_text("no SQL")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "h.sql").write_text("SELECT 1 AS a")
    assert main(["sql", str(tmp_path)]) == ExitCode.NO
    shown = capsys.readouterr().out
    assert "2 files, 1 statements: 1 understood wholly" in shown
    assert "bad.SQL: is not UTF-8" in shown
    assert main(["sql", str(tmp_path), "--json"]) == ExitCode.NO
    files = json.loads(capsys.readouterr().out)["files"]
    assert [file["fault"] is None for file in files] == [False, True]


def test_a_folder_without_sql_is_refused(tmp_path, capsys):
    assert main(["sql", str(tmp_path)]) == ExitCode.NOT_HERE
    assert "there is no SQL file in" in capsys.readouterr().err


def test_a_word_that_is_neither_file_nor_sql_is_refused(capsys):
    assert main(["sql", "nofile.sql"]) == ExitCode.NOT_HERE
    assert "neither a file or folder" in capsys.readouterr().err


def test_a_long_text_is_no_path(capsys):
    assert main(["sql", f"SELECT x FROM b WHERE y IN ({', '.join('1' * 9_000)})"]) == ExitCode.DONE
    assert "reads  b" in capsys.readouterr().out


def test_an_unknown_dialect_names_the_nearest(capsys):
    assert main(["sql", "SELECT x FROM b", "--dialect", "posgres"]) == ExitCode.WRONG_USE
    assert "did you mean postgres?" in capsys.readouterr().err


def test_sqlalchemys_names_of_dialects_are_taken(capsys):
    assert main(["sql", "SELECT x FROM b", "--dialect", "postgresql"]) == ExitCode.DONE


def test_names_from_a_text_cannot_play_with_the_terminal(capsys):
    main(["sql", 'SELECT x FROM "b\x1b[31m"'])
    assert "\x1b" not in capsys.readouterr().out


def test_a_very_deep_chain_of_columns_is_drawn(tmp_path, capsys):
    steps = 3_000
    (tmp_path / "a.sql").write_text(";".join(f"INSERT INTO t{n} (x) SELECT x FROM t{n + 1}" for n in range(steps)))
    assert main(["sql", str(tmp_path), "--column", "t0.x"]) == ExitCode.DONE
    assert len(capsys.readouterr().out.splitlines()) == steps + 1


def test_the_engine_behind_it_is_the_librarys(capsys):
    main(["sql", CHAIN, "--json"])
    told = [statement["kind"] for statement in json.loads(capsys.readouterr().out)["statements"]]
    assert told == [statement.kind for statement in lineage(CHAIN)]


def test_an_empty_argument_is_not_the_folder_one_stands_in(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.sql").write_text("SELECT x FROM b")
    monkeypatch.chdir(tmp_path)
    assert main(["sql", ""]) == ExitCode.WRONG_USE
    assert "an argument is empty" in capsys.readouterr().err


def test_what_no_parser_took_is_shown_and_pointed_at(capsys):
    assert main(["sql", "SELECT 1 AS a;\n\tSELECT id FRM orders"]) == ExitCode.NO
    shown = capsys.readouterr().out.split("not understood:\n")[-1].splitlines()
    assert shown[0].startswith("  2:16: the SELECT could not be parsed as SQL")
    assert shown[1:3] == ["       SELECT id FRM orders", "                     ^^^^^^"]
    assert "--dialect" in shown[-1]
    main(["sql", "SELECT id FRM orders", "--dialect", "postgres"])
    assert "--dialect" not in capsys.readouterr().out


def test_guessed_tables_are_told_with_what_made_it_necessary(capsys):
    main(["sql", "INSERT INTO t SELECT a b c FROM x", "--dialect", "postgres"])
    complaints = capsys.readouterr().out.split("not understood:\n")[1].splitlines()
    assert len([line for line in complaints if ":" in line]) == 1
    assert "guessed" in complaints[0]


def test_a_line_names_few_of_many_tables(tmp_path, capsys):
    (tmp_path / "a.sql").write_text(";".join(f"INSERT INTO t{n} (x) SELECT x FROM s" for n in range(1_500)))
    (tmp_path / "b.sql").write_text("SELECT x FROM b")
    assert main(["sql", str(tmp_path)]) == ExitCode.DONE
    assert "t0, t1, t2, ... 1,497 more" in capsys.readouterr().out


def test_a_share_is_not_rounded_up(tmp_path, capsys):
    (tmp_path / "a.sql").write_text("SELECT x FROM b;" * 2_998 + "SELECT id FRM orders")
    (tmp_path / "b.sql").write_text("SELECT x FROM b")
    assert main(["sql", str(tmp_path)]) == ExitCode.NO
    assert "3,000 statements: 2,999 understood wholly, 99.9 %" in capsys.readouterr().out


def test_a_name_that_is_near_is_named_once(capsys):
    main(["sql", "SELECT total FROM b; SELECT total FROM c", "--column", "totl"])
    near = capsys.readouterr().err.strip().rpartition("near it: ")[2].split(", ")
    assert sorted(near) == ["b.total", "c.total", "total"]


MODELS = {
    "stg_orders": "select id, amount / 100 as total from {{ source('raw', 'orders') }}",
    "orders": "{{ config(materialized='incremental') }} select id, total from {{ ref('stg_orders') }} "
    "{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}",
}


def test_the_models_of_dbt_join(tmp_path, capsys):
    for name, text in MODELS.items():
        (tmp_path / f"{name}.sql").write_text(text)
    where = ["--dialect", "snowflake", "--default-db", "dw", "--default-schema", "shop"]
    assert main(["sql", str(tmp_path), *where, "--column", "orders.total"]) == ExitCode.DONE
    assert capsys.readouterr().out.splitlines() == [
        "dw.shop.ORDERS.TOTAL",
        "└─ dw.shop.STG_ORDERS.TOTAL",
        "   └─ dw.RAW.ORDERS.AMOUNT  (TRANSFORMATION)",
    ]
    main(["sql", str(tmp_path / "orders.sql"), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["sqlDst"] == "orders"
    assert document["sqlSources"] == ["stg_orders", "orders"]


@pytest.mark.parametrize(
    "text",
    [
        "select id from orders",
        "{% snapshot s %} select id from {{ ref('a') }} {% endsnapshot %}",
        "insert into t select id from {{ ref('a') }}",
    ],
)
def test_what_is_no_model_is_not_taken_for_one(text, tmp_path, capsys):
    (tmp_path / "m.sql").write_text(text)
    main(["sql", str(tmp_path / "m.sql"), "--json"])
    assert "m" not in [table["name"] for table in json.loads(capsys.readouterr().out)["outputs"]]
