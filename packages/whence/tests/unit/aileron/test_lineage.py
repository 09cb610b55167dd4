"""Datasets named by hand: URNs as the document prints them, and as they were given."""

from __future__ import annotations

from sqlite3 import connect

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

import whence
from whence.aileron import (
    add_input,
    add_output,
    build_dataset_urn,
    clear_job,
    datahub_job,
    datahub_job_fn,
    emit_lineage,
    flush_emit,
    get_job,
    set_job,
)
from whence.aileron.emitter import emit_dataset_description_async
from whence.aileron.lineage import urns_of

URN = "urn:li:dataset:(urn:li:dataPlatform:postgres,public.orders,PROD)"


def urn_of(dataset):
    return dataset["facets"]["whence_datahub"]["urn"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("sales_db.orders", "glue"), "glue,sales_db.orders,PROD"),
        (("s3://my-bucket/data/events/", "s3", "DEV"), "s3,my-bucket/data/events,DEV"),
        (("my-bucket/data", "s3"), "s3,my-bucket/data,PROD"),
        (("s3a://b/k", "s3"), "s3,b/k,PROD"),
        (("public.users", "postgres", "DEV"), "postgres,public.users,DEV"),
        (("a,b(c)", "hive"), "hive,a%2Cb%28c%29,PROD"),
        (("t", "glue", "STAGING"), "glue,t,STG"),
    ],
)
def test_build_dataset_urn(given, expected):
    assert build_dataset_urn(*given) == f"urn:li:dataset:(urn:li:dataPlatform:{expected})"


def test_build_dataset_urn_takes_the_environment_of_the_setting(monkeypatch):
    monkeypatch.setenv("DATAHUB_ENV", "DEV")
    assert build_dataset_urn("t", "glue") == "urn:li:dataset:(urn:li:dataPlatform:glue,t,DEV)"


def test_named_datasets_are_the_runs_and_keep_their_urns(collected):
    with datahub_job("j", flow="f"):
        add_input("sales_db.orders", platform="glue", description="raw")
        add_input("s3://raw-bucket/feeds/", platform="s3")
        add_input(urn=URN)
        add_output("t", platform="hive", env="DEV")
    end = collected.end("j")
    assert [urn_of(each) for each in end["inputs"]] == [
        "urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.orders,PROD)",
        "urn:li:dataset:(urn:li:dataPlatform:s3,raw-bucket/feeds,PROD)",
        URN,
    ]
    assert end["inputs"][0]["facets"]["documentation"]["description"] == "raw"
    assert (end["inputs"][1]["namespace"], end["inputs"][1]["name"]) == ("s3://raw-bucket", "feeds")
    assert [urn_of(each) for each in end["outputs"]] == ["urn:li:dataset:(urn:li:dataPlatform:hive,t,DEV)"]


def test_appended_urns_are_told_once(collected):
    with datahub_job("j"):
        job = get_job()
        held = job.inputs
        held.append(URN)
        held.append(URN)
        assert held == job.inputs == [URN]
        job.outputs.extend([URN])
        job.outputs += [build_dataset_urn("t", "glue")]
        assert URN in get_job().outputs
    end = collected.end("j")
    assert [urn_of(each) for each in end["inputs"]] == [URN]
    assert len(end["outputs"]) == 2


def test_lists_that_are_put_in_place_are_told(collected):
    with datahub_job("j") as job:
        job.inputs = [URN]
        job.outputs = [build_dataset_urn("t", "glue")]
        job.outputs.insert(0, URN)
        assert {job, get_job()} == {job}
        assert "job_id='j'" in repr(job)
    end = collected.end("j")
    assert [urn_of(each) for each in end["inputs"]] == [URN]
    assert {urn_of(each) for each in end["outputs"]} == {URN, build_dataset_urn("t", "glue")}


