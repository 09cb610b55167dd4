"""Was the truth told? Compares the catalogue that the requests amount to with what a scenario truly did."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _paths_scenarios import Scenario
    from gms_server import Catalogue, Run

_START = "urn:li:dataset:(urn:li:dataPlatform:"


def faults(scenario: Scenario, catalogue: Catalogue) -> list[str]:
    """Return what was told wrongly of a scenario, nothing when the right datasets are under the right runs."""
    return [
        fault for job, ends in scenario.truth.items() for fault in _of_job(job, ends, scenario.tolerated, catalogue)
    ]


def _of_job(job: str, truth: tuple[set[str], set[str]], tolerated: frozenset[str], catalogue: Catalogue) -> list[str]:
    runs = [run for run in catalogue.runs() if run.job.endswith(f",{job})")]
    if len(runs) != 1:
        return [f"{job}: {len(runs)} runs"]
    return [f"{job}: {fault}" for fault in _of_run(runs[0], truth, tolerated)]


def _of_run(run: Run, truth: tuple[set[str], set[str]], tolerated: frozenset[str]) -> Iterable[str]:
    if run.states[-1:] != ["SUCCESS"]:
        yield f"ended as {run.states}"
    for word, told, true in (("read", run.inputs, truth[0]), ("written", run.outputs, truth[1])):
        names = {short(urn) for urn in told}
        if missing := true - names:
            yield f"not {word}: {', '.join(sorted(missing))}"
        if added := names - true - tolerated:
            yield f"never {word}: {', '.join(sorted(added))}"


def short(urn: str) -> str:
    """Return `platform:name`: of a table in a database the last part, of a place in S3 the folder."""
    platform, name, _ = urn.removeprefix(_START).rstrip(")").split(",")
    name = unquote(name)
    if platform == "s3":
        return f"s3:{name.removeprefix('s3://').strip('/')}"
    return f"{platform}:{name if platform == 'glue' else name.rpartition('.')[2]}"
