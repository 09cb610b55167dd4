"""Parents of runs across processes: how a run is handed to another process, and how one is found there.

The environment carries OpenLineage's own variables, as its dbt integration and Airflow's macros have them:
`OPENLINEAGE_CONTEXT` (JSON: parent with its root) and `OPENLINEAGE_PARENT_ID`, `OPENLINEAGE_ROOT_PARENT_ID`
(`namespace/name/run id`). HTTP and Celery headers carry `whence-parent`: the same three parts, percent-encoded, then
the root's after a comma; what others send as `openlineage-parent-id` is understood. Spark takes it as configuration.

What is not such a text is no parent: it is said once and left out, never guessed, never raised. It must not write to
the process's own environment: a parent is handed to those whom the caller chooses.
"""

from __future__ import annotations

import os

from whence.context import Remote, Run, current_run
from whence.model import is_uuid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Given = str | Run | Remote | Mapping[Any, Any]

HEADER = "whence-parent"
_CONTEXT, _PARENT, _ROOT = "OPENLINEAGE_CONTEXT", "OPENLINEAGE_PARENT_ID", "OPENLINEAGE_ROOT_PARENT_ID"
_PARTS = ("OPENLINEAGE_PARENT_RUN_ID", "OPENLINEAGE_PARENT_JOB_NAMESPACE", "OPENLINEAGE_PARENT_JOB_NAME")
_SPARK = "spark.openlineage."
_MAX_CHARS = 4096  # of a text that came from outside
_inherited: list[Run | Remote | None] = []
_said: set[str] = set()


def inherited() -> Run | Remote | None:
    """Return the run that started this process, if its environment says so; it is read once."""
    if not _inherited:
        is_told = any(name in os.environ for name in (_CONTEXT, _PARENT, _PARTS[0]))
        _inherited.append(parent_of(os.environ) if is_told else None)
    return _inherited[0]


def parent_environment() -> dict[str, str]:
    """Return the environment variables that make the outermost runs of another process children of the current run.

    For `subprocess.run(..., env=os.environ | whence.parent_environment())`; dbt with OpenLineage reads them too. Empty
    outside of a run.
    """
    run = _run_to_hand_on()
    if run is None:
        return {}
    import json  # noqa: PLC0415  only who hands a run on pays for it

    root = _root_of(run)
    parent = {**_as_json(run), "root": _as_json(root)}
    found = {_CONTEXT: json.dumps({"parent": parent}, separators=(",", ":"))}
    if _is_plain(run) and _is_plain(root):
        found[_PARENT], found[_ROOT] = _plain_text(run), _plain_text(root)
    return found


def parent_headers() -> dict[str, str]:
    """Return the headers that hand the current run to another service: HTTP, Celery, Kafka. Empty outside of a run."""
    run = _run_to_hand_on()
    if run is None:
        return {}
    found = {HEADER: f"{_quoted(run)},{_quoted(_root_of(run))}"}
    if _is_plain(run) and _plain_text(run).isascii():
        found["openlineage-parent-id"] = _plain_text(run)
    return found


def spark_conf() -> dict[str, str]:
    """Return the settings that make a Spark application, with OpenLineage's listener, a child of the current run."""
    run = _run_to_hand_on()
    if run is None:
        return {}
    root = _root_of(run)
    return {
        f"{_SPARK}parentRunId": run.run_id,
        f"{_SPARK}parentJobNamespace": run.job_namespace,
        f"{_SPARK}parentJobName": run.job_name,
        f"{_SPARK}rootParentRunId": root.run_id,
        f"{_SPARK}rootParentJobNamespace": root.job_namespace,
        f"{_SPARK}rootParentJobName": root.job_name,
    }


def _run_to_hand_on() -> Run | None:
    """Return the current run; from now on somebody may refer to it, so it is told."""
    run = current_run()
    collector: Any = None if run is None else run.collector
    if run is not None and not run.is_told and collector is not None:
        collector.tell_begun(run)
    return run


def parent_of(given: Given) -> Run | Remote | None:
    """Understand what somebody gives as a parent; None when it is none.

    A run; `namespace/name/run id` (what Airflow's macro `lineage_parent_id` makes); the text of the header; or a
    mapping that may hold it: an environment, headers in whatever case, Spark's settings.
    """
    if isinstance(given, (Run, Remote)):
        return given
    try:
        found = _from_text(given) if isinstance(given, str) else _from_mapping(given)
        if found is None and isinstance(given, str):
            _say(given)
    except Exception:  # noqa: BLE001  border: what came from outside may be anything
        _say(str(type(given).__name__))
        return None
    return found


