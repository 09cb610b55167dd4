"""The pyarrow hook: Parquet, datasets, CSV, JSON, Feather, ORC and IPC files.

Seen are the functions, and those classes that are written in Python: what they open is noted, and told once it was read
or, for a writer, closed. `pyarrow.dataset.Dataset` and `Scanner` are of C and cannot be watched: a dataset counts as
read when `pyarrow.dataset.dataset` has made it, without rows. What a host opens by itself on a filesystem
(`S3FileSystem.open_input_stream`), `CSVWriter`, and functions imported by name before the hook are out of reach.
It must not look at values. Source: pyarrow 25, `pyarrow.parquet.core`, `pyarrow.dataset`.
"""

from __future__ import annotations

import sys

from whence.context import current_run, get
from whence.hooks._finder import unwatch, watch
from whence.hooks._frames.arrow_places import fields_of
from whence.hooks._frames.moves import argument, telling
from whence.hooks._frames.places import is_remote_file, places_of, tell
from whence.hooks._frames.remembered import Remembered
from whence.hooks._inside import inside
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from whence.context import Run
    from whence.hooks._frames.moves import Args, Find, Kwargs
    from whence.hooks._frames.places import Fields, Place

    Told = tuple[int | None, Fields | None]

_READERS = {  # module -> function -> its first argument
    "pyarrow.csv": {"open_csv": "input_file", "read_csv": "input_file"},
    "pyarrow.dataset": {"dataset": "source", "parquet_dataset": "metadata_path"},
    "pyarrow.feather": {"read_feather": "source", "read_table": "source"},
    "pyarrow.json": {"open_json": "input_file", "read_json": "input_file"},
    "pyarrow.orc": {"read_table": "source"},
    "pyarrow.parquet": {"read_pandas": "source", "read_table": "source"},
}
_WRITERS = {  # module -> function -> its first two arguments: what, where to
    "pyarrow.csv": {"write_csv": ("data", "output_file")},
    "pyarrow.dataset": {"write_dataset": ("data", "base_dir")},
    "pyarrow.feather": {"write_feather": ("df", "dest")},
    "pyarrow.orc": {"write_table": ("table", "where")},
    "pyarrow.parquet": {"write_table": ("table", "where"), "write_to_dataset": ("table", "root_path")},
}
_OPENED_TO_READ = {  # module -> class -> its first argument, what reads, what reads piece by piece
    "pyarrow.ipc": {
        "RecordBatchFileReader": ("source", ("read_all", "read_pandas", "get_batch", "get_record_batch"), ()),
        "RecordBatchStreamReader": ("source", ("read_all", "read_pandas", "read_next_batch"), ()),
    },
    "pyarrow.orc": {"ORCFile": ("source", ("read", "read_stripe"), ())},
    "pyarrow.parquet": {
        "ParquetDataset": ("path_or_paths", ("read",), ()),
        "ParquetFile": ("source", ("read", "read_row_group", "read_row_groups"), ("iter_batches",)),
    },
}
_OPENED_TO_WRITE = {  # module -> class -> its first argument, what writes
    "pyarrow.ipc": {
        "RecordBatchFileWriter": ("sink", ("write_batch", "write_table")),
        "RecordBatchStreamWriter": ("sink", ("write_batch", "write_table")),
    },
    "pyarrow.orc": {"ORCWriter": ("where", ("write",))},
    "pyarrow.parquet": {"ParquetWriter": ("where", ("write_table",))},
}
_MODULES = ("csv", "dataset", "feather", "ipc", "json", "orc", "parquet")


class _Opened:
    """What is known of an open reader or writer."""

    __slots__ = ("fields", "places", "rows", "run")

    def __init__(self, places: list[Place]) -> None:
        self.places = places
        self.run: Run | None = None  # who wrote first: a writer may be closed by the garbage collector, anywhere
        self.rows = 0
        self.fields: Fields | None = None


