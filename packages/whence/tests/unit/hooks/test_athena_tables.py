"""Names of Athena's tables, and what is learnt of them from what passes by."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from openlineage.client.naming.dataset import Athena as OracleAthena
from openlineage.client.naming.dataset import AWSGlue as OracleGlue

from whence.hooks._aws.athena_catalogue import Catalogue
from whence.hooks._aws.athena_tables import AthenaSource, Results, Shared, Told, without_temporary
from whence.sql import TableName

QUERY_ID = "0f8d2a5c-1b2c-4d3e-8f90-a1b2c3d4e5f6"
ACCOUNT = "123456789012"


@pytest.fixture
def catalogue():
    return Catalogue("eu-west-1", account=ACCOUNT)


@pytest.fixture
def source(catalogue):
    return AthenaSource(catalogue, None, "sales", Shared(nullcontext()))


def learn(source, text, location=None):
    assert list(source.tables(Told(text, location, None))) == []


def aliases(source, name, schema="sales"):
    facets = source.facets(TableName(name, schema, "awsdatacatalog"))
    return {(each["namespace"], each["name"]) for each in facets.get("symlinks", {}).get("identifiers", ())}


def places(source, name):
    return {alias for alias in aliases(source, name) if alias[0].startswith("s3")}


def test_names_are_those_of_openlineage(source):
    ours = source.dataset(TableName("orders", "sales", "awsdatacatalog"))
    oracle = OracleAthena("eu-west-1", "awsdatacatalog", "sales", "orders")
    assert (ours.namespace, ours.name) == (oracle.get_namespace(), oracle.get_name())
    glue = OracleGlue("eu-west-1", ACCOUNT, "sales", "orders")
    assert aliases(source, "orders") == {(glue.get_namespace(), glue.get_name())}


@pytest.mark.parametrize(
    ("catalog", "told"), [(None, "awsdatacatalog"), ("AwsDataCatalog", "awsdatacatalog"), ("My", "My")]
)
def test_own_catalogue_has_one_spelling(catalogue, catalog, told):
    source = AthenaSource(catalogue, catalog, None, Shared(nullcontext()))
    assert source.dataset(TableName("t", None, catalog)).name == f"{told}.default.t"


def test_table_of_another_catalogue_has_no_name_in_glue(catalogue):
    source = AthenaSource(catalogue, "hbase", "d", Shared(nullcontext()))
    assert source.facets(TableName("t", "d", "hbase")) == {}


@pytest.mark.parametrize("table", ["orders$partitions", "temp_table_" + "0" * 32])
def test_tables_that_hold_no_data_of_their_own(source, table):
    assert source.is_system(TableName(table, "sales", "awsdatacatalog"))
    assert not source.is_system(TableName("orders", "sales", "awsdatacatalog"))
    assert source.is_system(TableName("tables", "information_schema", "awsdatacatalog"))


class TestPlaces:
    @pytest.mark.parametrize(
        "text",
        [
            "CREATE TABLE t WITH (external_location = 's3://lake/t/') AS SELECT 1 a",
            "create table t with (External_Location='s3://lake/t') as (select 1 a)",
            "CREATE EXTERNAL TABLE t (a int) STORED AS PARQUET LOCATION 's3://lake/t/'",
            "CREATE TABLE t (a int) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')",
            "CREATE TABLE t WITH (table_type='ICEBERG', location='s3://lake/t/', is_external=false) AS SELECT 1 a",
            "/* location = 's3://old/' */ CREATE TABLE t WITH (external_location = 's3://lake/t/') AS SELECT 1 a",
        ],
    )
    def test_are_read_from_the_definition(self, source, text):
        learn(source, text)
        assert places(source, "t") == {("s3://lake", "t")}
        assert ("storage" in source.facets(TableName("t", "sales", "awsdatacatalog"))) == ("ICEBERG" in text)

    @pytest.mark.parametrize(
        "text",
        [
            "CREATE TABLE t WITH (format='ORC') AS SELECT a FROM b WHERE location = 's3://lake/b/'",
            "CREATE TABLE t AS SELECT 1 a -- external_location = 's3://lake/old/'",
            "SELECT a FROM t WHERE location = 's3://lake/b/'",
            "INSERT INTO t SELECT a FROM b WHERE location = 's3://lake/b/'",
        ],
    )
    def test_are_not_read_from_a_query(self, source, text):
        learn(source, text)
        assert places(source, "t") == set()

    def test_of_ctas_without_one_is_where_athena_put_the_result(self, source):
        learn(source, "CREATE TABLE t AS SELECT 1 a", f"s3://results/tables/{QUERY_ID}")
        assert places(source, "t") == {("s3://results", f"tables/{QUERY_ID}")}

    def test_where_several_tables_lie_is_none_of_them(self, source, catalogue):
        for table in ("one", "two"):
            learn(source, f"CREATE EXTERNAL TABLE {table} (a int) LOCATION 's3://lake/raw/'")
        assert places(source, "one") == places(source, "two") == set()
        assert catalogue.place_facets("s3://lake", "raw") == {}

    def test_where_one_table_lies_is_told_both_ways(self, source, catalogue):
        learn(source, "CREATE EXTERNAL TABLE t (a int) LOCATION 's3://lake/t/'")
        learn(source, "CREATE EXTERNAL TABLE t (a int) LOCATION 's3://lake/t/'")
        told = catalogue.place_facets("s3://lake", "t")["symlinks"]["identifiers"]
        assert [each["name"] for each in told] == ["awsdatacatalog.sales.t", "table/sales/t"]
        catalogue.forget("sales", "t")
        assert catalogue.place_facets("s3://lake", "t") == {}

    def test_that_look_like_a_piece_of_a_table_stay_themselves(self, source):
        """Two tables in the folders of two days are no one table."""
        for day in ("01", "02"):
            learn(source, f"CREATE EXTERNAL TABLE t{day} (a int) LOCATION 's3://lake/t/2026-01-{day}/'")
            assert places(source, f"t{day}") == {("s3://lake", f"t/2026-01-{day}")}

    def test_are_named_by_the_path_rules(self):
        catalogue = Catalogue("eu-west-1", path_rules=("s3://lake/raw/{table}/**", "table"))
        source = AthenaSource(catalogue, None, "sales", Shared(nullcontext()))
        learn(source, "CREATE EXTERNAL TABLE t (a int) LOCATION 's3://lake/raw/t/v2/'")
        assert places(source, "t") == {("s3://lake", "raw/t")}
        assert catalogue.place_facets("s3://lake", "raw/t")


class TestGlue:
    TABLE = {"Name": "T", "DatabaseName": "sales", "CatalogId": ACCOUNT, "StorageDescriptor": {}}  # noqa: RUF012

    def test_columns_are_known_with_those_of_partitions(self, source, catalogue):
        storage = {"Location": "s3://lake/t/", "Columns": [{"Name": "a", "Type": "int"}]}
        keys = [{"Name": "dt", "Type": "date"}]
        catalogue.learn_glue([self.TABLE | {"StorageDescriptor": storage, "PartitionKeys": keys}], is_own=True)
        columns = source.schema.columns(TableName("t", "sales", "awsdatacatalog"))
        assert [tuple(each)[:2] for each in columns] == [("a", "int"), ("dt", "date")]

    def test_account_is_learnt_from_the_own_catalogue_only(self):
        for is_own, account in ((True, ACCOUNT), (False, None)):
            catalogue = Catalogue("eu-west-1")
            catalogue.learn_glue([self.TABLE], is_own=is_own)
            assert catalogue.account == account

    def test_iceberg_is_told(self, source, catalogue):
        more = {"Parameters": {"table_type": "ICEBERG"}, "StorageDescriptor": {"Location": "s3://lake/t"}}
        catalogue.learn_glue([self.TABLE | more], is_own=True)
        facets = source.facets(TableName("t", "sales", "awsdatacatalog"))
        assert facets["storage"]["storageLayer"] == "iceberg"

    def test_is_bounded(self, catalogue, monkeypatch):
        monkeypatch.setattr("whence.hooks._aws.athena_catalogue._MAX_TABLES", 10)
        column = {"Columns": [{"Name": "a", "Type": "int"}]}
        for n in range(30):
            storage = {"Location": f"s3://lake/{n}", **column}
            catalogue.learn_glue([self.TABLE | {"Name": f"t{n}", "StorageDescriptor": storage}], is_own=True)
        assert len(catalogue._known) == len(catalogue._at) == 10
        assert len(catalogue.schema) <= 10


class TestResults:
    @pytest.mark.parametrize(
        "name",
        [
            f"tmp/{QUERY_ID}.csv",
            f"tmp/{QUERY_ID}.csv.metadata",
            f"tmp/{QUERY_ID}-manifest.csv",
            f"tmp/tables/{QUERY_ID}/20261121_part_0.gz",
            f"tmp/temp_table_{'a' * 32}/part-0",
        ],
    )
    def test_are_known_by_place_and_name(self, name):
        results = Results()
        results.add("s3://results/tmp")
        assert results.holds("s3://results", name)
        assert not results.holds("s3://other", name)
        assert not Results().holds("s3://results", name)

    @pytest.mark.parametrize("name", ["tmp/orders.csv", "tmp/2026/orders.csv", f"tmp2/{QUERY_ID}.csv"])
    def test_data_in_the_same_folder_is_data(self, name):
        results = Results()
        results.add("s3://results/tmp/")
        assert not results.holds("s3://results", name)

    def test_folder_comes_from_where_athena_says_the_result_is(self):
        for place in (f"s3://r/{QUERY_ID}.csv", f"s3://r/tables/{QUERY_ID}"):
            results = Results()
            results.add_file(place, QUERY_ID)
            assert results.holds("s3://r", f"{QUERY_ID}.csv")

    def test_folders_are_bounded(self):
        results = Results()
        for n in range(1000):
            results.add(f"s3://results/{n}/")
        assert len(results._folders) == 64


def test_query_inside_of_awswranglers_ctas_is_what_counts():
    table = "temp_table_" + "a1" * 16
    text = f'CREATE TABLE "d"."{table}"\nWITH(\n    format = \'PARQUET\')\nAS SELECT a FROM b'
    assert without_temporary(text) == "SELECT a FROM b"
    own = text.replace(table, "kept")
    assert without_temporary(own) == own
