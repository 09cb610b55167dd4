"""Datasets named by hand, as aileron-meta-collector names them: by table and platform, or by URN.

Each becomes a DataHub URN that reaches DataHub as it is, and an OpenLineage dataset for everybody else. Must not raise
into the host when nothing is collected; arguments that mean nothing are a ValueError, as in the original.
"""

from __future__ import annotations

from whence._capture import active
from whence.aileron import config
from whence.context import current_run
from whence.model import DatasetUrn, now_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from whence.context import Run

_URN = "urn:li:"
_S3_SCHEMES = ("s3://", "s3a://", "s3n://")


def build_dataset_urn(table: str, platform: str, env: str | None = None) -> str:
    """Return the URN of a dataset.

    >>> build_dataset_urn("s3://my-bucket/data/events/", "s3", env="DEV")
    'urn:li:dataset:(urn:li:dataPlatform:s3,my-bucket/data/events,DEV)'

    `env` is the setting's by default. Characters that a URN cannot hold are written as DataHub writes them.
    """
    name = _key_of(table) if platform == "s3" else table
    return str(DatasetUrn(platform, name, config.fabric(env) if env else config.get_env()))


def _key_of(path: str) -> str:
    for scheme in _S3_SCHEMES:
        path = path.removeprefix(scheme)
    return path.rstrip("/")


def add_input(
    table: str | None = None,
    *,
    platform: str | None = None,
    urn: str | None = None,
    env: str | None = None,
    description: str | None = None,
) -> None:
    """Say that the current job reads a dataset: a table and its platform, or a URN. Outside of a job it has no effect.

    Raises ValueError when neither is given.
    """
    _add("input", _urn_of(table, platform, urn, env), description)


def add_output(
    table: str | None = None,
    *,
    platform: str | None = None,
    urn: str | None = None,
    env: str | None = None,
    description: str | None = None,
) -> None:
    """Say that the current job writes a dataset: a table and its platform, or a URN. Outside of a job it has no effect.

    Raises ValueError when neither is given.
    """
    _add("output", _urn_of(table, platform, urn, env), description)


def _add(direction: str, urn: str | None, description: str | None) -> None:
    if urn is None:
        return
    run = current_run()
    if run is None:
        config.say("no job", "a dataset was named outside of a job and is left out; use @datahub_job_fn around it")
        return
    tell = run.add_input if direction == "input" else run.add_output
    tell(urn, **({"description": description} if description else {}))


def _urn_of(table: str | None, platform: str | None, urn: str | None, env: str | None) -> str | None:
    """Return the URN of what was given; None when nothing is collected."""
    if not config.is_collecting():
        return None
    if urn:
        return urn
    if table and platform:
        return build_dataset_urn(table, platform, env)
    raise ValueError("a dataset is named by table and platform, ('sales_db.orders', platform='glue'), or by urn=")


def emit_lineage(
    inputs: list[str],
    outputs: list[str],
    platform: str | None = None,
    env: str | None = None,
    descriptions: dict[str, str] | None = None,
) -> None:
    """Say at once, without a job, that the outputs come from the inputs: tables of the platform, or URNs.

    `descriptions` belong to tables or URNs as they were given. Raises ValueError for a table without a platform.
    """
    collector = active.active()
    if collector is None:
        return
    said = descriptions or {}
    sources = {urn: said.get(item) or said.get(urn) for item, urn in _resolved(inputs, platform, env)}
    targets = {urn: said.get(item) or said.get(urn) for item, urn in _resolved(outputs, platform, env)}
    try:
        for event in _events(sources, targets):
            collector.tell(event)
    except Exception as failure:  # noqa: BLE001  border: a URN that is none must not stop the host
        config.say("emit_lineage", f"a lineage was not understood and is left out: {failure}")


def _resolved(items: Iterable[str], platform: str | None, env: str | None) -> list[tuple[str, str]]:
    resolved: list[tuple[str, str]] = []
    for item in items:
        if not item.startswith(_URN) and platform is None:
            raise ValueError(f"{item[:80]!r} is no URN, so its platform is needed: emit_lineage(..., platform='glue')")
        resolved.append((item, item if item.startswith(_URN) else build_dataset_urn(item, platform or "", env)))
    return resolved


def _events(sources: dict[str, str | None], targets: dict[str, str | None]) -> list[dict[str, Any]]:
    """Return an event for each output, with where it comes from, and for each input that has a description."""
    from whence._capture.run_events import add_given, dataset_event  # noqa: PLC0415  the same
    from whence._datasets.given import understand  # noqa: PLC0415  loaded by the collector anyway

    def dataset(urn: str, direction: str, description: str | None) -> dict[str, Any]:
        given = understand(urn, direction, {"description": description} if description else {}, "")
        body: dict[str, Any] = {"inputs": [], "outputs": []}
        add_given(body, [given])
        return body[f"{direction}s"][0]

    read = [dataset(urn, "input", description) for urn, description in sources.items()]
    written = [dataset(urn, "output", description) for urn, description in targets.items()]
    now = now_us()
    events = [dataset_event(each, now) for each in read if "documentation" in each["facets"]]
    return events + [dataset_event(each, now, read) for each in written if read or "documentation" in each["facets"]]


def urns_of(run: Run, direction: str, timeout_s: float = 0.0) -> list[str]:
    """Return the URNs of what a run read or wrote so far, as far as that is known within the time."""
    if run.collector is None:
        return []
    try:
        datasets = run.collector.so_far(run, timeout_s)[direction == "output"]
        return list(dict.fromkeys(map(_urn, datasets)))
    except Exception as failure:  # noqa: BLE001  border
        config.say("urns", f"the datasets of a run could not be listed: {type(failure).__name__}")
        return []


def _urn(dataset: dict[str, Any]) -> str:
    from whence.model import DatasetId, dataset_urn  # noqa: PLC0415  loaded by the collector anyway

    told = dataset.get("facets", {}).get("whence_datahub")
    return told["urn"] if told else dataset_urn(DatasetId(dataset["namespace"], dataset["name"]), env=config.get_env())
