"""The examples of docs/explanation/paths.md are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from whence._datasets.paths import PathRules

_PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "paths.md"


def _examples():
    """Give the table of examples of the documentation."""
    table = _PAGE.read_text().partition("## The preset `table` by examples")[2].partition("##")[0]
    return re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", table, re.MULTILINE)


@pytest.mark.parametrize(("path", "dataset"), _examples())
def test_documented_examples_are_true(path, dataset):
    assert PathRules().dataset("s3://lake", path) == ("s3://lake", dataset)


def test_documentation_has_its_examples():
    assert len(_examples()) > 12


def test_what_a_dataset_is_called_stays_so():
    rules = PathRules()
    for _, dataset in _examples():
        assert rules.dataset("s3://lake", dataset)[1] == dataset
