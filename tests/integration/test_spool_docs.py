"""The page of settings says what the program does: every setting, each of its variables, its default."""

from __future__ import annotations

import re
from pathlib import Path

from whence.emit import SETTING_NAMES, settings_from

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def rows() -> dict[str, list[str]]:
    """Give the cells of the page's first table by the setting's name."""
    table = PAGE.read_text().partition("## Sinks")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return {
        cells[0].strip("` "): [cell.strip() for cell in cells[1:]] for line in lines if (cells := line.split("|")[1:-1])
    }


def test_every_setting_has_its_row():
    assert set(rows()) == set(SETTING_NAMES)


def test_each_default_is_the_true_one():
    shown = {row.name: row.value for row in settings_from({}, {"HOME": "/home/me"}).rows()}
    for name, (_, default, _) in rows().items():
        if name != "spool_dir":
            assert default.strip("`") == shown[name], name
    assert re.fullmatch(r"/home/me/\.local/state/whence/spool/\w+", shown["spool_dir"])


def test_each_variable_is_read():
    for name, (variables, *_) in rows().items():
        for variable in re.findall(r"`(\w+)`", variables.replace("(with `OPENLINEAGE_ENDPOINT`)", "")):
            words = {"sinks": "console:", "sql_text": "off", "path_rules": "folder", "kafka": "client.id=x"}
            switches = dict.fromkeys(("disabled", "gzip", "weak_reads", "aws_lookup"), "true")
            value = {**words, **switches, "datahub_env": "DEV"}.get(name, "7")
            value = "http://gms:8080" if variable == "DATAHUB_GMS_URL" else value
            assert settings_from({}, {variable: value}).origins[name] == f"environment {variable}"
