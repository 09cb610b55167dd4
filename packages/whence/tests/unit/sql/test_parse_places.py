from __future__ import annotations

import pytest

from whence.sql import lineage

# what stands behind >>> is where the parser gives up
TEXTS = [
    "select id frm >>>orders",
    "select 1;\n\ninsert into t\nselect a b >>>c d from x",
    "select a\nfrom x where (a > 3\n >>>group by 1",
    "create table x as\nselect id frm >>>orders",
    "create view v (a) as with c as (select 1) select a b >>>c from c",
    "select %(a)s, id frm >>>orders where a = %(b)s",
    "{% if x %}select 1;{% endif %}\nselect id frm >>>orders",
    "select a, >>>'never closed from t",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_note_stands_where_the_parser_gave_up(text):
    before, _, after = text.partition(">>>")
    notes = [note for answer in lineage(before + after, "postgres") for note in answer.notes]
    assert [note.start for note in notes if note.code == "parse_error"] == [len(before)]


def test_the_place_is_its_own_in_each_text_that_differs_in_literals():
    for literal in ("'a'", "'longer'", "12345.5"):
        text = f"select {literal} a b from x"
        (answer,) = lineage(text, "postgres")
        assert text[answer.notes[0].start : answer.notes[0].end] == "b"


def test_a_text_within_a_text_has_no_place_of_its_own():
    (answer,) = lineage("do $$ begin select id frm orders; end $$", "postgres")
    assert [(note.code, note.start) for note in answer.notes] == [("parse_error", None)]
