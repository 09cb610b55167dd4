"""The first tutorial is true: its program runs, its questions are answered as it says; and without a server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

PAGE = (Path(__file__).parents[2] / "docs" / "tutorials" / "first-graph.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def run(tmp_path_factory, whence_server):
    """Give a function that runs a shell command as the reader of the tutorial would."""
    folder = tmp_path_factory.mktemp("you")
    mine = {
        "WHENCE_SPOOL_DIR": str(folder / "spool"),
        "WHENCE_SINKS": whence_server.url,
        "WHENCE_URL": whence_server.url,
    }
    environment = os.environ | mine | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (folder / "newsletter.py").write_text(program)

    def run(script: str, *, code: int = 0) -> str:
        ran = subprocess.run(
            ["bash", "-euc", script], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        assert ran.returncode == code, ran.stderr
        return ran.stdout.replace(str(folder), "/home/you")

    run.folder = folder
    (script,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    run(script)
    return run


def columns(text: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.strip()) for line in text.strip().splitlines()]


@pytest.mark.parametrize(("command", "wanted"), re.findall(r"```console\n\$ (.*?)\n(.*?)```", PAGE, re.DOTALL))
def test_each_question_is_answered_as_the_page_says(run, command, wanted):
    assert columns(run(command.replace("/home/you", str(run.folder)))) == columns(wanted)


def test_without_a_server_the_events_wait(run, whence_server):
    whence_server.stop()
    run("python newsletter.py")
    doctor = run("whence doctor", code=1)
    assert "nothing listens on that port" in doctor
    assert "4 wait for " in doctor
    whence_server.start()
    assert whence_server.url in run("whence drain")
    assert "0 wait for " in run("whence doctor")
