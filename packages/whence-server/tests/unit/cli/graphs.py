"""Graph answers as the server gives them, for tests of what shows them."""

from __future__ import annotations


def node(kind: str, name: str, distance: int, **more) -> dict:
    prefix = "job" if kind == "JOB" else "dataset"
    extra = {"lastRunState": "COMPLETED"} if kind == "JOB" else {"aliases": [], "fields": []}
    base = {"id": f"{prefix}:shop:{name}", "type": kind, "namespace": "shop", "name": name, "distance": distance}
    return base | extra | more


def edge(origin: str, destination: str, *, inferred: bool = False, source: str = "lineage") -> dict:
    return {"origin": origin, "destination": destination, "inferred": inferred, "source": source, "lastSeen": None}


def graph(start: str, nodes: list[dict], edges: list[dict], **more) -> dict:
    entity = next(each for each in nodes if each["id"] == start)
    base = {
        "entity": {key: entity[key] for key in ("id", "type", "namespace", "name")},
        "direction": "both",
        "depth": 5,
        "nodes": nodes,
        "edges": edges,
        "fieldEdges": [],
        "truncated": False,
        "truncatedReason": None,
    }
    return base | more


def shop() -> dict:
    """orders.csv -> load (failed) -> orders -> train -> model -> score -> orders; customers -> train, inferred."""
    nodes = [
        node("DATASET", "orders", 0),
        node("JOB", "load", -1, lastRunState="FAILED"),
        node("DATASET", "orders.csv", -1),
        node("JOB", "train", 1),
        node("DATASET", "customers", -1),
        node("DATASET", "model", 1),
        node("JOB", "score", 2),
    ]
    edges = [
        edge("dataset:shop:orders.csv", "job:shop:load"),
        edge("job:shop:load", "dataset:shop:orders"),
        edge("dataset:shop:orders", "job:shop:train"),
        edge("dataset:shop:customers", "job:shop:train", inferred=True),
        edge("job:shop:train", "dataset:shop:model"),
        edge("dataset:shop:model", "job:shop:score"),
        edge("job:shop:score", "dataset:shop:orders"),
    ]
    return graph("dataset:shop:orders", nodes, edges)
