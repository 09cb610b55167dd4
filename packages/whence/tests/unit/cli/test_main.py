from __future__ import annotations

import json
import subprocess
import sys

import pytest

from whence.cli import CliError, ExitCode, main
from whence.cli._main import find_command, installed_commands

FOREIGN = {"sqlglot", "rich", "fastapi", "orjson", "pydantic", "uvicorn", "whence_server"}


def test_the_command_alone_prints_its_help(capsys):
    assert main([]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "doctor" in shown
    assert "drain" in shown
    assert "config" in shown


def test_the_version_is_printed(capsys):
    assert main(["--version"]) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("whence ")


def test_an_unknown_command_names_the_nearest(capsys):
    assert main(["docter"]) == ExitCode.WRONG_USE
    said = capsys.readouterr()
    assert said.out == ""
    assert "there is no command 'docter'" in said.err
    assert "did you mean `whence doctor`?" in said.err


def test_a_command_far_from_all_lists_them(capsys):
    assert main(["xyzzy"]) == ExitCode.WRONG_USE
    assert "the commands are doctor, drain, config" in capsys.readouterr().err


def test_a_wrong_argument_is_one_line_and_names_the_help(capsys):
    assert main(["drain", "--timeout", "soon"]) == ExitCode.WRONG_USE
    said = capsys.readouterr().err
    assert "invalid float value: 'soon'" in said
    assert "see `whence drain --help`" in said
    assert "usage:" not in said


def test_with_json_an_error_is_one_document(capsys):
    assert main(["docter", "--json"]) == ExitCode.WRONG_USE
    document = json.loads(capsys.readouterr().out)
    assert document["error"]["code"] == ExitCode.WRONG_USE
    assert document["error"]["advice"] == "did you mean `whence doctor`?"


@pytest.mark.parametrize("name", ["doctor", "drain", "config"])
def test_each_command_has_help_with_an_example(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "example:" in shown
    assert "--json" in shown
    assert f"whence {name}" in shown


def test_a_missing_server_package_is_said_with_what_to_install():
    if any(command.name == "serve" for command in installed_commands()[0]):
        assert find_command("serve").module == "whence_server.cli.serve"
        return
    with pytest.raises(CliError, match="whence-server, which is not installed") as refused:
        find_command("serve")
    assert refused.value.advice == "pip install whence-server"


def test_the_light_commands_load_no_foreign_module():
    script = (
        "import sys\n"
        "from whence.cli import main\n"
        "main(['config', 'show', '--json'])\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert FOREIGN.isdisjoint(ran.stderr.split())
    json.loads(ran.stdout)


def test_a_reader_that_leaves_ends_the_command_quietly():
    command = f"{sys.executable} -c 'from whence.cli import main; raise SystemExit(main([\"config\"]))' | true"
    ran = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in ran.stderr
    assert ran.returncode in {ExitCode.DONE, ExitCode.BROKEN_PIPE}


def test_a_broken_package_is_said_and_takes_nobody_along(tmp_path, monkeypatch, capsys):
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[whence.commands]\nbroken = no_such_module:register\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(["config"]) == ExitCode.DONE
    assert main(["brkn"]) == ExitCode.NOT_HERE
    said = capsys.readouterr().err
    assert "no_such_module:register do not load: ModuleNotFoundError" in said
    assert main([]) == ExitCode.DONE
    assert "no_such_module:register do not load" in capsys.readouterr().out
