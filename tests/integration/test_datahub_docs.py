"""The page on DataHub: its example runs, with the variables that it names, and says the truth about URNs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from datahub_catalog import Catalog

pytestmark = pytest.mark.integration

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "datahub.md").read_text()


def test_the_example_of_the_page_reaches_a_catalogue(tmp_path):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with Catalog(token="s3cret") as catalog:
        environ = {
            "PATH": os.environ["PATH"],
            "WHENCE_SPOOL_DIR": str(tmp_path),
            "DATAHUB_GMS_URL": catalog.url.removeprefix("datahub+"),
            "DATAHUB_GMS_TOKEN": "s3cret",
            "DATAHUB_ENV": "PROD",
        }
        assert {name for name in environ if name.startswith("DATAHUB_")} == set(
            re.findall(r"export (DATAHUB_\w+)=", PAGE)
        )
        subprocess.run([sys.executable, "-c", program], env=environ, check=True, timeout=60)
        orders = "urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.orders,PROD)"
        raw = "urn:li:dataset:(urn:li:dataPlatform:s3,raw-data/orders,PROD)"
        flow = "urn:li:dataFlow:(pythonSdk,daily,PROD)"
        job = f"urn:li:dataJob:({flow},load_orders)"
        assert catalog.upstreams(orders) == {raw}
        assert catalog.aspect(raw, "datasetProperties")["description"] == "Orders as the shop sends them."
        assert catalog.aspect(job, "dataJobInfo")["description"] == "Load yesterday's orders."
        (upstream,) = catalog.aspect(job, "dataJobInputOutput")["inputDatajobEdges"]
        assert upstream["destinationUrn"] == f"urn:li:dataJob:({flow},extract_orders)"
        (process,) = catalog.urns("dataProcessInstance")
        assert len(catalog.events_of(process.rpartition(":")[2])) == 2
