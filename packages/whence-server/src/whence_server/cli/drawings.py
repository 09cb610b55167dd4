"""A graph answer as Mermaid or Graphviz DOT text.

Must not: ask the server or print. Nodes get short ids of their own; names go into quoted labels, escaped, so that no
name can break out of its label. Sources: Mermaid's flowchart syntax (entity codes `#quot;`), the DOT grammar (quoted
strings).
"""

from __future__ import annotations

from typing import Any

from whence.cli import clean, mermaid_text

Json = dict[str, Any]


def mermaid(graph: Json) -> str:
    """Draw a graph answer as a Mermaid flowchart: jobs are rounded, inferred edges dotted."""
    ids = _short_ids(graph)
    lines = ["flowchart LR"]
    for node in graph["nodes"]:
        name = mermaid_text(node["name"])
        lines.append(f'  {ids[node["id"]]}(["{name}"])' if node["type"] == "JOB" else f'  {ids[node["id"]]}["{name}"]')
    for origin, destination, inferred in _edges(graph, ids):
        lines.append(f"  {origin} {'-.->' if inferred else '-->'} {destination}")
    return "\n".join(lines)


def dot(graph: Json) -> str:
    """Draw a graph answer as a DOT digraph: jobs are rounded, inferred edges dashed."""
    ids = _short_ids(graph)
    lines = ["digraph lineage {", "  rankdir=LR;", '  node [fontname="sans-serif"];']
    for node in graph["nodes"]:
        style = 'shape=box style="rounded"' if node["type"] == "JOB" else "shape=box"
        lines.append(f'  {ids[node["id"]]} [label="{_dot_text(node["name"])}" {style}];')
    for origin, destination, inferred in _edges(graph, ids):
        lines.append(f"  {origin} -> {destination}{' [style=dashed]' if inferred else ''};")
    return "\n".join([*lines, "}"])


def _short_ids(graph: Json) -> dict[str, str]:
    return {node["id"]: f"n{number}" for number, node in enumerate(graph["nodes"])}


def _edges(graph: Json, ids: dict[str, str]) -> list[tuple[str, str, bool]]:
    return [
        (ids[edge["origin"]], ids[edge["destination"]], bool(edge["inferred"]))
        for edge in graph["edges"]
        if edge["origin"] in ids and edge["destination"] in ids
    ]


def _dot_text(name: str) -> str:
    return clean(name).replace("\\", "\\\\").replace('"', '\\"')
