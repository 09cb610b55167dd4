"""A process that uses `whence.aileron` as its document says: DATAHUB_GMS_URL is set, to a recording DataHub."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from datahub_schemas import faults_of_proposal
from gms_server import Catalogue, GmsServer

import whence
from whence._capture import active
from whence.aileron import config, flush_emit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


class DataHub(GmsServer):
    """A metadata service that can be asked what has arrived from this process; what is not well made is a failure."""

    def __init__(self) -> None:
        super().__init__()
        self._others: list[dict[str, Any]] = []

    def arrived(self) -> Catalogue:
        """Wait until everything told so far is there; return the catalogue. A late fact would be a TimeoutError."""
        flush_emit(20)
        assert not [fault for each in self.proposals for fault in faults_of_proposal(each) if each not in self._others]
        assert not self.refused
        return self.catalogue()

    def has(self, urn: str, aspect: str, value: dict[str, Any]) -> None:
        """Hold an aspect that somebody else wrote."""
        told = {"contentType": "application/json", "value": json.dumps(value)}
        self._others.append({"entityUrn": urn, "aspectName": aspect, "changeType": "UPSERT", "aspect": told})
        self.proposals += self._others[-1:]


@contextmanager
def service(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataHub]:
    """Point the environment to a DataHub, leave everything undecided, and leave the process as it was."""
    for name in list(os.environ):
        if name.startswith(("DATAHUB_", "AIL_", "WHENCE_", "OPENLINEAGE_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(config, "_said", set())
    monkeypatch.setattr(config, "_installed_env", [])
    with DataHub() as datahub:
        monkeypatch.setenv("DATAHUB_GMS_URL", datahub.url)
        monkeypatch.setenv("DATAHUB_ENV", "PROD")
        monkeypatch.setenv("DATAHUB_SILENT_FAIL", "false")
        monkeypatch.setenv("WHENCE_SPOOL_DIR", str(folder / "spool"))
        monkeypatch.setenv("WHENCE_POLL_S", "0.02")
        active._made.clear()
        try:
            yield datahub
        finally:
            whence.uninstall()
            whence.shutdown()
