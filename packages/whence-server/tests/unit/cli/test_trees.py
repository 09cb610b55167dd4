from __future__ import annotations

from graphs import edge, graph, node, shop

from whence_server.cli.trees import label, start_of, tree_lines


def test_what_it_comes_from_is_unfolded_once():
    assert tree_lines(shop(), "up") == [
        "├─ job load [shop] FAILED",
        "│  └─ orders.csv [shop]",
        "└─ job score [shop]",
        "   └─ model [shop]",
        "      └─ job train [shop]",
        "         ├─ customers [shop]  (inferred)",
        "         └─ orders [shop]  (shown above)",
    ]


def test_what_it_goes_to():
    assert tree_lines(shop(), "down") == [
        "└─ job train [shop]",
        "   └─ model [shop]",
        "      └─ job score [shop]",
        "         └─ orders [shop]  (shown above)",
    ]


def two_files() -> dict:
    """a.csv and b.csv are loaded by one job into the tables a and b; the columns say which into which."""
    datasets = [node("DATASET", name, 0) for name in ("a", "b", "a.csv", "b.csv")]
    through = {"job": "job:shop:load", "transformations": []}
    return graph(
        "dataset:shop:b",
        [*datasets[::-1], node("JOB", "load", -1)],
        [
            edge("dataset:shop:a.csv", "job:shop:load", source="columnLineage"),
            edge("dataset:shop:b.csv", "job:shop:load", source="columnLineage"),
            edge("job:shop:load", "dataset:shop:a", source="columnLineage"),
            edge("job:shop:load", "dataset:shop:b", source="columnLineage"),
        ],
        fieldEdges=[
            {"origin": f"datasetField:shop:{name}.csv:x:y", "destination": f"datasetField:shop:{name}:x:y", **through}
            for name in ("a", "b")
        ],
    )


def test_a_job_is_unfolded_for_the_dataset_it_was_reached_from():
    assert tree_lines(two_files(), "up") == ["└─ job load [shop]", "   └─ b.csv [shop]"]
    from_file = two_files() | {"entity": {"id": "dataset:shop:a.csv", "type": "DATASET", "name": "a.csv"}}
    assert tree_lines(from_file, "down") == ["└─ job load [shop]", "   └─ a [shop]"]


def test_without_columns_all_inputs_are_shown():
    assert len(tree_lines(two_files() | {"fieldEdges": []}, "up")) == 3


def test_of_a_content_only_the_beginning_is_shown():
    name = f"file::/data/a.csv@sha256:{'0123456789abcdef' * 4}"
    assert label(node("DATASET", name, 0, namespace="file"), "x") == "file::/data/a.csv@sha256:0123456789ab…"


def test_nothing_there_is_no_line():
    assert tree_lines(graph("dataset:shop:a", [node("DATASET", "a", 0)], []), "up") == []


def test_edges_to_nodes_outside_the_answer_are_left_out():
    cut = graph("dataset:shop:a", [node("DATASET", "a", 0)], [edge("job:shop:gone", "dataset:shop:a")])
    assert tree_lines(cut, "up") == []


def test_a_chain_deeper_than_the_stack_is_drawn():
    nodes = [node("DATASET", f"d{i}", i) for i in range(3000)]
    edges = [edge(f"dataset:shop:d{i}", f"dataset:shop:d{i + 1}") for i in range(2999)]
    assert len(tree_lines(graph("dataset:shop:d0", nodes, edges), "down")) == 2999


def test_the_start_of_a_field_is_its_dataset():
    answer = shop()
    answer["entity"] = {
        "id": "datasetField:shop:orders:amount",
        "type": "DATASET_FIELD",
        "namespace": "shop",
        "name": "orders",
        "field": "amount",
    }
    assert start_of(answer) == "dataset:shop:orders"


def test_names_cannot_move_the_cursor():
    assert label(node("DATASET", "a\x1b[2J", 0), "x") == "a\\x1b[2J [shop]"
    assert label(None, "dataset:\x1b:b") == "dataset:\\x1b:b"
