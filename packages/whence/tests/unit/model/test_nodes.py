import pytest

from whence.errors import NamingError
from whence.model import (
    NodeId,
    dataset_node_id,
    escape_node_part,
    field_node_id,
    job_node_id,
    parse_node_id,
    run_node_id,
    split_candidates,
    split_version,
    unescape_node_part,
)

UUID = "cd613e30-d8f1-4adf-91b7-584a2265b1f5"


def test_written_as_marquez_writes_them():
    assert dataset_node_id("food_delivery", "public.orders") == "dataset:food_delivery:public.orders"
    assert job_node_id("food_delivery", "etl") == "job:food_delivery:etl"
    assert field_node_id("food_delivery", "public.orders", "id") == "datasetField:food_delivery:public.orders:id"
    assert run_node_id(UUID) == f"run:{UUID}"


@pytest.mark.parametrize(
    ("node_id", "parts"),
    [
        ("dataset:food_delivery:public.orders", ("dataset", "food_delivery", "public.orders")),
        ("dataset:postgres://h:5432:db.s.t", ("dataset", "postgres://h:5432", "db.s.t")),
        ("dataset:postgres://h:None:db.s.t", ("dataset", "postgres://h:None", "db.s.t")),
        ("dataset:arn:aws:glue:eu-west-1:123:table/a/b", ("dataset", "arn:aws:glue:eu-west-1:123", "table/a/b")),
        ("dataset:s3://bucket:key/part=1", ("dataset", "s3://bucket", "key/part=1")),
        (f"dataset:file:file::/a.csv@sha256:{'0' * 64}", ("dataset", "file", f"file::/a.csv@sha256:{'0' * 64}")),
        ("dataset:ml-registry:model:fraud/1.0.0", ("dataset", "ml-registry", "model:fraud/1.0.0")),
        ("dataset:pubsub:topic:p:t", ("dataset", "pubsub", "topic:p:t")),
        ("dataset:inmemory://:x", ("dataset", "inmemory://", "x")),
        ("job:shop:load", ("job", "shop", "load")),
        ("job:http://airflow:8081:dag.task", ("job", "http://airflow:8081", "dag.task")),
        (f"run:{UUID}", ("run", "", UUID)),
        ("datasetField:ns:name:field", ("datasetField", "ns", "name", "field")),
        ("datasetField:postgres://h:5432:db.s.t:id", ("datasetField", "postgres://h:5432", "db.s.t", "id")),
        ("datasetField:a%3Ab:c%3Ad:e%3Af", ("datasetField", "a:b", "c:d", "e:f")),
    ],
)
def test_the_likeliest_reading_comes_first(node_id, parts):
    assert split_candidates(node_id)[0] == parts


def test_every_split_is_a_candidate():
    assert set(split_candidates("dataset:a:b:c")) == {("dataset", "a", "b:c"), ("dataset", "a:b", "c")}
    assert set(split_candidates("datasetField:a:b:c:d")) == {
        ("datasetField", "a", "b", "c:d"),
        ("datasetField", "a", "b:c", "d"),
        ("datasetField", "a:b", "c", "d"),
    }


def test_a_part_with_escapes_is_listed_decoded_and_as_written():
    assert split_candidates("dataset:a%3ab:c%41") == [("dataset", "a:b", "c%41"), ("dataset", "a%3ab", "c%41")]


def test_a_version_is_a_uuid_after_the_last_hash():
    assert split_version(f"dataset:a:b#{UUID.upper()}") == ("dataset:a:b", UUID)
    assert split_version("dataset:a:b#1") == ("dataset:a:b#1", None)
    assert split_version(f"dataset:a:b#c#{UUID}") == ("dataset:a:b#c", UUID)
    assert split_version("dataset:a:b") == ("dataset:a:b", None)
    assert split_candidates(f"dataset:a:b#{UUID}") == [("dataset", "a", "b")]


def test_parse():
    assert parse_node_id(f"job:shop:load#{UUID}") == NodeId("job", "shop", "load", version=UUID)
    assert parse_node_id("datasetField:a:b:c") == NodeId("datasetField", "a", "b", "c")


@pytest.mark.parametrize(
    "node_id", [f"dataset:a:b#{UUID}", "datasetField:a:b:c", "job:http://h:1:n", f"run:{UUID}", "job:a:b"]
)
def test_a_parsed_id_writes_itself(node_id):
    assert str(parse_node_id(node_id)) == node_id


@pytest.mark.parametrize(
    ("node_id", "message"),
    [
        ("", "is no node id"),
        ("orders", "is no node id"),
        ("file::/a@sha256:00", "is no node id; one starts with dataset:, datasetField:, job: or run:"),
        ("Dataset:a:b", "is no node id"),
        ("dataset:a", "lacks a part; write dataset:<namespace>:<name>"),
        ("dataset:", "lacks a part"),
        ("dataset::name", "lacks a part"),
        ("dataset:name:", "lacks a part"),
        ("datasetField:a:b", "lacks a part; write datasetField:<namespace>:<name>:<field>"),
        ("run:", "lacks a part; write run:<uuid>"),
        ("job:" + "a:" * 100, "more than 64 colons"),
        ("job:a:" + "b" * 20_000, "at most 16384 are read"),
    ],
)
def test_refused(node_id, message):
    with pytest.raises(NamingError, match=message):
        split_candidates(node_id)


def test_escape_and_back():
    part = "postgres://h:5432#100%3A"
    assert escape_node_part(part) == "postgres%3A//h%3A5432%23100%253A"
    assert unescape_node_part(escape_node_part(part)) == part
    assert unescape_node_part("plain") == "plain"
    assert unescape_node_part("50%") == "50%"
