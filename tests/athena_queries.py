"""What the tests of Athena share: starting and polling as the seed's examples do, and how its tables are called."""

from __future__ import annotations

import time
from typing import Any

NAMESPACE = "awsathena://athena.us-east-1.amazonaws.com"
OUTPUT = {"OutputLocation": "s3://athena-results/tmp/"}


def start(athena: Any, text: str, database: str = "sales_db", **context: str) -> str:
    """Start a query; return its id."""
    return athena.start_query_execution(
        QueryString=text,
        QueryExecutionContext={"Database": database, **context},
        ResultConfiguration=OUTPUT,
    )["QueryExecutionId"]


def wait_for_query(athena: Any, execution_id: str) -> str:
    """Poll until the query has ended; return its last state."""
    while True:
        result = athena.get_query_execution(QueryExecutionId=execution_id)
        state = result["QueryExecution"]["Status"]["State"]
        if state in ("SUCCEEDED", "FAILED", "CANCELLED"):
            return state
        time.sleep(0.01)


def table(name: str) -> str:
    """Return the name of a table of Athena's own catalogue, given with its database."""
    return f"awsdatacatalog.{name}"


def aliases(dataset: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the other names of a dataset, as its symlinks facet tells them."""
    return {(each["namespace"], each["name"]) for each in dataset["facets"].get("symlinks", {}).get("identifiers", ())}