class PyarrowHook:
    """Installs and removes the wrappers, module by module as they are imported; knows what is open."""

    requires = "pyarrow"

    def __init__(self) -> None:
        self._patches = Patches("pyarrow")
        self._opened = Remembered()
        self._waiting: dict[str, Callable[[], None]] = {}

    def install(self) -> None:
        """Wrap the modules that are imported, and the others when they are. Repeating it has no effect."""
        self._patches.switch_on()
        for part in _MODULES:
            name = f"pyarrow.{part}"
            module = sys.modules.get(name)
            if module is not None and not getattr(module.__spec__, "_initializing", False):
                self._wrap(name)
            elif name not in self._waiting:
                self._waiting[name] = self._wrapper_of(name)
                watch(name, self._waiting[name])

    def uninstall(self) -> None:
        """Put pyarrow's own back. Repeating it has no effect."""
        for name, callback in self._waiting.items():
            unwatch(name, callback)
        self._waiting.clear()
        self._patches.take_out()

    def _wrapper_of(self, name: str) -> Callable[[], None]:
        return lambda: self._wrap(name)

    def _wrap(self, name: str) -> None:
        patches = self._patches
        for function, first in _READERS.get(name, {}).items():
            patches.put_everywhere(name, function, telling(patches, "input", _found(0, first), _facts_of_read))
        for function, (what, where) in _WRITERS.get(name, {}).items():
            facts = _facts_of_write(what)
            patches.put_everywhere(name, function, telling(patches, "output", _found(1, where, is_output=True), facts))
        module = sys.modules[name]
        for owner, (first, readers, iterators) in _OPENED_TO_READ.get(name, {}).items():
            kind = getattr(module, owner)
            patches.put(kind, "__init__", self._opening(_found(1, first)))
            for method in readers:
                patches.put(kind, method, self._reading)
            for method in iterators:
                patches.put(kind, method, self._iterating)
        for owner, (first, writers) in _OPENED_TO_WRITE.get(name, {}).items():
            kind = getattr(module, owner)
            patches.put(kind, "__init__", self._opening(_found(1, first, is_output=True)))
            for method in writers:
                patches.put(kind, method, self._writing)
            patches.put(kind, "close", self._closing)
            if "__exit__" not in kind.__dict__:
                patches.put(kind, "__exit__", self._leaving)

    # --- what is opened, then read or written

    def _opening(self, find: Find) -> Callable[[Any], Any]:
        def make(original: Any) -> Any:
            def __init__(opened: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  it stands for one
                if get() is None or not self._patches.is_on or inside.get() is not None:
                    original(opened, *args, **kwargs)
                    return
                places: list[Place] = []
                try:
                    places = find((opened, *args), kwargs)
                except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                    self._patches.failed(failure)
                token = inside.set([0, 0]) if places else None
                try:
                    original(opened, *args, **kwargs)
                finally:
                    if token is not None:
                        inside.reset(token)
                if places:
                    self._opened.put(opened, _Opened(places))

            return __init__

        return make

    def _reading(self, original: Any) -> Any:
        def find(args: Args, kwargs: Kwargs) -> list[Place]:  # noqa: ARG001  the shape is Find
            known: _Opened | None = self._opened.get(args[0])
            return [] if known is None else known.places

        return telling(self._patches, "input", find, _facts_of_read)(original)

    def _iterating(self, original: Any) -> Any:
        def iterate(opened: Any, *args: Any, **kwargs: Any) -> Any:
            answer = original(opened, *args, **kwargs)
            known: _Opened | None = self._opened.get(opened)
            if known is None or get() is None or inside.get() is not None or not self._patches.is_on:
                return answer
            return self._counted(answer, known)

        return iterate

    def _counted(self, batches: Any, known: _Opened) -> Iterator[Any]:
        """Pass batches on; tell what was read when there is no more, or nobody wants more, to the first one's run."""
        rows, fields, run = 0, None, None
        try:
            for batch in batches:
                if run is None:
                    run, fields = current_run(), _fields(batch)
                rows += getattr(batch, "num_rows", 0)
                yield batch
        except GeneratorExit:
            self._tell(run, "input", known.places, rows, fields)
            raise
        self._tell(run or current_run(), "input", known.places, rows, fields)

    def _writing(self, original: Any) -> Any:
        def write(opened: Any, data: Any, *args: Any, **kwargs: Any) -> Any:
            answer = original(opened, data, *args, **kwargs)
            known: _Opened | None = self._opened.get(opened)
            if known is not None:
                try:
                    known.run = known.run or current_run()
                    known.rows += getattr(data, "num_rows", 0)
                    known.fields = known.fields or _fields(data)
                except Exception as failure:  # noqa: BLE001  border
                    self._patches.failed(failure)
            return answer

        return write

    def _closing(self, original: Any) -> Any:
        def close(opened: Any) -> Any:
            answer = original(opened)
            self._closed(opened)
            return answer

        return close

    def _leaving(self, original: Any) -> Any:
        def __exit__(opened: Any, *error: Any) -> Any:  # noqa: N807  as above
            answer = original(opened, *error)
            if error[:1] == (None,):
                self._closed(opened)
            return answer

        return __exit__

    def _closed(self, opened: Any) -> None:
        known: _Opened | None = self._opened.pop(opened)
        if known is not None and self._patches.is_on:
            self._tell(known.run or current_run(), "output", known.places, known.rows, known.fields)

    def _tell(self, run: Any, direction: str, places: list[Place], rows: int, fields: Fields | None) -> None:
        if run is None or run.is_ended:
            return
        try:
            tell(run, direction, places, rows=rows, fields=fields)
        except Exception as failure:  # noqa: BLE001  border
            self._patches.failed(failure)


# --- places, rows and columns


def _found(position: int, first: str, *, is_output: bool = False) -> Find:
    def find(args: Args, kwargs: Kwargs) -> list[Place]:
        thing = argument(args, kwargs, position, first)
        if thing is None or (is_output and is_remote_file(thing)):
            return []
        return places_of(thing, kwargs.get("filesystem"))

    return find


def _facts_of_read(answer: Any, args: Args, kwargs: Kwargs) -> Told:  # noqa: ARG001  the shape is Facts
    rows = getattr(answer, "num_rows", None)
    if rows is None and hasattr(answer, "dtypes"):  # a frame of pandas
        rows = len(answer)
    return rows if isinstance(rows, int) else None, _fields(answer)


def _facts_of_write(what: str) -> Callable[[Any, Args, Kwargs], Told]:
    def facts(answer: Any, args: Args, kwargs: Kwargs) -> Told:  # noqa: ARG001  as above
        data = argument(args, kwargs, 0, what)
        return _facts_of_read(data, args, kwargs)

    return facts


def _fields(data: Any) -> Fields | None:
    schema = getattr(data, "schema", None)
    return fields_of(schema) if hasattr(schema, "names") and hasattr(schema, "types") else None


HOOK = PyarrowHook()
