"""The commands that ask a server, as a person types them: against `whence serve` with a few events."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from commands import whence

pytestmark = pytest.mark.integration

STORE = "postgres://db:5432"
PRODUCER = "https://example.com/cli-test"


def dataset(name: str, namespace: str = STORE, **facets: object) -> dict:
    return {"namespace": namespace, "name": name, "facets": facets}


def column_lineage(**fields: tuple[str, str]) -> dict:
    sources = {
        name: {"inputFields": [{"namespace": STORE, "name": source, "field": field}]}
        for name, (source, field) in fields.items()
    }
    return {"_producer": PRODUCER, "_schemaURL": PRODUCER, "fields": sources}


def run_event(job: str, number: int, inputs: list[dict], outputs: list[dict], state: str = "COMPLETE") -> dict:
    return {
        "eventType": state,
        "eventTime": f"2026-01-01T00:00:{number:02}Z",
        "producer": PRODUCER,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": f"01941f29-7c00-7000-8000-{number:012}"},
        "job": {"namespace": "shop", "name": job},
        "inputs": inputs,
        "outputs": outputs,
    }


EVENTS = [
    run_event(
        "load",
        1,
        [dataset("raw.customers")],
        [dataset("shop.customers", columnLineage=column_lineage(email=("raw.customers", "email")))],
    ),
    run_event("report", 2, [dataset("shop.customers")], [dataset("shop.report")]),
    run_event("same", 3, [dataset("twice")], [dataset("twice", "other")]),
    run_event("evil", 4, [dataset("name\x1b[31m")], [dataset("고객")]),
]


@pytest.fixture(scope="module")
def ask(whence_server):
    """Give a function that runs a command against a server that knows EVENTS."""
    lines = "\n".join(map(json.dumps, EVENTS))
    taken = pipe_in(lines, "import", "-", "--json", "--url", whence_server.url)
    assert json.loads(taken.stdout)["imported"] == len(EVENTS)
    return lambda *words: whence(*words, "--url", whence_server.url)


def pipe_in(text: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run `whence` as a process that reads this text from its standard input."""
    command = [sys.executable, "-m", "whence.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", input=text, timeout=60, check=True)


def test_graph_draws_what_it_comes_from_and_goes_to(ask):
    ran = ask("graph", "shop.customers")
    assert ran.returncode == 0
    assert ran.stdout.splitlines() == [
        "shop.customers [postgres://db:5432] comes from",
        "└─ job load [shop]",
        "   └─ raw.customers [postgres://db:5432]",
        "",
        "shop.customers [postgres://db:5432] goes to",
        "└─ job report [shop]  (inferred)",
        "   └─ shop.report [postgres://db:5432]  (inferred)",
        "",
    ]


def test_graph_shows_fields_on_demand(ask):
    ran = ask("graph", "shop.customers", "--direction", "up", "--fields")
    assert ran.stdout.splitlines()[-2:] == [
        f"datasetField:{STORE}:raw.customers:email",
        f"  -> datasetField:{STORE}:shop.customers:email",
    ]


def test_graph_as_json_is_the_answer_of_the_server(ask):
    ran = ask("graph", "job:shop:load", "--depth", 1, "--json")
    graph = json.loads(ran.stdout)
    assert graph["entity"]["id"] == "job:shop:load"
    assert graph["truncated"] is False
    assert ran.stderr == ""


def test_a_cut_answer_says_so(ask):
    ran = ask("graph", "raw.customers", "--max-nodes", 2)
    assert ran.returncode == 0
    assert "cut: " in ran.stdout


def test_path_and_the_lack_of_one(ask):
    ran = ask("path", "raw.customers", "shop.report")
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[0] == "2 hops from raw.customers to shop.report"
    assert ran.stdout.splitlines()[-1] == "-> shop.report [postgres://db:5432]"
    back = ask("path", "shop.report", "raw.customers")
    assert back.returncode == 1
    assert "no way leads from shop.report to raw.customers" in back.stdout
    assert "but one leads back" in back.stdout
    assert json.loads(ask("path", "shop.report", "raw.customers", "--json").stdout)["found"] is False


def test_impact_lists_jobs_datasets_and_columns_nearest_first(ask):
    ran = ask("impact", f"datasetField:{STORE}:raw.customers:email")
    assert ran.returncode == 0
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("downstream of raw.customers.email: ")
    assert [line.split()[:3] for line in lines[3:6]] == [
        ["1", "job", "load"],
        ["1", "dataset", "shop.customers"],
        ["1", "column", "shop.customers.email"],
    ]


