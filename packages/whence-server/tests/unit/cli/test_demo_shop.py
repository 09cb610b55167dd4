"""What the demo's shop needs: it is in an extra, and who lacks it is told which."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from whence.cli import CliError
from whence_server.cli.demo_shop import open_shop

ROOT = Path(__file__).parents[5]
EXTRAS = tomllib.loads((ROOT / "packages/whence-server/pyproject.toml").read_text())["project"]["optional-dependencies"]


def test_without_sqlalchemy_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(CliError) as caught:
        open_shop(tmp_path, {})
    assert caught.value.advice == "pip install 'whence-server[demo]'"
    assert "demo" in EXTRAS


def test_the_extra_has_what_the_programs_import():
    needed = {re.split(r"\W", each)[0] for each in EXTRAS["demo"]} | {"whence"}
    programs = sorted((ROOT / "examples/shop").glob("*.py"))
    own = {program.stem for program in programs}
    imported: set[str] = set()
    for program in programs:
        for node in ast.walk(ast.parse(program.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    assert imported - own - set(sys.stdlib_module_names) <= needed
