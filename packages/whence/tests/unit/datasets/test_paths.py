"""Which dataset a path belongs to, by presets and templates."""

from __future__ import annotations

import pytest

from whence._datasets.paths import PathRules, folder_of
from whence.errors import ConfigError
from whence.model import DatasetId

_UUID = "1c2b3a4d-1111-2222-3333-444455556666"


@pytest.mark.parametrize(
    ("path", "dataset"),
    [
        (f"t/dt=1/region=a%20b/part-00000-{_UUID}-c000.snappy.parquet", "t"),
        ("t/20240102/part-0.csv", "t"),
        ("t/2024-01-02T10:11/part-0.csv", "t"),
        ("t/2024/13/x.csv", "t/2024/13/x.csv"),  # no month
        ("t/2024/x.csv", "t/x.csv"),
        ("t/2024-01-02/13/app.log", "t/app.log"),
        ("t/2024/01/02/23/0.json", "t"),
        ("t/2024/01/02/t.csv", "t"),
        ("t/year=2024/orders.csv", "t"),
        ("t/data_0_1_2.csv.gz", "t"),
        (f"t/{_UUID}-0.parquet", "t"),
        ("t/shard-00001-of-00010.tfrecord", "t"),
        ("t/00000000.parquet", "t"),
        ("t/000000_0", "t"),
        ("t/part.csv", "t/part.csv"),
        ("t/partners.csv", "t/partners.csv"),
        ("t/database1.csv", "t/database1.csv"),
        ("t/v2.csv", "t/v2.csv"),
        ("t/.part-00000.crc", "t"),
        ("t/dt=1/_temporary/0/task/part-0", "t"),
        ("t/.spark-staging-1/dt=1/part-0", "t"),
        (f"t/data/dt=1/00000-0-{_UUID}-00001.parquet", "t"),
        (f"t/metadata/snap-1-1-{_UUID}.avro", "t"),
        (f"t/metadata/{_UUID}-m0.avro", "t"),
        ("data/orders.csv", "data/orders.csv"),
        ("part-0.parquet", "part-0.parquet"),
        ("a/b/", "a/b"),
        ("a/dt=1/", "a"),
        ("*.csv", "/"),
        ("a/**/x.csv", "a"),
        ("report_2024-01-02_10-11.csv", "report_2024-01-02_10-11.csv"),
        ("r/report_2024-01-02_10-11.tar.gz", "r/report.tar.gz"),
        ("r/order_12345678.csv", "r/order_12345678.csv"),  # no date
        ("/", "/"),
    ],
)
def test_pieces_of_one_table_are_one_dataset(path, dataset):
    assert PathRules().dataset("s3://lake", path) == ("s3://lake", dataset)


def test_local_files_keep_their_root_and_content_names_stay():
    rules = PathRules()
    assert rules.dataset("file", "/data/t/part-0.csv") == ("file", "/data/t")
    assert rules.dataset("file", "/2024/01/part-0.csv") == ("file", "/")
    named = f"file::/data/dt=1/part-0.csv@sha256:{'0' * 64}"
    assert rules.dataset("file", named) == ("file", named)
    assert rules.dataset_id(DatasetId("file", "/t/dt=1")) == DatasetId("file", "/t")


def test_only_sql_has_patterns_with_more_than_stars():
    rules = PathRules()
    assert rules.dataset("s3://b", "t/a[1] {x}?.csv")[1] == "t/a[1] {x}?.csv"
    assert rules.dataset_id(DatasetId("s3://b", "t/a[1].csv")).name == "t"
    assert rules.dataset_id(DatasetId("s3://b", "t/{a,b}/x.csv")).name == "t"


def test_presets():
    assert PathRules(["object"]).dataset("s3://b", "t/dt=1/part-0.csv")[1] == "t/dt=1/part-0.csv"
    folder = PathRules(["folder"])
    assert folder.dataset("s3://b", "events/2024/01/data.parquet")[1] == "events/2024/01"
    assert folder.dataset("s3://b", "exports/orders/")[1] == "exports/orders"
    assert folder.dataset("s3://b", "x.csv")[1] == "/"
    assert folder.dataset("s3://b", "t/*/x*.csv")[1] == "t"


@pytest.mark.parametrize(
    ("rule", "namespace", "name", "dataset"),
    [
        ("s3://lake/raw/{table}/**", "s3://lake", "raw/orders/2024/x.csv", "raw/orders"),
        ("s3://lake/raw/{table}/**", "s3://lake", "raw/orders", "raw/orders"),
        ("s3://lake/raw/{table}/**", "s3://lake", "other/orders/x.csv", None),
        ("s3://lake/raw/{table}/**", "s3://lake2", "raw/orders/x.csv", None),
        ("s3://*/raw/{table}/**", "s3://any", "raw/orders/x.csv", "raw/orders"),
        ("s3://lake/{zone}/{table}/*", "s3://lake", "a/b/c.csv", "a/b"),
        ("s3://lake/{zone}/{table}/*", "s3://lake", "a/b/c/d.csv", None),
        ("s3://lake/{table}_v1.csv", "s3://lake", "orders_v1.csv", "orders_v1.csv"),
        ("s3://lake/t.x/{table}/**", "s3://lake", "tyx/orders/a", None),
        ("s3://logs/**", "s3://logs", "a/b", "/"),
        ("s3://logs/app/**", "s3://logs", "app/b/c", "app"),
        ("/data/{table}/**", "file", "/data/orders/x/y.csv", "/data/orders"),
        ("file:///data/{table}/**", "file", "/data/orders/x.csv", "/data/orders"),
    ],
)
def test_template_names_by_its_last_placeholder(rule, namespace, name, dataset):
    assert PathRules([rule, "object"]).dataset(namespace, name) == (namespace, dataset or name)


def test_first_rule_that_fits_wins():
    rules = PathRules(["s3://b/a/{x}/**", "s3://b/{x}/**", "folder"])
    assert rules.dataset("s3://b", "a/b/c")[1] == "a/b"
    assert rules.dataset("s3://b", "b/b/c")[1] == "b"
    assert rules.dataset("s3://c", "b/b/c")[1] == "b/b"


def test_place_with_two_names_is_one():
    point = "s3://arn:aws:s3:eu-west-1:1:accesspoint"
    rules = PathRules(["/mnt/lake/** -> s3://lake/raw", f"{point}/my-point -> s3://lake", "s3://lake/raw/{t}/**"])
    assert rules.dataset("file", "/mnt/lake/orders/x/1.csv") == ("s3://lake", "raw/orders")
    assert rules.dataset("file", "/mnt/lake2/orders/1.csv") == ("file", "/mnt/lake2/orders")
    assert rules.dataset(point, "my-point/t/dt=1/x.csv") == ("s3://lake", "t")
    assert rules.dataset(point, "my-point") == ("s3://lake", "/")
    assert PathRules(["folder", "s3://a -> /b"]).dataset("s3://a", "c/d.csv") == ("file", "/b/c")


@pytest.mark.parametrize("rule", ["a -> s3://b", "s3://a -> b", "s3://{x} -> s3://b", "s3://a -> "])
def test_move_that_is_none_is_refused(rule):
    with pytest.raises(ConfigError, match="path_rules"):
        PathRules([rule])


def test_rule_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="nonsense"):
        PathRules(["nonsense"])


def test_folder_of_a_path():
    assert folder_of("a/b/c", 2) == "a/b"
    assert folder_of("/a/b", 1) == "/a"
    assert folder_of("a", 0) == "/"
