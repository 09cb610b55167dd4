"""What the tests of the drop-in share."""

from __future__ import annotations

import os

import pytest

from whence.aileron import config


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch, tmp_path):
    """Begin without variables of ours, without a configuration file, and with nothing said yet."""
    for name in list(os.environ):
        if name.startswith(("DATAHUB_", "AIL_", "WHENCE_", "OPENLINEAGE_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "_said", set())
    monkeypatch.setattr(config, "_installed_env", [])
    monkeypatch.setattr(config, "_variables", {})
