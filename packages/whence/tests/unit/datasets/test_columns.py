"""What an output's columns come from, said by hand."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import pool, text

import whence
from whence._datasets.columns import column_lineage, read_columns, sources_of
from whence._datasets.given import INLINE_BYTES
from whence.model import DatasetId, file_id


def lineage(given, namespace="here"):
    return column_lineage(read_columns(given, namespace))["fields"]


def inputs(dataset):
    return {
        column: [(each["namespace"], each["name"], each["field"]) for each in said["inputFields"]]
        for column, said in dataset["facets"]["columnLineage"]["fields"].items()
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("items.price", ("here", "items", "price")),
        ("shop.public.items.price", ("here", "shop.public.items", "price")),
        ("postgres://h:5432/shop.public.items.price", ("postgres://h:5432", "shop.public.items", "price")),
        ("model:fraud/1.0.0.probability", ("ml-registry", "model:fraud/1.0.0", "probability")),
        (("items", "price.won"), ("here", "items", "price.won")),
        ((DatasetId("n", "d"), "price"), ("n", "d", "price")),
        ([{"namespace": "n", "name": "d"}, "price", None], ("n", "d", "price")),
    ],
)
def test_a_source(given, expected):
    (source,) = lineage({"total": [given]})["total"]["inputFields"]
    assert (source["namespace"], source["name"], source["field"]) == expected
    assert "transformations" not in source


def test_one_text_is_one_source_and_none_is_said_too():
    said = lineage({"total": "items.price", "loaded_by": []})
    assert [source["field"] for source in said["total"]["inputFields"]] == ["price"]
    assert said["loaded_by"] == {"inputFields": []}


@pytest.mark.parametrize(("how", "kind"), [("IDENTITY", "DIRECT"), ("AGGREGATION", "DIRECT"), ("FILTER", "INDIRECT")])
def test_how_it_was_made(how, kind):
    (source,) = lineage({"total": [("items", "price", how)]})["total"]["inputFields"]
    assert source["transformations"] == [{"type": kind, "subtype": how, "masking": False}]


@pytest.mark.parametrize(
    "given",
    ["price", ".price", "items.", ("items",), ("items", ""), ("items", "price", "COPY"), 5, ("a", "b", "c", "d")],
)
def test_what_is_no_source(given):
    with pytest.raises(TypeError, match=r"is no (source of a column|way)"):
        read_columns({"total": [given]}, "here")


def test_each_source_is_named_once():
    columns = read_columns({"a": ["x.a", "y.a"], "b": ["x.b"]}, "here")
    assert [source.name for source in sources_of(columns)] == ["x", "y"]


def test_sources_are_inputs_in_the_outputs_namespace(collected):
    with whence.job("j", namespace="of-the-job"):
        whence.add_input("items", namespace="n", fields=["price"])
        whence.add_output("orders", namespace="n", columns={"total": ["items.price"]})
        whence.add_output("sums", columns={"total": ["orders.total"]})
    end = collected.end("j")
    assert [(each["namespace"], each["name"]) for each in end["inputs"]] == [("n", "items"), ("of-the-job", "orders")]
    assert "schema" in end["inputs"][0]["facets"]
    assert inputs(collected.output("j", "orders")) == {"total": [("n", "items", "price")]}
    assert inputs(collected.output("j", "sums")) == {"total": [("of-the-job", "orders", "total")]}


@pytest.mark.parametrize("size", [6, INLINE_BYTES + 1])
def test_a_file_is_named_by_its_content(collected, tmp_path, size):
    file = tmp_path / "in.csv"
    file.write_bytes(b"x" * size)
    with whence.job("j"):
        whence.add_output("orders", columns={"total": [(file, "price")], "tax": [f"{file}.tax"]})
    (read,) = collected.end("j")["inputs"]
    assert read["name"].startswith(file_id(str(file), ""))
    said = inputs(collected.output("j", "orders"))
    assert said == {"total": [("file", read["name"], "price")], "tax": [("file", read["name"], "tax")]}


def test_a_facet_said_in_full_wins(collected):
    facet = {"columnLineage": {"_producer": "p", "_schemaURL": "s", "fields": {}}}
    with whence.job("j"):
        whence.add_output("orders", columns={"total": ["items.price"]}, facets=facet)
    assert collected.output("j", "orders")["facets"]["columnLineage"] == facet["columnLineage"]


def test_the_hook_adds_nothing_to_it(collected):
    engine = sa.create_engine("sqlite://", poolclass=pool.StaticPool)
    with whence.job("j"), engine.begin() as connection:
        connection.execute(text("create table a as select 1 as x"))
        connection.execute(text("create table b as select x from a"))
        whence.add_output("b", namespace="inmemory://", columns={"x": [("prices", "y")]})
    engine.dispose()
    facets = collected.output("j", "b")["facets"]
    assert inputs({"facets": facets}) == {"x": [("inmemory://", "prices", "y")]}
    assert "lineage" not in facets


def test_a_mistake_is_said_and_leaves_the_output_out(collected, caplog):
    with whence.job("j"):
        whence.add_output("orders", columns={"total": ["price"]})
        whence.add_output("sums", columns={"total": ["orders.total"]})
    assert collected.names("j") == ({"orders"}, {"sums"})
    assert "'price' is no source of a column" in caplog.text
