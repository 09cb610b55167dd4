from __future__ import annotations

import pytest

from whence._plugins import Builtin, load_plugin
from whence.errors import BrokenPluginError, MissingExtraError, UnknownPluginError

GROUP = "whence.tests"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Give a function that installs a distribution with an entry point, as pip would."""

    def install(name, module, target):
        info = tmp_path / f"{name}-1.dist-info"
        info.mkdir()
        (tmp_path / f"{name}.py").write_text(module)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {target}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


def test_a_built_in_is_loaded_by_its_target():
    assert load_plugin(GROUP, "path", {"path": Builtin("os.path:join")})("a", "b") == "a/b"


def test_a_missing_library_of_an_extra_names_the_command():
    table = {"x": Builtin("absent_library_xyz.part:X", extra="xyz", libraries=("absent_library_xyz",))}
    with pytest.raises(MissingExtraError, match=r"pip install 'whence\[xyz\]'") as caught:
        load_plugin(GROUP, "x", table)
    assert caught.value.extra == "xyz"


@pytest.mark.parametrize("target", ["absent_library_xyz:X", "os:absent", "os"])
def test_a_built_in_that_does_not_load_keeps_its_cause(target):
    with pytest.raises(BrokenPluginError) as caught:
        load_plugin(GROUP, "x", {"x": Builtin(target, extra="e", libraries=("other",))})
    assert isinstance(caught.value.__cause__, Exception)


def test_a_third_partys_part_is_an_entry_point(installed):
    installed("third_party_part", "SPEC = 5", "third_party_part:SPEC")
    assert load_plugin(GROUP, "third_party_part", {}) == 5


def test_a_third_partys_broken_part_keeps_its_cause(installed):
    installed("broken_party_part", "raise RuntimeError('inside')", "broken_party_part:SPEC")
    with pytest.raises(BrokenPluginError, match="inside") as caught:
        load_plugin(GROUP, "broken_party_part", {})
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_an_unknown_name_lists_the_known(installed):
    installed("known_party_part", "SPEC = 5", "known_party_part:SPEC")
    with pytest.raises(UnknownPluginError, match="built_in, known_party_part") as caught:
        load_plugin(GROUP, "nobody", {"built_in": Builtin("os:sep")})
    assert caught.value.known == ("built_in", "known_party_part")
