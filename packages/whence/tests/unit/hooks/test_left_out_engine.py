"""An engine whose owner wants no lineage of it says so by an execution option; Airflow's metadata database does."""

from __future__ import annotations

import json

import pytest

import whence

sa = pytest.importorskip("sqlalchemy")


def test_an_engine_can_be_left_out(tmp_path):
    path = tmp_path / "events.jsonl"
    whence.configure(sinks=f"file:{path}", spool_dir=tmp_path / "spool")
    whence.install("sqlalchemy", "sqlite3")
    try:
        engines = {name: sa.create_engine(f"sqlite:///{tmp_path}/{name}.db") for name in ("seen", "unseen")}
        engines["unseen"].update_execution_options(whence=False)
        with whence.job("both"):
            for name, engine in engines.items():
                with engine.begin() as connection:
                    connection.execute(sa.text(f"CREATE TABLE {name} AS SELECT 1 AS one"))
        assert whence.flush(10).is_complete
    finally:
        whence.uninstall()
        whence.shutdown()
        for engine in engines.values():
            engine.dispose()
    ended = json.loads(path.read_text().splitlines()[-1])
    assert [each["name"] for each in ended["outputs"]] == ["seen"]
