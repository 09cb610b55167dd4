"""The page on coming from aileron-meta-collector: its example runs, its table names every setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from aileron_service import service

from whence.aileron import config

pytestmark = pytest.mark.integration
PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "aileron.md").read_text()


def test_example_runs(tmp_path, monkeypatch):
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with service(tmp_path, monkeypatch) as datahub:
        exec(compile(example, "aileron.md", "exec"), {"__name__": "example"})
        run = datahub.arrived().run("order-daily-aggregation")
    assert run.outputs == {"urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.order_summary,PROD)"}
    assert run.job.startswith("urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,order-processing-service,PROD),")


def test_every_setting_is_told():
    source = Path(config.__file__).read_text()
    read = set(re.findall(r'_told\("([A-Z_]+)"\)', source)) | set(re.findall(r'_number\("([A-Z_]+)"', source))
    table = PAGE[PAGE.index("## Settings") : PAGE.index("## What is different")]
    assert read >= {"GMS_URL", "ENV", "ENABLED", "SILENT_FAIL"}
    assert {name for name in read if f"`{name}`" not in table} == set()
