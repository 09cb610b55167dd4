"""The reference page names every command, every argument, every exit code, and nothing that does not exist."""

from __future__ import annotations

import argparse
import re
from importlib import import_module
from pathlib import Path

import pytest

from whence.cli import ExitCode
from whence.cli._main import LIGHT, SERVER_COMMANDS
from whence_server.cli import COMMANDS

PAGE = (Path(__file__).parents[5] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
HEADINGS = dict(re.findall(r"^### whence (\w+)(.*)$", PAGE, re.MULTILINE))


def test_each_command_has_its_heading():
    assert set(HEADINGS) == {command.name for command in (*LIGHT, *COMMANDS)}
    assert {command.name for command in COMMANDS} == set(SERVER_COMMANDS)


@pytest.mark.parametrize("command", [*LIGHT, *COMMANDS], ids=lambda command: command.name)
def test_each_argument_is_named(command):
    parser = argparse.ArgumentParser(add_help=False)
    import_module(command.module).configure(parser)
    options = {option for action in parser._actions for option in action.option_strings}
    assert set(re.findall(r"--[a-z-]+", HEADINGS[command.name])) == options


def test_each_exit_code_is_explained():
    rows = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert sorted(map(int, rows)) == sorted(ExitCode)
