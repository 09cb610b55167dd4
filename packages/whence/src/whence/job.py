"""Jobs: the decorator, the context manager and the calls by hand that begin and end runs.

    @whence.job("load_orders", flow="shop")        each call is a run; also for async, generator and async generator
    functions with whence.job("load_orders") as run: ...     also `async with` run = whence.start_run("train",
    inputs=[...]); whence.complete_run(run, outputs=[...])

A run is ended exactly once whatever the body does, with its exception if it raised one, which is passed on untouched.
With collection off, or after any trouble of ours, the body runs all the same. It must not decide what an event looks
like.
"""

from __future__ import annotations

from functools import wraps

from whence import context
from whence._active import active
from whence.context import Run
from whence.parents import inherited, parent_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping
    from types import TracebackType
    from typing import Any, ParamSpec, TypedDict, TypeVar, Unpack, overload

    from whence._collector import Collector
    from whence.parents import Given

    P = ParamSpec("P")
    T = TypeVar("T")
    F = TypeVar("F", bound=Callable[..., Any])

    class JobOptions(TypedDict, total=False):
        """What can be said about a job and its runs."""

        namespace: str
        """Where the job's name lives; the setting `namespace` by default."""
        flow: str
        """The pipeline that the job is part of."""
        flow_description: str
        orchestrator: str
        """What runs the flow, as DataHub's URN of the flow says it; the sink's own choice by default."""
        description: str
        """Its documentation; by default the first paragraph of the decorated function's docstring."""
        upstream_jobs: Iterable[str | tuple[str, str]]
        """Jobs that must have run before: `job` of the same flow, `flow.job`, or a pair of namespace and exact name."""
        owners: Iterable[str]
        """Who is responsible, as URNs such as `team:data`."""
        attempt: int
        """Which attempt this is: 2 for the first retry. A retry is a new run of the same job."""
        nominal_time: str | tuple[str, str | None]
        """The time the run stands for, or the start and end of its period, as ISO 8601."""
        parent: Given
        """The run that started this one elsewhere: `namespace/name/run id`, headers, an environment; see `parents`."""


_OPTIONS = (
    "namespace",
    "flow",
    "flow_description",
    "orchestrator",
    "description",
    "upstream_jobs",
    "owners",
    "attempt",
    "nominal_time",
    "parent",
)
_COROUTINE, _GENERATOR, _ASYNC_GENERATOR = 0x80, 0x20, 0x200  # of a code object's co_flags


class JobSpec:
    """What is known of a job before it runs."""

    __slots__ = (
        "attempt",
        "description",
        "flow",
        "flow_description",
        "name",
        "namespace",
        "nominal_time",
        "orchestrator",
        "owners",
        "parent",
        "upstream_jobs",
    )

    def __init__(self, name: str, options: JobOptions) -> None:
        for key in options:
            if key not in _OPTIONS:
                raise TypeError(f"a job has no option {key!r}; known are: {', '.join(_OPTIONS)}")
        self.name = str(name) or "unnamed"
        self.namespace = options.get("namespace")
        self.flow = options.get("flow")
        self.flow_description = options.get("flow_description")
        self.orchestrator = options.get("orchestrator")
        self.description = options.get("description")
        self.owners = tuple(options.get("owners") or ())
        self.attempt = options.get("attempt")
        self.upstream_jobs = tuple(_upstream(each, self.flow) for each in options.get("upstream_jobs") or ())
        nominal = options.get("nominal_time")
        self.nominal_time = (nominal, None) if isinstance(nominal, str) else nominal
        parent = options.get("parent")
        self.parent = parent_of(parent) if parent else None

    def alone(self) -> JobSpec:
        """Return the same without its parent, which may be a run of this process."""
        if self.parent is None:
            return self
        from copy import copy  # noqa: PLC0415  few need it

        spec = copy(self)
        spec.parent = None
        return spec


def _upstream(given: str | tuple[str, str], flow: str | None) -> tuple[str | None, str, str | None]:
    """Return namespace, name and flow of a job that is named as upstream; None is that of the job that names it.

    A job's name holds no flow, so `flow.job` names `job`; a name with dots of its own has to be given as a pair.
    """
    if not isinstance(given, str):
        return given[0], given[1], None
    other, dot, name = given.partition(".")
    if not dot or flow is None or not other or not name or given.startswith("urn:"):
        return None, given, None
    return None, name, other


