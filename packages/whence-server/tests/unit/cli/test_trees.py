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
