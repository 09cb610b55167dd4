from __future__ import annotations

from graphs import edge, graph, node, shop

from whence_server.cli.drawings import dot, mermaid


def test_mermaid():
    assert mermaid(shop()).splitlines()[:4] == [
        "flowchart LR",
        '  n0["orders"]',
        '  n1(["load"])',
        '  n2["orders.csv"]',
    ]
    assert "  n4 -.-> n3" in mermaid(shop()).splitlines()
    assert "  n2 --> n1" in mermaid(shop()).splitlines()


def test_dot():
    lines = dot(shop()).splitlines()
    assert lines[0] == "digraph lineage {"
    assert lines[-1] == "}"
    assert '  n1 [label="load" shape=box style="rounded"];' in lines
    assert "  n4 -> n3 [style=dashed];" in lines


def test_no_name_breaks_out_of_its_label():
    evil = 'a"]; click n0 "javascript:x" <b> #quot; \\" \n x'
    nodes = [node("DATASET", evil, 0), node("JOB", "j", 1)]
    drawn = graph(nodes[0]["id"], nodes, [edge(nodes[0]["id"], "job:shop:j"), edge("dataset:gone", "job:shop:j")])
    assert len(mermaid(drawn).splitlines()) == 4
    assert mermaid(drawn).splitlines()[1].count('"') == 2
    assert "<b>" not in mermaid(drawn)
    assert len(dot(drawn).splitlines()) == 7
    label = dot(drawn).splitlines()[3]
    assert label.replace("\\\\", "").replace('\\"', "").count('"') == 2