def begin_run(spec: JobSpec) -> Run:
    """Begin a run of the job inside the current one; with collection off, a run that swallows everything."""
    collector = active()
    if collector is None:
        return Run(spec, None, "default")
    run = _new(spec, collector)
    collector.begin(run)
    return run


def _new(spec: JobSpec, collector: Collector) -> Run:
    """Make a run: inside the current one, else a child of what started this process, else of nobody."""
    run = Run(spec, collector, collector.namespace, context.current_run())
    run.parent = spec.parent or run.outer or inherited()
    if run.outer is not None and not run.outer.is_told:
        collector.tell_begun(run.outer)
    return run


def _enter(spec: JobSpec) -> Run:
    run = begin_run(spec)
    if run.collector is not None:
        context.enter(run)
    return run


def _leave(run: Run, error: BaseException | None) -> None:
    context.leave(run)
    _end(run, error)


def _end(run: Run, error: BaseException | None) -> None:
    if run.collector is not None:
        run.collector.end(run, error)


class Job:
    """A job that can be run: as a decorator, or as a context manager (plain and async). Made by `whence.job`."""

    __slots__ = ("_entered", "_options", "name")

    def __init__(self, name: str | None, options: JobOptions) -> None:
        self.name = name
        self._options = options
        self._entered: list[Run] = []
        JobSpec(name or "", options)  # wrong options fail where they are written

    def __call__(self, function: F) -> F:
        """Make each call of the function a run of the job."""
        options: JobOptions = {**self._options}
        if "description" not in options and (summary := summary_of(function)):
            options["description"] = summary
        spec = JobSpec(self.name or _name_of(function), options)
        flags = kind_of(function)
        wrapper = next((wrapper for flag, wrapper in _WRAPPERS if flags & flag), _plain)
        call: Any = wraps(function)(wrapper(function, spec))
        return call

    def __enter__(self) -> Run:
        run = _enter(JobSpec(self.name or "unnamed", self._options))
        self._entered.append(run)
        return run

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        run = self._leaving()
        if run is not None:
            _leave(run, error)

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


def _name_of(function: Any) -> str:
    return getattr(function, "__qualname__", type(function).__name__).replace("<locals>.", "")


def summary_of(function: Any) -> str:
    """Return the first paragraph of a function's documentation."""
    text = getattr(function, "__doc__", None) or ""
    return " ".join(text.strip().split("\n\n", 1)[0].split())


def kind_of(function: Any) -> int:
    """Return the code flags that say what calling the function gives; of a callable object, those of its `__call__`."""
    while (inner := getattr(function, "func", None) or getattr(function, "__func__", None)) is not None:
        function = inner  # functools.partial, bound and static methods
    code = getattr(function, "__code__", None)
    if code is None:
        kind: Any = function.__class__
        call: Any = getattr(kind, "__call__", None)  # noqa: B004  its code, not whether there is one
        code = getattr(call, "__code__", None)
    return getattr(code, "co_flags", 0)


def _plain(function: Callable[..., Any], spec: JobSpec) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        run = _enter(spec)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            _leave(run, error)
            raise
        _leave(run, None)
        return result

    return call


def _coroutine(function: Callable[..., Any], spec: JobSpec) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        run = _enter(spec)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            _leave(run, error)
            raise
        _leave(run, None)
        return result

    return call


def _generator(function: Callable[..., Any], spec: JobSpec) -> Callable[..., Any]:
    """Run the body step by step: the run is current while the body works, not while its reader does."""

    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        run = begin_run(spec)
        inside: Run | None = run  # what is current in the body: it may enter runs of its own between two steps
        body = function(*args, **kwargs)
        step, value = body.send, None
        while True:
            before = context.swap(inside)
            try:
                item = step(value)
            except StopIteration as stop:
                _end(run, None)
                return stop.value
            except BaseException as error:
                _end(run, error)
                raise
            finally:
                inside = context.swap(before)
            try:
                step, value = body.send, (yield item)
            except BaseException as thrown:  # noqa: BLE001  whatever the reader throws is the body's to handle
                step, value = body.throw, thrown

    return call


