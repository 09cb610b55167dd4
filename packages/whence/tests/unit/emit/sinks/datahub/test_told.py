"""An event as the sink reads it."""

from __future__ import annotations

import pytest

from whence.emit.sinks.datahub._proposals import Origin
from whence.emit.sinks.datahub._told import Told
from whence.emit.sinks.datahub._work import happen


@pytest.mark.parametrize(
    ("second", "start_ms", "end_ms"), [("10.000200", 10_000, 10_001), ("10.001000", 10_001, 10_001)]
)
def test_an_end_is_rounded_up_so_that_it_lies_after_its_start(second, start_ms, end_ms):
    told = Told(
        {
            "eventTime": f"1970-01-01T00:00:{second}Z",
            "eventType": "COMPLETE",
            "producer": "test",
            "run": {"runId": "r"},
            "job": {"namespace": "n", "name": "j"},
        }
    )
    assert (told.time_ms, told.end_ms) == (start_ms, end_ms)
    (point,) = happen(told, None, Origin(told.time_ms, "r"))
    assert point.value["timestampMillis"] == end_ms
