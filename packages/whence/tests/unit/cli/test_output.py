from __future__ import annotations

import pytest

from whence.cli._output import clean, table_lines, width_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("고객 명부", "고객 명부"),
        ("red\x1b[31m", "red\\x1b[31m"),
        ("two\nlines", "two\\nlines"),
        ("right\u202eleft", "right\\u202eleft"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_what_could_move_a_terminal_is_made_visible(text, shown):
    assert clean(text) == shown


def test_wide_characters_take_two_columns():
    assert width_of("고객") == 4
    assert width_of("e\u0301") == 1


def test_columns_are_aligned_and_nothing_is_cut():
    lines = table_lines(["name", "kind"], [["고객", "dataset"], ["x" * 200, None]])
    assert [width_of(line[: line.index("kind")]) for line in lines[:1]] == [202]
    assert width_of(lines[1].removesuffix("dataset")) == 202
    assert lines[2] == "x" * 200


def test_a_table_without_rows_has_its_heads():
    assert table_lines(["name", "kind"], []) == ["name  kind"]
