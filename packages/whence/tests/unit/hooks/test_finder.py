"""Being told of an import: before, during, never at the import's cost."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import whence
from whence.errors import UnknownPluginError
from whence.hooks._finder import _FINDER, unwatch, watch


@pytest.fixture
def module(tmp_path):
    """Give the name of a module that can be imported and is not."""
    (tmp_path / "some_library.py").write_text("VALUE = 1\n")
    sys.path.insert(0, str(tmp_path))
    yield "some_library"
    sys.path.remove(str(tmp_path))
    sys.modules.pop("some_library", None)
    importlib.invalidate_caches()


def test_called_once_after_the_import(module):
    seen = []
    watch(module, lambda: seen.append(sys.modules[module].VALUE))
    assert _FINDER in sys.meta_path
    imported = importlib.import_module(module)
    assert seen == [1]
    assert _FINDER not in sys.meta_path
    assert type(imported.__loader__).__name__ == type(imported.__spec__.loader).__name__ == "SourceFileLoader"
    importlib.reload(imported)
    assert seen == [1]


def test_failing_callback_does_not_fail_the_import(module, caplog):
    def fail():
        raise RuntimeError("ours")

    watch(module, fail)
    assert importlib.import_module(module).VALUE == 1
    assert "could not be installed" in caplog.text


def test_unwatched_is_not_called(module):
    seen = []

    def callback():
        seen.append(1)

    watch(module, callback)
    unwatch(module, callback)
    importlib.import_module(module)
    assert seen == []
    assert _FINDER not in sys.meta_path


def test_missing_module_is_still_missing():
    def callback():
        raise AssertionError

    watch("no_such_library", callback)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_library")
    unwatch("no_such_library", callback)


def test_unknown_hook_is_refused_with_the_known_ones():
    with pytest.raises(UnknownPluginError, match="sqlalchemy"):
        whence.install("sqlalchemie")


@pytest.mark.parametrize(
    "order", ["import sqlalchemy as sa; whence.install()", "whence.install(); import sqlalchemy as sa"]
)
def test_install_before_or_after_the_library(order, tmp_path):
    code = f"""
import sys, whence
assert "sqlalchemy" not in sys.modules
{order}
with whence.job("j"), sa.create_engine("sqlite://").begin() as connection:
    connection.exec_driver_sql("create table t as select 1 as a")
whence.flush(20)
"""
    environ = {
        "WHENCE_SINKS": f"file:{tmp_path}/events.jsonl",
        "WHENCE_SPOOL_DIR": f"{tmp_path}/spool",
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=False, capture_output=True, text=True, env=environ
    )
    assert done.returncode == 0, done.stderr
    assert '"name":"t"' in (tmp_path / "events.jsonl").read_text()


def test_install_alone_does_not_import_the_library():
    code = (
        "import sys, whence; whence.install(); assert 'sqlalchemy' not in sys.modules and 'sqlglot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
