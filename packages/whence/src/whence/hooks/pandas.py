"""The pandas hook: every reader and writer of files, with rows and columns.

One call is one dataset: what pandas asks of pyarrow, fsspec and boto below it is not told again. Readers that give
chunks are told when they are made, and again with their rows when they are closed or read to the end. SQL is the matter
of the hooks of SQLAlchemy and the drivers. Functions that the host imported by name before (`from pandas import
read_csv`) are out of reach; methods of frames are not. It must not look at the values in a frame.
Sources: pandas 2.3 and 3.1, `pandas.io`.
"""

from __future__ import annotations

import sys

from whence.context import current_run
from whence.hooks._frames.moves import argument, telling
from whence.hooks._frames.places import is_remote_file, places_of, tell
from whence.hooks._frames.remembered import Remembered
from whence.hooks._inside import inside
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.hooks._frames.moves import Args, Facts, Find, Kwargs
    from whence.hooks._frames.places import Fields, Place

    Told = tuple[int | None, Fields | None]

_READERS = {  # function -> its first argument
    "read_csv": "filepath_or_buffer",
    "read_excel": "io",
    "read_feather": "path",
    "read_fwf": "filepath_or_buffer",
    "read_hdf": "path_or_buf",
    "read_html": "io",
    "read_json": "path_or_buf",
    "read_orc": "path",
    "read_parquet": "path",
    "read_pickle": "filepath_or_buffer",
    "read_sas": "filepath_or_buffer",
    "read_spss": "path",
    "read_stata": "filepath_or_buffer",
    "read_table": "filepath_or_buffer",
    "read_xml": "path_or_buffer",
}
_WRITERS = {  # class -> method -> its first argument
    "DataFrame": {
        "to_feather": "path",
        "to_html": "buf",
        "to_markdown": "buf",
        "to_orc": "path",
        "to_parquet": "path",
        "to_stata": "path",
        "to_string": "buf",
        "to_xml": "path_or_buffer",
    },
    "NDFrame": {
        "to_csv": "path_or_buf",
        "to_hdf": "path_or_buf",
        "to_json": "path_or_buf",
        "to_latex": "buf",
        "to_pickle": "path",
    },
    "Series": {"to_markdown": "buf", "to_string": "buf"},
}
_CHUNKED = {  # module -> class of a reader in chunks -> where it keeps the rows it gave
    "pandas.io.parsers.readers": {"TextFileReader": "_currow"},
    "pandas.io.json._json": {"JsonReader": "nrows_seen"},
    "pandas.io.sas.sas7bdat": {"SAS7BDATReader": "_current_row_in_file_index"},
    "pandas.io.sas.sas_xport": {"XportReader": "_lines_read"},
    "pandas.io.stata": {"StataReader": "_lines_read"},
}
_MAX_FIELDS = 2000


class PandasHook:
    """Installs and removes the wrappers; remembers who reads in chunks and what waits in an ExcelWriter."""

    requires = "pandas"

    def __init__(self) -> None:
        self._patches = Patches("pandas", blends=True)
        self._readers = Remembered()  # a reader in chunks -> run, places
        self._writers = Remembered()  # an ExcelWriter -> run, places, rows, sheets, fields

    def install(self) -> None:
        """Wrap readers and writers. Repeating it has no effect."""
        pandas: Any = sys.modules["pandas"]
        self._patches.switch_on()
        everywhere = self._patches.put_everywhere
        for name, first in _READERS.items():
            find = _found(0, first, is_input=True)
            everywhere("pandas", name, self._telling("input", find, self._facts_of_read(find)))
        find = _found(1, "filepath_or_buffer")
        everywhere("pandas", "to_pickle", self._telling("output", find, _facts_of_write))
        self._install_methods(pandas)

    def _install_methods(self, pandas: Any) -> None:
        put, telling_as = self._patches.put, self._telling
        owners = {"DataFrame": pandas.DataFrame, "Series": pandas.Series}
        owners["NDFrame"] = sys.modules["pandas.core.generic"].NDFrame
        for owner, methods in _WRITERS.items():
            for name, first in methods.items():
                if owner == "NDFrame" or name in vars(owners[owner]):
                    put(owners[owner], name, telling_as("output", _found(1, first), _facts_of_write))
        put(owners["NDFrame"], "to_excel", self._into_workbook)
        put(pandas.ExcelWriter, "close", self._close_workbook)
        put(pandas.ExcelFile, "parse", telling_as("input", _found_in_workbook, _facts_of_answer))
        if hasattr(pandas, "HDFStore"):
            for name in ("get", "select"):
                put(pandas.HDFStore, name, telling_as("input", _found_in_store, _facts_of_answer))
            for name in ("append", "put"):
                put(pandas.HDFStore, name, telling_as("output", _found_in_store, _facts_of_stored))
        for module, classes in _CHUNKED.items():
            for owner, counter in classes.items():
                kind = getattr(sys.modules.get(module), owner, None)
                if kind is not None:
                    put(kind, "close", self._close_reader(counter))

    def uninstall(self) -> None:
        """Put pandas' own back. Repeating it has no effect."""
        self._patches.take_out()

    def _telling(self, direction: str, find: Find, facts: Facts) -> Callable[[Any], Any]:
        return telling(self._patches, direction, find, facts)

    # --- readers in chunks

    def _facts_of_read(self, find: Find) -> Facts:
        """Return the facts of a read; a reader in chunks is remembered, because its rows come later."""

        def facts(answer: Any, args: Args, kwargs: Kwargs) -> Told:
            if hasattr(answer, "__next__"):
                run = current_run()
                if run is not None:
                    self._readers.put(answer, (run, find(args, kwargs)))
                return None, None
            return _facts_of_answer(answer, args, kwargs)

        return facts

    def _close_reader(self, counter: str) -> Callable[[Any], Any]:
        def make(original: Any) -> Any:
            def close(reader: Any) -> Any:
                known = self._readers.pop(reader)
                if known is not None and self._patches.is_on:
                    try:
                        rows = getattr(reader, counter, None)
                        if isinstance(rows, int) and not known[0].is_ended:
                            tell(known[0], "input", known[1], rows=rows)
                    except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                        self._patches.failed(failure)
                return original(reader)

            return close

        return make

    # --- workbooks: what is written into an ExcelWriter is there when it is closed

    def _into_workbook(self, original: Any) -> Any:
        plain = self._telling("output", _found(1, "excel_writer"), _facts_of_write)(original)

        def to_excel(*args: Any, **kwargs: Any) -> Any:
            writer = argument(args, kwargs, 1, "excel_writer")
            if not hasattr(writer, "sheets"):
                return plain(*args, **kwargs)
            answer = original(*args, **kwargs)
            run = current_run()
            if run is not None and self._patches.is_on and inside.get() is None:
                try:
                    places = places_of(getattr(getattr(writer, "_handles", None), "handle", None))
                    _, _, rows, sheets, _ = self._writers.get(writer) or (run, places, 0, 0, None)
                    more, fields = _facts_of_write(None, args, kwargs)
                    self._writers.put(writer, (run, places, rows + (more or 0), sheets + 1, fields))
                except Exception as failure:  # noqa: BLE001  border
                    self._patches.failed(failure)
            return answer

        return to_excel

    def _close_workbook(self, original: Any) -> Any:
        def close(writer: Any) -> Any:
            answer = original(writer)
            held = self._writers.pop(writer)
            if held is not None and self._patches.is_on:
                try:
                    run, places, rows, sheets, fields = held
                    if not run.is_ended:
                        tell(run, "output", places, rows=rows, fields=fields if sheets == 1 else None)
                except Exception as failure:  # noqa: BLE001  border
                    self._patches.failed(failure)
            return answer

        return close


