"""The page on threads, processes and frameworks is true: every example runs, and prints what it says it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "follow-work.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_has_examples():
    assert len(EXAMPLES) == 8


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example_runs(tmp_path, number):
    program = tmp_path / "example.py"
    program.write_text(EXAMPLES[number])
    events = tmp_path / "events.jsonl"
    environment = os.environ | {"WHENCE_SINKS": f"file:{events}", "WHENCE_SPOOL_DIR": str(tmp_path / "spool")}
    ran = subprocess.run(
        [sys.executable, "-W", "error", program],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == re.findall(r"# prints (\w+)", EXAMPLES[number])
    if number == 0:
        end = events.read_text().splitlines()[-1]
        assert '"name":"orders"' in end
        assert '"name":"customers"' in end
