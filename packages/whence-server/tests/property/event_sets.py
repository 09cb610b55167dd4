"""Sets of events out of a small world, so that names, run ids and times meet often."""

from __future__ import annotations

from hypothesis import strategies as st

PRODUCER = "https://example.com/laws"
DATASETS = (("a", "x"), ("a", "y"), ("b", "x"), ("b", "z"))
ONLY_LINKS = (("links", "one"), ("links", "two"))
JOBS = (("jobs", "load"), ("jobs", "join"))
RUNS = tuple(f"00000000-0000-4000-8000-00000000000{i}" for i in range(2))
FIELDS = ("c", "d")
QUERIES = (
    "select 1",
    "insert into y (c) select c + d from x",
    "insert into z (d) select c from y where d = 1",
    "insert into x select * from y",
    "insert into x (((",
)


def facet(**body):
    return {"_producer": PRODUCER, "_schemaURL": f"{PRODUCER}/facet.json", **body}


def name(pair):
    return {"namespace": pair[0], "name": pair[1]}


DELETED = facet(_deleted=True)
datasets = st.sampled_from(DATASETS)
transformations = st.sampled_from(
    [[], [{"type": "DIRECT", "subtype": "IDENTITY"}], [{"type": "INDIRECT", "subtype": "JOIN"}]]
)
times = st.integers(0, 6).map(lambda second: f"2026-01-01T00:00:0{second}Z")

schemas = st.lists(st.sampled_from(FIELDS), max_size=2, unique=True).map(
    lambda names: facet(fields=[{"name": each, "type": "INT"} for each in names])
)
symlinks = st.lists(st.sampled_from(DATASETS + ONLY_LINKS), max_size=2, unique=True).map(
    lambda links: facet(identifiers=[{**name(link), "type": "TABLE"} for link in links])
)
input_field = st.builds(
    lambda pair, field, used: {**name(pair), "field": field, "transformations": used},
    datasets,
    st.sampled_from(FIELDS),
    transformations,
)
column_lineages = st.builds(
    lambda fields, whole: facet(
        fields={each: {"inputFields": inputs} for each, inputs in fields.items()}, dataset=whole
    ),
    st.dictionaries(st.sampled_from(FIELDS), st.lists(input_field, max_size=2), max_size=2),
    st.lists(input_field, max_size=1),
)
data_sources = st.sampled_from(["s3://one", "s3://two"]).map(lambda uri: facet(name="lake", uri=uri))

lineage_input = st.one_of(
    st.builds(lambda pair: {**name(pair), "type": "DATASET"}, datasets),
    st.builds(lambda pair, field: {**name(pair), "type": "DATASET", "field": field}, datasets, st.sampled_from(FIELDS)),
    st.builds(lambda pair: {**name(pair), "type": "JOB"}, st.sampled_from(JOBS)),
    st.just({"type": "JOB"}),
)
lineage_body = st.builds(
    lambda inputs, fields: {"inputs": inputs, "fields": {each: {"inputs": found} for each, found in fields.items()}},
    st.lists(lineage_input, max_size=2),
    st.dictionaries(st.sampled_from(FIELDS), st.lists(lineage_input, max_size=1), max_size=1),
)
dataset_lineages = lineage_body.map(lambda body: facet(**body))
job_lineages = st.lists(
    st.one_of(
        st.builds(lambda pair, body: {**name(pair), "type": "DATASET", **body}, datasets, lineage_body),
        st.builds(lambda inputs: {"type": "JOB", "inputs": inputs}, st.lists(lineage_input, max_size=2)),
        st.builds(
            lambda pair, inputs: {**name(pair), "type": "JOB", "inputs": inputs},
            st.sampled_from(JOBS),
            st.lists(lineage_input, max_size=1),
        ),
    ),
    max_size=2,
).map(lambda entries: facet(entries=entries))


def facets(**values):
    return st.fixed_dictionaries(
        {}, optional={key: st.one_of(value, st.just(DELETED)) for key, value in values.items()}
    )


dataset_facets = facets(
    schema=schemas,
    symlinks=symlinks,
    columnLineage=column_lineages,
    lineage=dataset_lineages,
    dataSource=data_sources,
    documentation=st.sampled_from("pq").map(lambda text: facet(description=text)),
)
run_facets = facets(
    parent=st.builds(
        lambda run, job: facet(run={"runId": run}, job=name(job)), st.sampled_from(RUNS), st.sampled_from(JOBS)
    ),
    nominalTime=times.map(lambda time: facet(nominalStartTime=time)),
)
job_facets = facets(
    lineage=job_lineages,
    sql=st.sampled_from(QUERIES).map(lambda query: facet(query=query)),
    sourceCodeLocation=st.sampled_from(["git://one", "git://two"]).map(lambda url: facet(type="git", url=url)),
)


def described(pairs, in_run):
    """A list of datasets for inputs or outputs."""
    one = st.builds(
        lambda pair, own, more: {**name(pair), "facets": own, in_run: more},
        pairs,
        dataset_facets,
        facets(statistics=st.integers(0, 2).map(lambda rows: facet(rowCount=rows))),
    )
    return st.lists(one, max_size=2)


def event(**parts):
    return {"producer": PRODUCER, "schemaURL": f"{PRODUCER}/event.json", **parts}


def named_with(pair, found):
    return {**name(pair), "facets": found}


run_events = st.builds(
    lambda time, kind, job, own, run, running, inputs, outputs: event(
        eventTime=time,
        **({"eventType": kind} if kind else {}),
        job=named_with(job, own),
        run={"runId": run, "facets": running},
        inputs=inputs,
        outputs=outputs,
    ),
    times,
    st.sampled_from(["START", "RUNNING", "COMPLETE", "COMPLETE", "FAIL", "ABORT", "OTHER", None]),
    st.sampled_from(JOBS),
    job_facets,
    st.sampled_from(RUNS),
    run_facets,
    described(datasets, "inputFacets"),
    described(datasets, "outputFacets"),
)
job_events = st.builds(
    lambda time, job, own, inputs, outputs: event(
        eventTime=time, job=named_with(job, own), inputs=inputs, outputs=outputs
    ),
    times,
    st.sampled_from(JOBS),
    job_facets,
    described(datasets, "inputFacets"),
    described(datasets, "outputFacets"),
)
dataset_events = st.builds(
    lambda time, pair, found: event(eventTime=time, dataset=named_with(pair, found)), times, datasets, dataset_facets
)
event_lists = st.lists(st.one_of(run_events, run_events, job_events, dataset_events), min_size=1, max_size=10)
