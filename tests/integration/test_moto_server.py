"""The AWS that tests run against behaves as Athena does, where moto alone does not."""

from __future__ import annotations

import boto3
import botocore.exceptions
import pytest

pytestmark = pytest.mark.integration
OUTPUT = {"OutputLocation": "s3://results/tmp/"}


def start(athena, text="select 1", **more):
    return athena.start_query_execution(QueryString=text, ResultConfiguration=OUTPUT, **more)["QueryExecutionId"]


def state(athena, query_id):
    return athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Status"]["State"]


@pytest.mark.parametrize("last", ["SUCCEEDED", "FAILED", "CANCELLED"])
def test_states_follow_each_other_as_somebody_asks(aws, last):
    aws.athena(states=["QUEUED", "RUNNING", last])
    athena = boto3.client("athena")
    query_id = start(athena)
    assert [state(athena, query_id) for _ in range(4)] == ["QUEUED", "RUNNING", last, last]


def test_reset_forgets(aws):
    assert aws.calls() == []
    assert state(boto3.client("athena"), start(boto3.client("athena"))) == "SUCCEEDED"


def test_batch_of_queries_is_told_with_those_not_found(aws):
    athena = boto3.client("athena")
    ids = [start(athena, f"select {n}") for n in range(3)]
    answer = athena.batch_get_query_execution(QueryExecutionIds=[*ids, "gone"])
    assert {each["QueryExecutionId"]: each["Query"] for each in answer["QueryExecutions"]} == {
        query_id: f"select {n}" for n, query_id in enumerate(ids)
    }
    assert [each["QueryExecutionId"] for each in answer["UnprocessedQueryExecutionIds"]] == ["gone"]
    assert len(aws.calls("BatchGetQueryExecution")) == 1


def test_statement_types_and_places_of_results(aws):
    athena = boto3.client("athena")
    texts = [
        "select 1",
        "create table t as select 1 a",
        "insert into t select 1",
        "create or replace view v as select 1",
    ]
    told = [athena.get_query_execution(QueryExecutionId=start(athena, text))["QueryExecution"] for text in texts]
    assert [(each["StatementType"], each["SubstatementType"]) for each in told] == [
        ("DML", "SELECT"), ("DDL", "CREATE_TABLE_AS_SELECT"), ("DML", "INSERT"), ("DDL", "CREATE_VIEW"),
    ]  # fmt: skip
    places = [each["ResultConfiguration"]["OutputLocation"].replace(each["QueryExecutionId"], "ID") for each in told]
    assert places == [f"s3://results/tmp/{each}" for each in ("ID.csv", "tables/ID", "ID.csv", "ID.txt")]


def test_refusals_are_those_of_aws(aws):
    athena = boto3.client("athena")
    aws.athena(denied=["BatchGetQueryExecution"], throttled={"GetQueryExecution": 1})
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        athena.batch_get_query_execution(QueryExecutionIds=["x"])
    assert state(athena, start(athena)) == "SUCCEEDED"  # botocore tries again
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidRequest"):
        athena.get_query_execution(QueryExecutionId="gone")


def test_results_and_buckets(aws):
    aws.bucket("results", "lake")
    aws.put("lake", "a/b.csv", b"1")
    assert boto3.client("s3").get_object(Bucket="lake", Key="a/b.csv")["Body"].read() == b"1"
    aws.results({"n": "integer"}, (1,), (2,))
    athena = boto3.client("athena")
    query_id = start(athena)
    rows = athena.get_query_results(QueryExecutionId=query_id)["ResultSet"]["Rows"]
    assert [row["Data"][0]["VarCharValue"] for row in rows] == ["n", "1", "2"]
    assert b"2" in boto3.client("s3").get_object(Bucket="results", Key=f"tmp/{query_id}.csv")["Body"].read()
