from __future__ import annotations

import pytest

from whence.emit.sinks.datahub._names import Names, escaped, job_urn, key_of, orchestrator_of

PLATFORM = "urn:li:dataset:(urn:li:dataPlatform:"
ATHENA = "awsathena://athena.eu-west-1.amazonaws.com"
DIGEST = "0" * 64


@pytest.mark.parametrize(
    ("namespace", "name", "urn"),
    [
        # the examples of the seed's document
        ("mysql://db:3306", "shop.users", "mysql,shop.users,PROD"),
        ("arn:aws:glue:eu-west-1:123", "table/sales_db/orders", "glue,sales_db.orders,PROD"),
        (ATHENA, "awsdatacatalog.sales_db.orders", "glue,sales_db.orders,PROD"),
        ("s3://raw-data", "events/2024/01", "s3,raw-data/events/2024/01,PROD"),
        ("s3://data-lake", "exports/orders/", "s3,data-lake/exports/orders,PROD"),
        ("urn:li:dataPlatform:postgres", "public.orders", "postgres,public.orders,PROD"),
        # and beyond it
        ("postgres://db:5432", "shop.public.orders", "postgres,shop.public.orders,PROD"),
        (ATHENA, "AwsDataCatalog.sales_db.orders", "glue,sales_db.orders,PROD"),
        (ATHENA, "lambda_catalog.sales_db.orders", "athena,sales_db.orders,PROD"),
        ("snowflake://org-account", "PROD.SALES.ORDERS", "snowflake,prod.sales.orders,PROD"),
        ("s3://bucket", "/", "s3,bucket,PROD"),
        ("file", f"file::/data/a.csv@sha256:{DIGEST}", "file,/data/a.csv,PROD"),
        ("file", "/data/a.csv", "file,/data/a.csv,PROD"),
        ("acme://host", "a,b(c)", "acme,a%2Cb%28c%29,PROD"),
        ("default", "orders", "default,orders,PROD"),
    ],
)
def test_a_dataset_has_the_name_that_the_catalogue_knows(namespace, name, urn):
    assert Names().dataset(namespace, name) == PLATFORM + urn + ")"


def test_the_environment_and_the_instance_of_a_platform_are_part_of_the_name():
    names = Names("DEV", {"": "eu", "postgres": "core", "s3": ""})
    assert names.dataset("postgres://h:5432", "d.s.t") == PLATFORM + "postgres,core.d.s.t,DEV)"
    assert names.dataset("mysql://h:3306", "d.t") == PLATFORM + "mysql,eu.d.t,DEV)"
    assert names.dataset("s3://b", "k") == PLATFORM + "s3,b/k,DEV)"


@pytest.mark.parametrize("urn", [PLATFORM + "snowflake,Prod.Sales.ORDERS,STG)", PLATFORM + "s3,b/a%2Cb,CERT)"])
def test_a_urn_given_by_hand_comes_out_as_it_went_in(urn):
    names = Names("DEV", {"": "eu"})
    by_facet = {"namespace": "s3://b", "name": "x", "facets": {"whence_datahub": {"urn": urn}}}
    assert names.known([by_facet]) == {("s3://b", "x"): urn}
    assert names.dataset("anything", urn) == urn


@pytest.mark.parametrize("told", ["no urn", "urn:li:dataset:(x", 7, None])
def test_what_is_no_urn_is_not_taken_for_one(told):
    dataset = {"namespace": "s3://b", "name": "x", "facets": {"whence_datahub": {"urn": told}}}
    assert Names().known([dataset]) == {("s3://b", "x"): PLATFORM + "s3,b/x,PROD)"}


def test_a_table_beats_the_place_where_its_files_lie():
    identifiers = [
        {"namespace": "s3://other", "name": "copy", "type": "TABLE"},
        {"namespace": "arn:aws:glue:r:1", "name": "table/db/t", "type": "TABLE"},
    ]
    place = {"namespace": "s3://lake", "name": "db/t", "facets": {"symlinks": {"identifiers": identifiers}}}
    assert Names().known([place]) == {("s3://lake", "db/t"): PLATFORM + "glue,db.t,PROD)"}
    table = {**place, "namespace": "postgres://h:5432", "name": "d.s.t"}
    assert Names().known([table]) == {("postgres://h:5432", "d.s.t"): PLATFORM + "postgres,d.s.t,PROD)"}
    identifiers[1]["type"] = "LOCATION"
    assert Names().known([place]) == {("s3://lake", "db/t"): PLATFORM + "s3,lake/db/t,PROD)"}


@pytest.mark.parametrize(
    "dataset", [{}, {"namespace": "s3://b", "name": ""}, {"namespace": 1, "name": "x"}, {"name": "x"}]
)
def test_what_has_no_name_is_left_out(dataset):
    assert key_of(dataset) is None
    assert Names().known([dataset, {"namespace": "s3://b", "name": "k", "facets": 3}]).keys() == {("s3://b", "k")}


def test_flows_and_jobs_are_escaped_and_of_the_environment():
    names = Names("DEV")
    flow = names.flow("pythonSdk", "a,b")
    assert flow == "urn:li:dataFlow:(pythonSdk,a%2Cb,DEV)"
    assert job_urn(flow, "f(x)") == "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,a%2Cb,DEV),f%28x%29)"
    assert escaped("100%/~") == "100%/~"


def test_an_upstream_job_is_of_this_flow_of_another_or_as_given():
    names = Names()
    flow = names.flow("pythonSdk", "daily")
    assert names.upstream_job(flow, "pythonSdk", None, "one") == job_urn(flow, "one")
    assert names.upstream_job(flow, "pythonSdk", "other", "one") == job_urn(names.flow("pythonSdk", "other"), "one")
    given = "urn:li:dataJob:(urn:li:dataFlow:(airflow,dag,prod),task)"
    assert names.upstream_job(flow, "pythonSdk", "other", given) == given


def test_an_orchestrator_that_datahub_knows_keeps_its_name():
    assert [orchestrator_of(each) for each in ("AIRFLOW", "spark", "PYTHON", None)] == [
        "airflow",
        "spark",
        "pythonSdk",
        "pythonSdk",
    ]


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("x", "urn:li:dataset:(broken"),
        ("", "x"),
        ("urn:li:dataPlatform:", "x"),
        ("://host", "x"),
    ],
)
def test_what_can_have_no_urn_has_none(namespace, name):
    assert Names().dataset(namespace, name) is None
