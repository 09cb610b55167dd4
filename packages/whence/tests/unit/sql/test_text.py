"""Statements as text: cut, without literals, named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence.sql import lineage
from whence.sql.text import dialect_name, fingerprint, has_executable, opened, redact, scan

DIALECTS = ["", "postgres", "mysql", "sqlite", "tsql", "bigquery", "snowflake", "oracle"]


@pytest.mark.parametrize(
    ("dialect", "statement", "redacted"),
    [
        ("postgres", "select 'bob', 12 from t where a = 'it''s'", "select ?, ? from t where a = ?"),
        ("postgres", "select 1 -- password\n/* hunter2 */ from t", "select ? from t"),
        ("postgres", "select $$x 'y$$, $tag$ $$ a $$ $tag$, E'a\\'b' from t", "select ?, ?, ? from t"),
        ("postgres", 'select "a b" from t where c::text = %(x)s', 'select "a b" from t where c::text = ?'),
        ("mysql", 'select "bob" from `t` where a = "x"', "select ? from `t` where a = ?"),
        ("mysql", "select 'a\\'b', 1.5e3 # secret\n from t", "select ?, ? from t"),
        ("sqlite", 'select "col" from t where a = "x" and "b"."c" = "d"."e"',
         'select "col" from t where a = ? and "b"."c" = "d"."e"'),
        ("sqlite", 'insert into t ("a") values ("bob", "x y")', 'insert into t ("a") values (?, ?)'),
        ("sqlite", 'select * from t where a in ("p", "q") and "a@b.c" is null',
         "select * from t where a in (?) and ? is null"),
        ("tsql", "select [a 1] from t1 where x = N'secret' and y = @p1", "select [a 1] from t1 where x = ? and y = ?"),
        ("", "insert into t values (1, 'a'), (2, 'b'),(3,'c')", "insert into t values (?, ?)"),
        ("", "select a from t where b in (1,2, 3) and c = -4", "select a from t where b in (?) and c = -?"),
        ("", "select 'never closed from t", "select ?"),
        ("", "select a2, 3 from t_4", "select a2, ? from t_4"),
    ],
)  # fmt: skip
def test_redact(dialect, statement, redacted):
    assert redact(statement, dialect) == redacted


def test_equal_statements_have_one_fingerprint():
    texts = ["SELECT a FROM t WHERE b = 1", "select a\nfrom t  where b = 'x' -- c", "select a from t where b = :b"]
    assert len({fingerprint(redact(text)) for text in texts}) == 1
    assert fingerprint(redact(texts[0])) != fingerprint(redact("select b from t"))


def test_redacted_text_is_bounded():
    text = redact("select " + ", ".join(f"column_{i}" for i in range(10_000)), max_chars=100)
    assert text.startswith("select column_0")
    assert len(text) == 104


@given(st.text(alphabet="ab1'\"`;-/*#$%(),.:?@[]\\ \n", max_size=60), st.sampled_from(DIALECTS))
def test_scanning_loses_nothing(text, dialect):
    assert "".join(token.text for token in scan(text, dialect)) == text


@given(
    st.text(alphabet=st.characters(codec="ascii", exclude_characters="'\\\"$"), min_size=8, max_size=20),
    st.sampled_from(DIALECTS),
)
def test_no_quoted_literal_survives(secret, dialect):
    statement = f"insert into t (a) select 'q{secret}q' from u where b = 'q{secret}q'"
    assert f"q{secret}q" not in redact(statement, dialect)


SECRET = "hunter2"


@pytest.mark.parametrize(
    ("dialect", "statement"),
    [
        ("postgres", "COPY t (a) FROM STDIN;\n1\thunter2\n\\.\nselect 1"),
        ("postgres", "COPY t FROM STDIN WITH (FORMAT csv);\nhunter2"),
        ("clickhouse", "INSERT INTO t FORMAT CSV 1,hunter2"),
        ("clickhouse", 'INSERT INTO t (a) FORMAT JSONEachRow {"a": hunter2}'),
        ("oracle", "select q'[it's hunter2]' from dual"),
        ("oracle", "select q'!it's hunter2!', 'x' from dual"),
        ("bigquery", 'select """a "hunter2" b""", r"hunter2\\", b\'hunter2\''),
        ("mysql", "select _utf8'hunter2', x'68', \"hunter2\" # hunter2"),
        ("mysql", "create user u identified by hunter2"),
        ("", "select 'a\\'hunter2' from t where b = 'hunter2'"),
        ("", 'select * from t where a = "hunter2"'),
        ("tsql", 'select * from t where a = "hunter2"'),
        ("snowflake", "select $$hunter2$$ // hunter2"),
        ("postgres", "select U&'hunter2', E'\\'hunter2' /* /* */ hunter2 */"),
        ("duckdb", "select $x$hunter2$x$"),
        ("no such dialect", 'select * from t where a = "hunter2" and b = \'\\\'hunter2\''),
    ],
)  # fmt: skip
def test_redact_never_leaks(dialect, statement):
    assert SECRET not in redact(statement, dialect)


def test_dialects_of_other_tools_are_known():
    assert [dialect_name(name) for name in ("postgresql", "MSSQL", None, "trino")] == ["postgres", "tsql", "", "trino"]


@given(st.text(max_size=80), st.sampled_from(DIALECTS))
def test_redact_takes_any_text(text, dialect):
    redact(text, dialect)


DUMP = """/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `orders`;
CREATE TABLE `orders` (`id` int, `note` text) ENGINE=InnoDB;
LOCK TABLES `orders` WRITE;
/*!40000 ALTER TABLE `orders` DISABLE KEYS */;
INSERT INTO `orders` VALUES (1,'/*!50001 no; comment */');
/*!40000 ALTER TABLE `orders` ENABLE KEYS */;
UNLOCK TABLES;
/*!50001 DROP VIEW IF EXISTS `large`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`%` SQL SECURITY DEFINER */
/*!50001 VIEW `large` AS select `orders`.`id` AS `order_id` from `orders` */;
"""


@pytest.mark.parametrize("dialect", ["mysql", ""])
def test_comments_that_run_are_read(dialect):
    text = DUMP if dialect else DUMP.replace("`", "").replace("DEFINER=root@% SQL SECURITY DEFINER", "")
    answers = lineage(text, dialect)
    assert "UNKNOWN" not in {answer.kind for answer in answers}
    view = answers[-1]
    assert (view.kind, view.state, [str(table) for table in view.outputs]) == ("CREATE_VIEW", "PARSED", ["large"])
    assert [(field.name, [source.field for source in field.sources]) for field in view.fields] == [("order_id", ["id"])]
    assert text[view.start : view.end].startswith("CREATE ALGORITHM")


@pytest.mark.parametrize(
    ("dialect", "text", "read"),
    [
        ("mysql", "select a /*!50001 , b */ from t", "select a          , b    from t"),
        ("mysql", "select a /*M! , b */ from t", "select a      , b    from t"),
        ("mysql", "select '/*!1 x */', `/*!2*/` /* c /*! */ from t", "select '/*!1 x */', `/*!2*/` /* c /*! */ from t"),
        ("mysql", "select a /*!50001 , '*/' */ from t", "select a          , '*/'    from t"),
        ("", "/*! a licence */ select a", "/*! a licence */ select a"),
    ],
)
def test_only_the_marks_of_comments_that_run_go(dialect, text, read):
    assert opened(text, dialect) == read


def test_elsewhere_they_are_comments():
    assert not has_executable("select a /*!50001 , b */ from t", "postgres")