def test_what_the_hooks_saw_is_among_the_inputs(collected):
    engine = create_engine("sqlite:////tmp/shop.db", poolclass=NullPool, creator=lambda: connect(":memory:"))
    with datahub_job("j"), engine.connect() as connection:
        connection.execute(text("create table orders (id integer)"))
        connection.execute(text("select * from orders")).all()
        assert urns_of(whence.current_run(), "input", 5.0) == [
            "urn:li:dataset:(urn:li:dataPlatform:sqlite,shop.main.orders,PROD)"
        ]
        assert get_job().inputs == urns_of(whence.current_run(), "input")
        assert get_job().outputs == []
    assert {each["name"] for each in collected.end("j")["inputs"]} == {"orders"}


def test_appended_in_a_job_set_by_hand(collected):
    set_job("j", flow="f")
    get_job().inputs.append(URN)
    clear_job()
    assert [urn_of(each) for each in collected.end("j")["inputs"]] == [URN]


def test_what_is_no_dataset_is_left_out_and_the_host_goes_on(collected):
    with datahub_job("j"):
        add_input(urn="urn:li:dataset:(nonsense")
        get_job().outputs.append("urn:li:corpuser:me")
        add_output(urn=URN)
    assert len(collected.end("j")["outputs"]) <= 2
    assert collected.end("j")["inputs"] == []


def test_arguments_that_mean_nothing_are_refused(collected):
    with datahub_job("j"):
        for wrong in ({}, {"table": "t"}, {"platform": "glue"}):
            with pytest.raises(ValueError, match="platform"):
                add_input(**wrong)
    with pytest.raises(ValueError, match="platform"):
        emit_lineage(inputs=["t"], outputs=[URN])


def test_outside_of_a_job_it_has_no_effect_and_is_said(collected, caplog):
    add_input("t", platform="glue")
    add_output("t", platform="glue")
    assert len(caplog.messages) == 1
    assert collected.events() == []


def test_emit_lineage_needs_no_job(collected):
    emit_lineage(
        inputs=["sales_db.orders", "urn:li:dataset:(urn:li:dataPlatform:s3,my-bucket/in,DEV)"],
        outputs=["sales_db.order_summary", URN],
        platform="glue",
        descriptions={"sales_db.orders": "raw", URN: "mine"},
    )
    flush_emit()
    described, *written = [event["dataset"] for event in read(collected)]
    assert (urn_of(described), described["facets"]["documentation"]["description"]) == (
        "urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.orders,PROD)",
        "raw",
    )
    assert [urn_of(each) for each in written] == [
        "urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.order_summary,PROD)",
        URN,
    ]
    assert written[1]["facets"]["documentation"]["description"] == "mine"
    for each in written:
        assert {entry["whence_datahub"]["urn"] for entry in each["facets"]["lineage"]["inputs"]} == {
            "urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.orders,PROD)",
            "urn:li:dataset:(urn:li:dataPlatform:s3,my-bucket/in,DEV)",
        }


def test_emit_lineage_without_inputs_says_nothing(collected):
    emit_lineage(inputs=[], outputs=[URN])
    emit_lineage(inputs=[URN], outputs=[])
    flush_emit()
    assert read(collected) == []


def test_emit_lineage_of_nonsense_leaves_the_host_alone(collected, caplog):
    emit_lineage(inputs=["urn:li:nonsense"], outputs=["urn:li:dataset:()"])
    assert "left out" in caplog.text


def test_a_description_alone(collected):
    emit_dataset_description_async(URN, "mine")
    emit_dataset_description_async(URN, "")
    (event,) = read(collected)
    assert event["dataset"]["facets"]["documentation"]["description"] == "mine"
    assert "lineage" not in event["dataset"]["facets"]


def test_flush_raises_only_where_it_is_asked_to(tmp_path, monkeypatch, caplog):
    whence.configure(sinks="http://127.0.0.1:9", spool_dir=str(tmp_path), exit_timeout_s=0.1)
    try:
        datahub_job_fn("j")(int)()
        flush_emit(0.2)
        assert "127.0.0.1:9" in caplog.text
        monkeypatch.setenv("DATAHUB_SILENT_FAIL", "false")
        with pytest.raises(TimeoutError, match="kept and sent later"):
            flush_emit(0.2)
    finally:
        whence.shutdown()


def read(collected):
    return [event for event in collected.events() if "dataset" in event]