def _from_mapping(given: Mapping[Any, Any]) -> Remote | None:
    known = {_text(key).lower().replace("_", "-"): value for key, value in given.items()}

    def value(name: str) -> str:
        return _text(known.get(name.lower().replace("_", "-"), ""))[:_MAX_CHARS]

    if value(_CONTEXT) and (found := _from_json(value(_CONTEXT))):
        return found
    for name in (HEADER, _PARENT):
        if value(name):
            found = _from_text(value(name))
            if found is None:
                _say(name)
            elif found.parent is None and name == _PARENT:
                found.parent = _from_text(value(_ROOT))
            return found
    spark = [f"{_SPARK}parent{part}" for part in ("RunId", "JobNamespace", "JobName")]
    for names in (list(_PARTS), spark):
        if value(names[0]):
            root_names = [name.replace("_PARENT_", "_ROOT_PARENT_").replace(".parent", ".rootParent") for name in names]
            root = _remote(value(root_names[0]), value(root_names[1]), value(root_names[2]))
            return _remote(value(names[0]), value(names[1]), value(names[2]), root)
    return None


def _from_json(text: str) -> Remote | None:
    import json  # noqa: PLC0415  as above

    parent: Any = json.loads(text)["parent"]
    root: Any = parent.get("root") or {}
    return _of_json(parent, _of_json(root, None))


def _of_json(body: Any, root: Remote | None) -> Remote | None:
    if "run" not in body or "job" not in body:
        return None
    job = body["job"]
    return _remote(body["run"]["runId"], job["namespace"], job["name"], root)


def _from_text(text: str) -> Remote | None:
    """Read `namespace/name/run id`, or the header's two of them, percent-encoded."""
    if len(text) > _MAX_CHARS:
        return None
    first, comma, second = text.strip().partition(",")
    if comma or "%" in text:
        return _from_quoted(first, _from_quoted(second, None))
    head, _, run_id = first.rpartition("/")
    scheme, mark, rest = head.partition("://")
    server, slash, name = (rest if mark else head).partition("/")
    if not slash or (not mark and "/" in name):  # where the namespace ends is not to be seen
        return None
    return _remote(run_id, f"{scheme}://{server}" if mark else server, name, None)


def _from_quoted(text: str, root: Remote | None) -> Remote | None:
    from urllib.parse import unquote  # noqa: PLC0415  only who is handed a run pays for it

    parts = [unquote(part) for part in text.strip().split("/")]
    return _remote(parts[2], parts[0], parts[1], root) if len(parts) == 3 else None  # noqa: PLR2004  the three parts


def _remote(run_id: str, namespace: str, name: str, root: Remote | None = None) -> Remote | None:
    run_id = run_id.lower()
    if not namespace or not name or not is_uuid(run_id):
        return None
    is_root = root is not None and root.run_id == run_id
    return Remote(run_id, namespace, name, None if is_root else root)


def _root_of(run: Run | Remote) -> Run | Remote:
    root = run
    while root.parent is not None:
        root = root.parent
    return root


def _as_json(run: Run | Remote) -> dict[str, Any]:
    return {"run": {"runId": run.run_id}, "job": {"namespace": run.job_namespace, "name": run.job_name}}


def _is_plain(run: Run | Remote) -> bool:
    """Whether `namespace/name/run id` can be taken apart again."""
    return "/" not in run.job_namespace + run.job_name


def _plain_text(run: Run | Remote) -> str:
    return f"{run.job_namespace}/{run.job_name}/{run.run_id}"


def _quoted(run: Run | Remote) -> str:
    from urllib.parse import quote  # noqa: PLC0415  as above

    return f"{quote(run.job_namespace, safe='')}/{quote(run.job_name, safe='')}/{run.run_id}"


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _say(what: str) -> None:
    """Log once that a parent was not understood."""
    if len(_said) < 20 and what not in _said:  # noqa: PLR2004  enough to find the fault
        _said.add(what)
        from whence._capture.active import active  # noqa: PLC0415  only trouble needs it

        collector = active()
        if collector is not None:
            collector.say(f"parent {what}", f"a parent run was not understood and is left out: {what[:200]!r}")
