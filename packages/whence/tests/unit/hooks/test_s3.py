"""Names of objects and sizes of bodies, without a server or a library."""

from __future__ import annotations

import io
import tempfile

import pytest

from whence.hooks._aws.s3 import copy_source, place, size_of
from whence.model import dataset_for_path

POINT = "arn:aws:s3:eu-west-1:123456789012:accesspoint/point"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Bucket": "b", "Key": "a/x y.csv", "VersionId": "1"}, ("s3://b", "a/x y.csv")),
        ("b/a/x%20y.csv?versionId=1", ("s3://b", "a/x y.csv")),
        ("/b/k", ("s3://b", "k")),
        ("b/100%25.csv", ("s3://b", "100%.csv")),
        (f"{POINT}/object/a/k", ("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint", "point/a/k")),
        ({"Bucket": POINT, "Key": "k"}, ("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint", "point/k")),
        ("nonsense", None),
    ],
)
def test_copy_sources_have_many_forms(given, expected):
    assert copy_source(given) == expected


def test_place_of_an_object_is_the_one_of_its_url():
    assert place("b", "k/x") == ("s3://b", "k/x")
    assert place("b", "") == ("s3://b", "/")
    for bucket in ("b", POINT):
        named = dataset_for_path(f"s3://{bucket}/k/x")
        assert place(bucket, "k/x") == (named.namespace, named.name)


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (b"123", 3),
        (bytearray(3), 3),
        ("abc", 3),
        ("\uc2a4", 3),
        (None, 0),
        (io.BytesIO(b"123"), 3),
        (iter([b"1"]), None),
        (io.StringIO("x"), None),
    ],
)
def test_size_is_what_can_be_known_without_reading(body, size):
    assert size_of("PutObject", {} if body is None else {"Body": body}) == size
    assert size_of("GetObject", {"Body": body}) is None


def test_size_of_a_file_is_what_is_left_of_it_and_it_does_not_move():
    with tempfile.TemporaryFile() as file:
        file.write(b"12345")
        file.seek(2)
        assert size_of("UploadPart", {"Body": file}) == 3
        assert file.tell() == 2
    body = io.BytesIO(b"12345")
    body.seek(4)
    assert (size_of("PutObject", {"Body": body}), body.tell()) == (1, 4)
    assert size_of("PutObject", {"Body": iter(()), "ContentLength": 7}) == 7
