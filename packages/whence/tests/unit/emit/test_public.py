from __future__ import annotations

import json
import subprocess
import sys

import pytest

import whence.emit
from whence.emit import sinks


def test_each_public_name_is_there_and_sorted_as_the_linter_wants():
    assert set(whence.emit.__all__) <= set(dir(whence.emit))
    for name in whence.emit.__all__:
        assert getattr(whence.emit, name) is not None
    for name in sinks.__all__:
        assert getattr(sinks, name) is not None


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing"):
        _ = whence.emit.nothing


def loaded_by(statement):
    script = f"import sys, json; old = set(sys.modules); {statement}; print(json.dumps(sorted({{*sys.modules}} - old)))"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_the_import_loads_nothing_of_it():
    assert not [name for name in loaded_by("import whence.emit") if name.startswith("whence.emit.")]


def test_the_emitter_loads_no_network_and_no_logging():
    loaded = loaded_by("from whence.emit import Emitter, Settings, settings_from")
    assert loaded.isdisjoint({"http.client", "ssl", "socket", "gzip", "logging", "asyncio", "random", "email"})
