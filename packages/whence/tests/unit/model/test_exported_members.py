import subprocess
import sys

import pytest

import whence.model


def test_all_is_whole():
    assert sorted(whence.model.__all__) == sorted(whence.model._MODULE_OF)
    assert set(dir(whence.model)) == set(whence.model.__all__)


@pytest.mark.parametrize("name", whence.model.__all__)
def test_each_name_is_there(name):
    assert getattr(whence.model, name) is not None


def test_unknown_names_are_said():
    with pytest.raises(AttributeError, match="'whence.model' has no attribute 'nothing'"):
        _ = whence.model.nothing


def test_importing_loads_almost_nothing():
    script = (
        "import sys; before = set(sys.modules); import whence.model; "
        "print(*sorted(m for m in set(sys.modules) - before if not m.startswith('whence')))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) <= {
        "__future__",
        "importlib",
        "importlib._bootstrap",
        "importlib._bootstrap_external",
        "warnings",
    }


def test_what_a_hook_needs_loads_no_heavy_module():
    script = (
        "import sys; from whence.model import DatasetId, new_run_id, source_for_url, format_event_time; "
        "source_for_url('postgresql://db/shop').dataset_id('orders'); new_run_id(); "
        "print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"dataclasses", "typing", "uuid", "re", "datetime", "urllib.parse", "pathlib", "inspect", "json", "hashlib"}
    assert heavy.isdisjoint(loaded)
