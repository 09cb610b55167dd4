"""The README is true: its example runs, prints what it says, its links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def run(folder: Path, url: str, *command: str | Path) -> str:
    spool = {"WHENCE_SPOOL_DIR": str(folder / "spool"), "WHENCE_SINKS": url, "WHENCE_URL": url}
    environment = os.environ | spool | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(
        [str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_example_prints_what_the_readme_says(tmp_path, whence_server):
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (console,) = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    (tmp_path / "shop.py").write_text(program)
    run(tmp_path, whence_server.url, sys.executable, "shop.py")
    for block in console.split("$ ")[1:]:
        command, _, wanted = block.partition("\n")
        here = command.replace("/home/you", str(tmp_path))
        printed = run(tmp_path, whence_server.url, *here.split())
        assert printed.replace(str(tmp_path), "/home/you").startswith(wanted.rstrip()), printed


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "benchmarks/README.md"])
def test_every_link_leads_somewhere(page):
    text = (ROOT / page).read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150
