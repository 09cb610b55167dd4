"""The 37 ways of moving data of `benchmarks/collector/paths.py`, under ours, one after another in one process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from datahub_schemas import faults_of_proposal

sys.path.append(str(Path(__file__).parents[2] / "benchmarks" / "collector"))

from _paths_judge import faults  # the benchmark's folder is no package
from _paths_scenarios import SCENARIOS
from _paths_servers import Stage, make_tables

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def played(_postgres_server, _moto_server):
    with _postgres_server.database() as database:
        make_tables(database)
        done = Stage(database, _moto_server).play(sys.executable, "whence.aileron", [each.name for each in SCENARIOS])
    assert not done.errors, done.errors
    return done


def test_there_are_37():
    assert len({each.name for each in SCENARIOS}) == len(SCENARIOS) == 37


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[each.name for each in SCENARIOS])
def test_the_right_datasets_are_under_the_right_run(played, scenario):
    assert faults(scenario, played.catalogue) == []


def test_nothing_else_was_told(played):
    """No run but those of the scenarios' jobs, and each of them once."""
    jobs = {run.job.rpartition(",")[2].rstrip(")") for run in played.catalogue.runs()}
    assert jobs == {job for each in SCENARIOS for job in each.truth}


def test_what_datahub_got_is_well_made(played):
    """By the schemas that DataHub's own client ships."""
    assert [fault for each in played.proposals for fault in faults_of_proposal(each)] == []
    assert len(played.proposals) > 37
