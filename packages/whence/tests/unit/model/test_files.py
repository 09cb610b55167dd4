import hashlib

import pytest

from whence.errors import NamingError
from whence.model import DatasetId, file_dataset, file_id, parse_file_id

DIGEST = hashlib.sha256(b"a,b\n1,2\n").hexdigest()


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "train.csv"
    path.write_bytes(b"a,b\n1,2\n")
    return path


def test_named_by_path_and_content(csv):
    dataset = file_dataset(csv)
    assert dataset.id == DatasetId("file", f"file::{csv.as_posix()}@sha256:{DIGEST}")
    assert dataset.version == DIGEST
    assert dataset.aliases == ()  # one node per content, not one per path


def test_same_bytes_same_dataset_other_bytes_another(csv):
    first = file_dataset(str(csv))
    assert file_dataset(csv) == first
    csv.write_bytes(b"other")
    assert file_dataset(csv).id != first.id


def test_a_relative_path_is_made_absolute(csv, monkeypatch):
    monkeypatch.chdir(csv.parent)
    assert file_dataset("./train.csv") == file_dataset(csv)


def test_the_producer_is_in_each_facet(csv):
    facets = file_dataset(csv, producer="https://example.com").facets
    assert {facet["_producer"] for facet in facets.values()} == {"https://example.com"}


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        file_dataset(tmp_path / "nothing.csv")


def test_ids_both_ways():
    name = file_id("C:/data/a@sha256:b.csv", DIGEST)
    assert name == f"file::C:/data/a@sha256:b.csv@sha256:{DIGEST}"
    assert parse_file_id(name) == ("C:/data/a@sha256:b.csv", DIGEST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/data/a.csv",
        "file::/data/a.csv",
        f"/data/a.csv@sha256:{DIGEST}",
        f"file::@sha256:{DIGEST}",
        "file::/a@sha256:abc",
        f"file::/a@sha256:{DIGEST.upper()}",
    ],
)
def test_what_is_no_file_id(text):
    with pytest.raises(NamingError, match="is no file id; write file::<absolute path>@sha256"):
        parse_file_id(text)
