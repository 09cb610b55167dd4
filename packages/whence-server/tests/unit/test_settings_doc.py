"""docs/reference/settings.md names every setting of the server with its default."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from whence_server.cli.serve import DEFAULT_DATA
from whence_server.settings import ServerSettings

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "settings.md"


def test_each_setting_has_its_row_and_its_default():
    table = PAGE.read_text(encoding="utf-8").partition("## The server\n")[2]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    shown = {name.strip(" `"): default.strip(" `") for name, default in rows}
    assert shown == {name: str(value) for name, value in asdict(ServerSettings(data_dir=Path(DEFAULT_DATA))).items()}