def unseen(body: Any) -> Callable[[Any], Any]:
    """Return the first step of an async generator that its event loop shall not know: the one around it closes it.

    A loop that ends closes all that it knows, in any order, and the one around would find this one closed already.
    """

    def step(value: Any) -> Any:
        import sys  # noqa: PLC0415  as light as can be

        known = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(None, None)
        try:
            return body.asend(value)
        finally:
            sys.set_asyncgen_hooks(*known)

    return step


def _async_generator(function: Callable[..., Any], spec: JobSpec) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        run = begin_run(spec)
        inside: Run | None = run  # what is current in the body: it may enter runs of its own between two steps
        body = function(*args, **kwargs)
        step, value = unseen(body), None
        while True:
            before = context.swap(inside)
            try:
                item = await step(value)
            except StopAsyncIteration:
                _end(run, None)
                return
            except BaseException as error:
                _end(run, error)
                raise
            finally:
                inside = context.swap(before)
            try:
                step, value = body.asend, (yield item)
            except BaseException as thrown:  # noqa: BLE001  as above
                step, value = body.athrow, thrown

    return call


_WRAPPERS = ((_COROUTINE, _coroutine), (_ASYNC_GENERATOR, _async_generator), (_GENERATOR, _generator))


if TYPE_CHECKING:

    @overload
    def job(name: Callable[P, T], /) -> Callable[P, T]: ...
    @overload
    def job(name: str | None = None, **options: Unpack[JobOptions]) -> Job: ...


def job(name: Any = None, **options: Any) -> Any:
    """Name a job: decorate the function that does it, or enter the result around the code that does it.

    Without a name the function's own is taken. Each call, or each entering, is one run; inside another run it is its
    child. Raises TypeError for an option that does not exist, here, where it is written; never later.
    """
    if callable(name):
        return Job(None, {})(name)
    return Job(name, options)  # pyright: ignore[reportArgumentType]  checked by JobSpec


def start_run(name: str, *, inputs: Iterable[Any] = (), **options: Unpack[JobOptions]) -> Run:
    """Begin a run by hand and return it; its START event has the inputs. End it with `complete_run` or `fail_run`.

    It does not become the current run: hooks and `add_input` do not find it. The run around the call is its parent.
    """
    spec = JobSpec(name, options)
    collector = active()
    if collector is None:
        return Run(spec, None, "default")
    run = _new(spec, collector)
    collector.begin(run, tuple(inputs))
    return run


def complete_run(run: Run, *, inputs: Iterable[Any] = (), outputs: Iterable[Any] = ()) -> None:
    """End a run that was begun by hand; its COMPLETE event has the datasets. Repeating it does nothing."""
    _name_all(run, inputs, outputs)
    _end(run, None)


def fail_run(
    run: Run, error: BaseException | str | None = None, *, inputs: Iterable[Any] = (), outputs: Iterable[Any] = ()
) -> None:
    """End a run that was begun by hand as failed, with the reason. Later calls for the same run do nothing."""
    _name_all(run, inputs, outputs)
    if run.collector is not None:
        run.collector.end(run, error if isinstance(error, BaseException) else RunFailedError(error or ""))


class RunFailedError(Exception):
    """Stands for the reason of a failed run that was given as text; never raised."""


def _name_all(run: Run, inputs: Iterable[Any], outputs: Iterable[Any]) -> None:
    if run.is_ended:
        return
    for dataset in inputs:
        run.add_input(dataset)
    for dataset in outputs:
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
        """How many rows were written."""
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
    """
    run = context.current_run()
    if run is not None:
        run.add_input(dataset, **options)


def add_output(dataset: Any, **options: Unpack[OutputOptions]) -> None:
    """Say that the current run writes a dataset; as `add_input`. A file is read when the run ends.

    `columns={"total": ["items.price"]}` says which columns its columns were made from; their datasets become inputs.
    """
    run = context.current_run()
    if run is not None:
        run.add_output(dataset, **options)
