from __future__ import annotations

import sys

import pytest

from whence.emit import Emitter
from whence.errors import MissingExtraError


@pytest.mark.parametrize(
    ("url", "library", "extra"),
    [
        ("kafka://a:9092", "confluent_kafka", "kafka"),
        ("s3://bucket", "botocore", "s3"),
        ("gs://bucket", "fsspec", "fsspec"),
        ("folder+memory://x", "fsspec", "fsspec"),
    ],
)
def test_a_missing_library_is_said_when_the_sink_is_set_up(url, library, extra, make_settings, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setattr(sys, "path", [])
    sys.modules.pop(library)
    with pytest.raises(MissingExtraError, match=f"whence\\[{extra}\\]"):
        Emitter(make_settings(url))


def test_a_local_folder_needs_none(make_settings, monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    Emitter(make_settings("folder+file:///nowhere"))
