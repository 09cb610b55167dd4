from __future__ import annotations

import json

from whence.cli import ExitCode, main


def rows(capsys) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in json.loads(capsys.readouterr().out)["settings"]}


def test_each_setting_is_shown_with_its_origin(tmp_path, monkeypatch, capsys):
    (tmp_path / "whence.toml").write_text('namespace = "from-the-file"\npoll_s = 0.5\nsql_text = "off"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WHENCE_SINKS", "console:")
    monkeypatch.setenv("OPENLINEAGE_NAMESPACE", "from-the-environment")
    assert main(["config", "show", "--json"]) == ExitCode.DONE
    shown = rows(capsys)
    assert shown["sinks"]["value"] == "console:stdout"
    assert shown["namespace"] == {
        "name": "namespace",
        "value": "from-the-environment",
        "origin": "environment OPENLINEAGE_NAMESPACE",
    }
    assert shown["poll_s"]["origin"] == "file whence.toml"
    assert shown["sql_text"] == {"name": "sql_text", "value": "off", "origin": "file whence.toml"}
    assert shown["gzip"]["origin"] == "default"


def test_no_secret_is_shown(monkeypatch, capsys):
    monkeypatch.setenv("WHENCE_API_KEY", "open-sesame")
    monkeypatch.setenv("WHENCE_SINKS", "http://somebody:open-sesame@localhost:8300")
    assert main(["config"]) == ExitCode.DONE
    assert main(["config", "--json"]) == ExitCode.DONE
    assert "open-sesame" not in capsys.readouterr().out


def test_a_wrong_setting_is_said_with_what_is_allowed(monkeypatch, capsys):
    monkeypatch.setenv("WHENCE_GZIP", "perhaps")
    assert main(["config"]) == ExitCode.WRONG_USE
    said = capsys.readouterr().err
    assert "WHENCE_GZIP is 'perhaps'; true or false is needed" in said
    assert "Traceback" not in said