# --- places


def _found(position: int, first: str, *, is_input: bool = False) -> Find:
    def find(args: Args, kwargs: Kwargs) -> list[Place]:
        thing = argument(args, kwargs, position, first)
        if thing is None:
            return []
        if not is_input and is_remote_file(thing):
            return []  # the hook below tells it when it is closed
        if hasattr(thing, "sheet_names"):  # an ExcelFile
            return places_of(getattr(thing, "io", None))
        if hasattr(thing, "_path") and hasattr(thing, "select_as_multiple"):  # an HDFStore
            return _found_in_store((thing,), {})
        return places_of(thing, kwargs.get("filesystem"))

    return find


def _found_in_workbook(args: Args, kwargs: Kwargs) -> list[Place]:  # noqa: ARG001  the shape is Find
    return places_of(getattr(args[0], "io", None))


def _found_in_store(args: Args, kwargs: Kwargs) -> list[Place]:  # noqa: ARG001  as above
    return places_of(getattr(args[0], "_path", None))


# --- rows and columns


def _facts_of_answer(answer: Any, args: Args, kwargs: Kwargs) -> Told:  # noqa: ARG001  the shape is Facts
    """Return rows and columns of what was read: a frame, a column, or several of them (sheets, tables of a page)."""
    if type(answer) in (dict, list):
        several: list[Any] = list(answer.values() if hasattr(answer, "values") else answer)
        frames = [each for each in several if hasattr(each, "dtypes")]
        return (sum(map(len, frames)) if frames else None), None
    return _facts_of_frame(answer)


def _facts_of_write(answer: Any, args: Args, kwargs: Kwargs) -> Told:  # noqa: ARG001  as above
    return _facts_of_frame(args[0])


def _facts_of_stored(answer: Any, args: Args, kwargs: Kwargs) -> Told:  # noqa: ARG001  as above
    return _facts_of_frame(argument(args, kwargs, 2, "value"))


def _facts_of_frame(frame: Any) -> Told:
    columns = getattr(frame, "columns", None)
    if columns is None:
        kind = getattr(frame, "dtype", None)
        if kind is None or not hasattr(frame, "index"):
            return None, None
        name = frame.name
        return len(frame), None if name is None else [(str(name), str(kind))]
    if len(columns) > _MAX_FIELDS:
        return len(frame), None
    manager: Any = getattr(frame, "_mgr", None)  # what `dtypes` asks, without 20 us for the Series around it
    kinds = manager.get_dtypes() if hasattr(manager, "get_dtypes") else frame.dtypes.tolist()
    return len(frame), [(_label(name), _type_name(kind)) for name, kind in zip(columns.tolist(), kinds, strict=True)]


_type_names: dict[Any, str] = {}  # of numpy's types, which take 5 us each to be written out


def _type_name(kind: Any) -> str:
    if not type(kind).__module__.startswith("numpy"):
        return str(kind)  # to look up pandas' own may mean to hash its categories
    known = _type_names.get(kind)
    if known is None:
        known = str(kind)
        if len(_type_names) < _MAX_FIELDS:
            _type_names[kind] = known
    return known


def _label(name: Any) -> str:
    return ".".join(map(str, name)) if isinstance(name, tuple) else str(name)  # pyright: ignore[reportUnknownArgumentType]


HOOK = PandasHook()