def test_search_finds_and_does_not_find(ask):
    ran = ask("search", "CUSTOM")
    assert ran.returncode == 0
    assert f"dataset:{STORE}:shop.customers" in ran.stdout
    none = ask("search", "no such thing")
    assert none.returncode == 1
    assert none.stdout == "nothing has 'no such thing' in its name\n"
    assert json.loads(ask("search", "no such thing", "--json").stdout)["results"] == []


def test_an_unknown_entity_comes_with_candidates(ask):
    ran = ask("graph", "shop.custmers", "--json")
    assert ran.returncode == 4
    assert "nothing is called 'shop.custmers'" in ran.stderr
    error = json.loads(ran.stdout)["error"]
    assert f"dataset:{STORE}:shop.customers" in [each["id"] for each in error["candidates"]]


def test_an_unknown_field_comes_with_the_fields_there_are(ask):
    ran = ask("impact", f"datasetField:{STORE}:shop.customers:emial")
    assert ran.returncode == 4
    assert "email" in ran.stderr.splitlines()[-1]


def test_an_ambiguous_entity_lists_what_can_be_asked_instead(ask):
    ran = ask("graph", "twice")
    assert ran.returncode == 4
    assert ran.stdout == ""
    candidates = [line.strip() for line in ran.stderr.splitlines() if line.startswith("    ")]
    assert len(candidates) == 2
    for candidate in candidates:
        assert ask("graph", candidate).returncode == 0


def test_a_name_cannot_colour_the_terminal(ask):
    ran = ask("graph", "고객")
    assert "name\\x1b[31m" in ran.stdout
    assert "\x1b" not in ran.stdout


def test_a_wrong_value_is_said_with_its_parameter(ask):
    ran = ask("graph", "shop.customers", "--depth", -1)
    assert ran.returncode == 2
    assert "depth" in ran.stderr
    assert "-1" in ran.stderr


def test_drawings(ask, tmp_path):
    ran = ask("export", "--mermaid", "shop.customers")
    assert ran.returncode == 0
    assert ran.stdout.startswith("flowchart LR\n")
    target = tmp_path / "graph.dot"
    ran = ask("export", "--dot", "shop.customers", "--output", target)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert target.read_text().startswith("digraph lineage {")
    assert [path.name for path in tmp_path.iterdir()] == ["graph.dot"]


def test_events_come_out_as_they_went_in(ask):
    ran = ask("export", "--events")
    assert sorted(map(json.loads, ran.stdout.splitlines()), key=lambda e: e["eventTime"]) == EVENTS
    assert json.loads(ask("export", "--events", "--json").stdout) == [json.loads(e) for e in ran.stdout.splitlines()]


def test_export_and_import_make_the_same_graph(ask, whence_server, tmp_path):
    events = ask("export", "--events").stdout
    lines = events.splitlines()
    shuffled = "\n".join([*lines[::-1], *lines])
    pipe_in(shuffled, "import", "-", "--data", tmp_path / "copy")
    here = whence("export", "--canonical", "--data", whence_server.folder / "data")
    there = whence("export", "--canonical", "--data", tmp_path / "copy")
    assert here.stdout == there.stdout
    assert len(here.stdout.splitlines()) > len(EVENTS)


def test_rebuild_needs_the_folder_for_itself(ask, whence_server, tmp_path):
    busy = whence("rebuild", "--data", whence_server.folder / "data")
    assert busy.returncode == 6
    assert "already writes to" in busy.stderr
    (tmp_path / "events.jsonl").write_text(ask("export", "--events").stdout)
    whence("import", tmp_path / "events.jsonl", "--data", tmp_path / "copy")
    ran = whence("rebuild", "--data", tmp_path / "copy", "--json")
    assert ran.returncode == 0
    told = json.loads(ran.stdout)
    assert told["changed"] is False
    assert told["counters"]["events"] == len(EVENTS)
    shown = whence("rebuild", "--data", tmp_path / "copy").stdout
    assert f"folded {len(EVENTS)} events in " in shown
    assert "the graph is as before" in shown
    assert told["digest"] in shown


@pytest.mark.parametrize(
    "name",
    ["serve", "demo", "graph", "path", "impact", "search", "import", "export", "rebuild", "doctor", "drain", "config"],
)
def test_each_command_has_help_with_an_example(name):
    ran = whence(name, "--help")
    assert ran.returncode == 0
    assert f"usage: whence {name}" in ran.stdout
    assert f"whence {name}" in ran.stdout.partition("example:\n")[2]
    assert "--json" in ran.stdout
