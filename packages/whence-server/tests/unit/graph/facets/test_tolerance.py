"""Facet readers take any JSON: they answer what they understood, note the rest, and raise nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whence_server.graph.facets.column_lineage import read_column_lineage
from whence_server.graph.facets.data_source import read_data_source
from whence_server.graph.facets.lineage import read_dataset_lineage, read_job_lineage
from whence_server.graph.facets.notes import Notes
from whence_server.graph.facets.parent import read_parent
from whence_server.graph.facets.schema import read_schema
from whence_server.graph.facets.source_location import read_location
from whence_server.graph.facets.symlinks import read_symlinks

KEYS = st.sampled_from(
    ["fields", "inputFields", "dataset", "namespace", "name", "field", "transformations", "type", "inputs", "entries"]
) | st.sampled_from(
    ["identifiers", "run", "job", "runId", "parent", "parentRun", "uri", "url", "transformationType", "_deleted", "x"]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=3))
ANY_JSON = st.recursive(
    st.one_of(SCALARS, st.sampled_from(["JOB", "DATASET", "a"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=20,
)


@given(ANY_JSON)
def test_no_reader_raises(value):
    notes = Notes()
    read_column_lineage(value, "$", notes)
    read_dataset_lineage(value, "$", notes)
    read_job_lineage(value, "$", notes)
    read_symlinks(value, ("a", "b"), "$", notes)
    read_schema(value)
    read_data_source(value)
    read_location(value)
    if isinstance(value, dict):
        read_parent(value, "$", notes)
    assert len(notes.to_json()) <= 21
