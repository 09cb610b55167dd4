import pytest
from openlineage.client import facet_v2

from whence.errors import NamingError
from whence.model import (
    FACET_VERSIONS,
    PRODUCER,
    DatasetId,
    Field,
    JobId,
    ParentRun,
    facet,
    parent_facet,
    schema_facet,
    symlinks_facet,
    version_facet,
)
from whence.model._facets import aliases_from_facet, fields_from_facet, parent_from_facet

RUN_ID = "cd613e30-d8f1-4adf-91b7-584a2265b1f5"
STRUCT = Field(
    "address", "STRUCT", description="where", fields=[Field("city", "TEXT"), Field("geo", fields=[Field("x")])]
)


def _their_schemas():
    """Return definition -> schema URL of every facet class of openlineage-python."""
    found = {}
    for module in vars(facet_v2).values():
        for name, cls in vars(module).items() if hasattr(module, "__file__") else ():
            url = getattr(cls, "_get_schema", None) and isinstance(cls, type) and cls._get_schema()
            if url and url.endswith("/" + name):
                found[name] = url
    return found


def test_schema_urls_are_those_of_openlineage_python():
    theirs = {name: url for name, url in _their_schemas().items() if name in FACET_VERSIONS}
    assert len(theirs) >= 30
    assert {name: facet(name)["_schemaURL"] for name in theirs} == theirs


def test_no_dataset_job_or_run_facet_is_missing():
    known = {name for name in _their_schemas() if name.endswith(("DatasetFacet", "JobFacet", "RunFacet"))}
    inner = {"DatasetFacet", "InputDatasetFacet", "OutputDatasetFacet", "JobFacet", "RunFacet"}
    registered_by_others = {name for name in known if "/spec/facets/" not in _their_schemas()[name]}
    assert known - inner - registered_by_others == set(FACET_VERSIONS)


def test_a_facet_has_its_envelope():
    made = facet("SQLJobFacet", query="select 1", dialect="postgres")
    assert made["_producer"] == PRODUCER
    assert made["_schemaURL"] == "https://openlineage.io/spec/facets/1-1-0/SQLJobFacet.json#/$defs/SQLJobFacet"
    assert made["query"] == "select 1"
    assert facet("SQLJobFacet", producer="urn:me")["_producer"] == "urn:me"


def test_an_unknown_facet_is_said():
    with pytest.raises(NamingError, match="'SqlJobFacet' is no standard facet; known: CatalogDatasetFacet"):
        facet("SqlJobFacet")


def test_fields_both_ways():
    fields = (Field("id", "BIGINT"), STRUCT)
    assert fields_from_facet(schema_facet(fields)) == fields
    assert Field("id").to_json() == {"name": "id"}


def test_fields_flattened():
    paths = [(field.name, field.type) for field in STRUCT.flattened()]
    assert paths == [("address", "STRUCT"), ("address.city", "TEXT"), ("address.geo", None), ("address.geo.x", None)]


@pytest.mark.parametrize(
    "value",
    [None, 5, {}, {"fields": None}, {"fields": "id"}, {"fields": [None, {}, {"name": 5}, {"name": ""}]}],
)
def test_a_schema_that_is_none_has_no_fields(value):
    assert fields_from_facet(value) == ()


def test_wrong_details_of_a_field_are_absent():
    value = {"fields": [{"name": "a", "type": 5, "description": None, "fields": "x"}]}
    assert fields_from_facet(value) == (Field("a"),)


def test_aliases_both_ways():
    aliases = (DatasetId("hive://h:9083", "db.t"), DatasetId("s3://lake", "t"))
    assert aliases_from_facet(symlinks_facet(aliases)) == aliases


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"identifiers": None},
        {"identifiers": [None, {"name": "x"}, {"namespace": "", "name": "x"}, {"namespace": "a", "name": 1}]},
        {"identifiers": [{"namespace": "a", "name": "b"}], "_deleted": True},
    ],
)
def test_symlinks_that_are_none(value):
    assert aliases_from_facet(value) == ()


def test_version():
    assert version_facet("v1")["datasetVersion"] == "v1"


@pytest.mark.parametrize(
    "parent",
    [
        ParentRun(RUN_ID, JobId("dag", "a")),
        ParentRun(RUN_ID, JobId("dag", "a"), root_run_id="x", root_job=JobId("dag", "root")),
    ],
)
def test_parent_both_ways(parent):
    assert parent_from_facet(parent_facet(parent)) == parent


def test_half_a_root_is_none():
    half = ParentRun(RUN_ID, JobId("dag", "a"), root_run_id="x")
    assert "root" not in parent_facet(half)
    value = {**parent_facet(half), "root": {"run": {"runId": "x"}}}
    assert parent_from_facet(value) == ParentRun(RUN_ID, JobId("dag", "a"))


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"run": {"runId": "x"}},
        {"job": {"namespace": "a", "name": "b"}},
        {"run": {}, "job": {"namespace": "a", "name": "b"}},
        {"run": {"runId": "x"}, "job": {"namespace": "a"}},
        {"run": "x", "job": "y"},
    ],
)
def test_a_parent_that_is_none(value):
    assert parent_from_facet(value) is None
