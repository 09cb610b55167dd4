from __future__ import annotations

import pytest

from whence.emit import SinkSettings
from whence.emit.sinks import BUILTIN, load_sink, open_sink, sink_key
from whence.errors import UnknownPluginError


@pytest.mark.parametrize("scheme", sorted(BUILTIN))
def test_each_built_in_loads_and_knows_its_schemes(scheme):
    for library in BUILTIN[scheme].libraries:
        pytest.importorskip(library)
    spec = load_sink(SinkSettings(url=f"{scheme}:x", kind=scheme))
    assert scheme in spec.schemes


def test_an_unknown_kind_lists_the_known():
    with pytest.raises(UnknownPluginError) as caught:
        open_sink(SinkSettings(url="nobody://x", kind="nobody"))
    assert set(BUILTIN) <= set(caught.value.known)


def test_a_key_is_a_readable_unique_file_name():
    keys = [sink_key(SinkSettings(url=url, kind="http")) for url in ("http://a/b", "http://a-b", "http://" + "x" * 500)]
    assert keys[0].startswith("http-a-b-")
    assert len(set(keys)) == 3
    assert all("/" not in key and len(key) < 80 for key in keys)
