from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence_server.query import versions
from whence_server.stores.rows import DatasetRow, DatasetVersionRow


def row(namespace: str = "n", name: str = "t") -> DatasetRow:
    return DatasetRow(1, namespace, name, 1, True, False, 0, 0, 0, None, None)


def test_versions_are_told_apart_by_run_by_time_and_by_dataset():
    written = [DatasetVersionRow(1, 5, 1, bytes([each]) * 16, None) for each in (1, 2)]
    described = [DatasetVersionRow(1, at, None, None, 9) for at in (5, 6)]
    ids = [versions.dataset_version(row(), each) for each in [*written, *described, None]]
    ids += [versions.dataset_version(row(name="u"), written[0]), versions.dataset_version(row("nt", ""), None)]
    assert len(set(ids)) == len(ids)
    for each in ids:
        assert UUID(each).version == 5
        assert UUID(each).variant == "specified in RFC 4122"
        assert str(UUID(each)) == each


def test_versions_do_not_hang_on_row_ids_or_times():
    first = DatasetVersionRow(1, 5, 1, b"r" * 16, None)
    assert versions.dataset_version(row(), first) == versions.dataset_version(
        row()._replace(id=7), first._replace(at=9, run_id=8)
    )


@pytest.mark.parametrize("text", ["", "abc", "0" * 31, "g" * 32])
def test_what_is_no_uuid_is_none(text):
    assert versions.uuid_bytes(text) is None


@given(st.binary(min_size=16, max_size=16))
def test_uuids_there_and_back(value):
    assert versions.uuid_bytes(versions.uuid_text(value)) == value
    assert versions.uuid_text(value) == str(UUID(bytes=value))
