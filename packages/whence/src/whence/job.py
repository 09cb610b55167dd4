"""Jobs: the decorator, the context manager and the calls by hand that begin and end runs.

    @whence.job("load_orders", flow="shop")    each call is a run; also for coroutine functions and generators
    def load(): ...

    with whence.job("load_orders") as run: ...    also `async with`

    run = whence.start_run("train", inputs=[...])
    whence.complete_run(run, outputs=[...])

How a run is tied to a function is in `_jobs.runs`, what is known of a job in `_jobs.spec`. It must not decide what an
event looks like.
"""

from __future__ import annotations

from whence import context
from whence._jobs.callables import name_of, summary_of
from whence._jobs.runs import begin_run, datasets_of, each_call_a_run, end, enter, leave
from whence._jobs.spec import JobSpec as JobSpec  # noqa: PLC0414  named here for those who make runs of their own
from whence._jobs.spec import several

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType
    from typing import Any, ParamSpec, TypedDict, TypeVar, Unpack, overload

    from whence._jobs.spec import JobOptions as JobOptions  # noqa: PLC0414  as above
    from whence.context import Run

    P = ParamSpec("P")
    T = TypeVar("T")
    F = TypeVar("F", bound=Callable[..., Any])


class Job:
    """A job that can be run: as a decorator, or as a context manager (plain and async). Made by `whence.job`."""

    __slots__ = ("_entered", "_options", "name")

    def __init__(self, name: str | None, options: JobOptions) -> None:
        self.name = name
        self._options: JobOptions = {**options}
        if "upstream_jobs" in options:  # a generator would be empty for the second run
            self._options["upstream_jobs"] = several(options["upstream_jobs"], "upstream_jobs")
        if "owners" in options:
            self._options["owners"] = several(options["owners"], "owners")
        self._entered: list[Run] = []
        JobSpec(name or "", self._options)  # wrong options fail where they are written

    def __call__(self, function: F) -> F:
        """Make each call of the function a run of the job."""
        options: JobOptions = {**self._options}
        if "description" not in options and (summary := summary_of(function)):
            options["description"] = summary
        call: Any = each_call_a_run(function, JobSpec(self.name or name_of(function), options))
        return call

    def __enter__(self) -> Run:
        run = enter(JobSpec(self.name or "unnamed", self._options))
        self._entered.append(run)
        return run

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        run = self._leaving()
        if run is not None:
            leave(run, error)

    async def __aenter__(self) -> Run:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def _leaving(self) -> Run | None:
        """Return the run that is left: the innermost of ours that is current here, else the one entered last."""
        run = context.get()
        while run is not None:
            if run in self._entered:
                self._entered.remove(run)
                return run
            run = run.outer
        return self._entered.pop() if self._entered else None


if TYPE_CHECKING:

    @overload
    def job(name: Callable[P, T], /) -> Callable[P, T]: ...
    @overload
    def job(name: str | None = None, **options: Unpack[JobOptions]) -> Job: ...


def job(name: Any = None, **options: Any) -> Any:
    """Name a job: decorate the function that does it, or enter the result around the code that does it.

    Without a name the function's own is taken. Each call, or each entering, is one run; inside another run it is its
    child. Raises TypeError for an option that does not exist, here, where it is written; never later.

    Options: `namespace`; `flow`, the pipeline it is part of; `description`, by default the docstring's first paragraph;
    `upstream_jobs`, those that must have run before; `owners`; `attempt`, 2 for the first retry; `nominal_time`, the
    time that the run stands for; `parent`, the run elsewhere that started this one; `flow_description`; `orchestrator`.
    """
    if callable(name):
        return Job(None, {})(name)
    return Job(name, options)  # pyright: ignore[reportArgumentType]  checked by JobSpec


def start_run(name: str, *, inputs: Iterable[Any] = (), **options: Unpack[JobOptions]) -> Run:
    """Begin a run by hand and return it; its START event has the inputs. End it with `complete_run` or `fail_run`.

    It does not become the current run: hooks and `add_input` do not find it. The run around the call is its parent.
    """
    return begin_run(JobSpec(name, options), inputs)


def complete_run(run: Run, *, inputs: Iterable[Any] = (), outputs: Iterable[Any] = ()) -> None:
    """End a run that was begun by hand; its COMPLETE event has the datasets. Repeating it does nothing."""
    _name_all(run, inputs, outputs)
    end(run, None)


def fail_run(
    run: Run, error: BaseException | str | None = None, *, inputs: Iterable[Any] = (), outputs: Iterable[Any] = ()
) -> None:
    """End a run that was begun by hand as failed, with the reason. Later calls for the same run do nothing."""
    _name_all(run, inputs, outputs)
    end(run, error if isinstance(error, BaseException) else RunFailedError(error or ""))


class RunFailedError(Exception):
    """Stands for the reason of a failed run that was given as text; never raised."""


def _name_all(run: Run, inputs: Iterable[Any], outputs: Iterable[Any]) -> None:
    if run.is_ended:
        return
    for dataset in datasets_of(inputs):
        run.add_input(dataset)
    for dataset in datasets_of(outputs):
        run.add_output(dataset)


if TYPE_CHECKING:

    class DatasetOptions(TypedDict, total=False):
        """What can be said about a dataset that is named by hand."""

        namespace: str
        """Where its name lives; without it text is read as a URL, a path, or a name in the run's namespace."""
        fields: Iterable[Any]
        """Its columns: names, pairs of name and type, or a mapping of names to types."""
        description: str
        rows: int
        """How many rows were read or written."""
        facets: dict[str, Any]
        """Further OpenLineage facets, taken as they are."""

    class OutputOptions(DatasetOptions, total=False):
        """What can be said about an output that is named by hand."""

        columns: Mapping[str, str | Iterable[str | tuple[Any, str] | tuple[Any, str, str]]]
        """What its columns come from: column -> `dataset.column`, or pairs of dataset and column; third, how."""


def add_input(dataset: Any, **options: Unpack[DatasetOptions]) -> None:
    """Say that the current run reads a dataset.

    `dataset` is a name (with `namespace`), a URL, a path, `model:<name>/<version>`, a dataset or dataset id of
    `whence.model`, or an OpenLineage dataset as a dict. A file is named by its content: up to 256 KiB are read at once,
    more in the background. What cannot be understood is logged once and left out. Outside of a run it has no effect.

    Options: `namespace`, where the name lives; `fields`, its columns as names, pairs of name and type, or a mapping;
    `description`; `rows`, how many were read; `facets`, further OpenLineage facets.
    """
    run = context.current_run()
    if run is not None:
        run.add_input(dataset, **options)


def add_output(dataset: Any, **options: Unpack[OutputOptions]) -> None:
    """Say that the current run writes a dataset; as `add_input`, with its options. A file is read when the run ends.

    `columns={"total": ["items.price"]}` says which columns its columns were made from; their datasets become inputs.
    """
    run = context.current_run()
    if run is not None:
        run.add_output(dataset, **options)
