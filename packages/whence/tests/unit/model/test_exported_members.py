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
    with pytest.raises(AttributeError, match=r"'whence\.model' has no attribute 'nothing'"):
        _ = whence.model.nothing


def _loaded_by(statements):
    """Return the modules that these statements load beyond those of `import whence`."""
    script = f"import sys, whence; before = set(sys.modules); {statements}; print(*sorted(set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_importing_loads_nothing_but_itself():
    assert _loaded_by("import whence.model") <= {"__future__", "whence.model"}


def test_what_a_hook_needs_loads_no_heavy_module():
    loaded = _loaded_by(
        "from whence.model import DatasetId, new_run_id, source_for_url, format_event_time; "
        "source_for_url('postgresql://db/shop').dataset_id('orders'); new_run_id()"
    )
    heavy = {"dataclasses", "typing", "uuid", "re", "datetime", "urllib.parse", "pathlib", "inspect", "json", "hashlib"}
    assert heavy.isdisjoint(loaded)
