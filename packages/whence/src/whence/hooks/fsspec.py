"""The fsspec hook: what file systems of fsspec open, read, write, copy, move and remove, local and remote.

Each class of file system has its own methods, so those that a class defines are wrapped there, when the class is made
or, if it was before, at once. A file opened to be written counts when it is closed without trouble. S3 is left to
aiobotocore's hook, file systems around others to the inner ones, and what lives in memory is no dataset. An
asynchronous method runs in fsspec's loop, in the context of whoever called. Not seen: the mirrored methods (`fs.cat`)
of an asynchronous file system that was made before the hook. It must not ask a file system anything.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, cast

from whence.context import current_run, get
from whence.hooks._frames.places import places_of, tell
from whence.hooks._inside import inside
from whence.hooks._owner import Owner
from whence.hooks._patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.context import Run

    Given = dict[str, Any]

_NOTE = "_whence_writing"
_COROUTINE = 0x80  # of a code object's co_flags
_ELSEWHERE = frozenset({
    *("s3", "s3a", "memory", "data", "dir", "filecache", "simplecache", "blockcache", "cached", "reference"),
    *("generic", "zip", "tar", "libarchive", "async_wrapper", "abstract", "arrow_hdfs_cached", "dask"),
})  # fmt: skip
_LOCAL_ONLY = frozenset(("rm", "mv"))  # what other sync file systems make of smaller methods
_NOT_LOCAL = frozenset(("get_file", "put_file"))  # the local one makes them of cp_file


class FsspecHook:
    """Installs and removes the wrappers."""

    requires = "fsspec.spec"

    def __init__(self) -> None:
        self._patches = Patches("fsspec")

    def install(self) -> None:
        """Watch every class of file systems. Repeating it has no effect."""
        self._patches.switch_on()
        base = sys.modules["fsspec.spec"].AbstractFileSystem
        self._patches.put(type(base), "__init__", self._class_made)
        for kind in _subclasses(base):
            self._watch(kind)

    def uninstall(self) -> None:
        """Leave fsspec as it was."""
        self._patches.take_out()

    def _class_made(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def __init__(cls: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  it is one
            original(cls, *args, **kwargs)
            if self._patches.is_on:
                try:
                    self._watch(cls)
                except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                    self._patches.failed(failure)

        return __init__

    def _watch(self, kind: Any) -> None:
        """Wrap those methods that a class defines itself."""
        protocol: Any = getattr(kind, "protocol", "abstract")
        protocols = {protocol} if isinstance(protocol, str) else set(protocol)
        if not protocols.isdisjoint(_ELSEWHERE):
            return
        is_local = "file" in protocols
        for name, note in _NOTES.items():
            if name in vars(kind) and name not in (_NOT_LOCAL if is_local else _LOCAL_ONLY):
                self._patches.put(kind, name, self._method(note))
        if "_open" in vars(kind):
            self._patches.put(kind, "_open", self._open)

    def _method(self, note: Callable[[Run, Given], None]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Wrap a method that has done its work when it returns."""
        patches, run_here = self._patches, get

        def tell_of(self: Any, args: tuple[Any, ...], kwargs: Given, answer: Any) -> None:
            try:
                run = current_run()
                if run is not None and inside.get() is None:
                    note(run, {"fs": self, "args": args, "kwargs": kwargs, "answer": answer})
            except Exception as failure:  # noqa: BLE001  border
                patches.failed(failure)

        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            def method(self: Any, *args: Any, **kwargs: Any) -> Any:
                answer = original(self, *args, **kwargs)
                if patches.is_on and run_here() is not None:
                    tell_of(self, args, kwargs, answer)
                return answer

            async def coroutine(self: Any, *args: Any, **kwargs: Any) -> Any:
                answer = await original(self, *args, **kwargs)
                if patches.is_on and run_here() is not None:
                    tell_of(self, args, kwargs, answer)
                return answer

            return coroutine if _is_coroutine(original) else method

        return make

    def _open(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the opening of a file: a read counts now, a write when the file is closed."""
        hook, patches, run_here = self, self._patches, get

        def _open(self: Any, path: Any, mode: str = "rb", *args: Any, **kwargs: Any) -> Any:
            file = original(self, path, mode, *args, **kwargs)
            if patches.is_on and run_here() is not None:
                try:
                    hook._opened(self, file, path, mode)
                except Exception as failure:  # noqa: BLE001  border
                    patches.failed(failure)
            return file

        return _open

    def _opened(self, fs: Any, file: Any, path: Any, mode: str) -> None:
        places = [] if inside.get() is not None else _places(path, fs)
        if not places:
            return
        if "r" not in mode or "+" in mode:
            if getattr(file, "autocommit", True):
                self._await_close(file, places)
        elif (run := current_run()) is not None:
            tell(run, "input", places)

    def _await_close(self, file: Any, places: list[tuple[str, str]]) -> None:
        """Remember whose write it is with the file itself, so that it lives no longer."""
        kind = cast("type[Any]", type(file))
        if kind.__module__ in ("_io", "io", "gzip"):
            return
        setattr(file, _NOTE, (Owner(), places))
        self._patches.put(kind, "close", self._close)
        if "__exit__" in vars(kind):
            self._patches.put(kind, "__exit__", self._exit)

    def _close(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches = self._patches

        def close(self: Any, *args: Any, **kwargs: Any) -> Any:
            answer = original(self, *args, **kwargs)
            if _NOTE in vars(self):
                _written(self, patches)
            return answer

        return close

    def _exit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches = self._patches

        def __exit__(self: Any, *args: Any) -> Any:  # noqa: N807  it is one
            answer = original(self, *args)
            if _NOTE in vars(self):
                _written(self, patches)
            return answer

        return __exit__


def _written(file: Any, patches: Patches) -> None:
    """Note a file that was closed without trouble, once."""
    try:
        notes = cast("dict[str, Any]", vars(file))
        note = notes.pop(_NOTE, None)
        if note is not None and (run := note[0].run()) is not None:
            tell(run, "output", note[1])
    except Exception as failure:  # noqa: BLE001  border
        patches.failed(failure)


def _subclasses(kind: Any) -> list[Any]:
    found: dict[Any, None] = {}
    left: list[Any] = [kind]
    while left:
        each = left.pop()
        if each not in found:
            found[each] = None
            left.extend(each.__subclasses__())
    return list(found)


def _is_coroutine(function: Any) -> bool:
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & _COROUTINE)


# --- what the methods mean


def _argument(given: Given, index: int, *names: str) -> Any:
    if len(given["args"]) > index:
        return given["args"][index]
    return next((given["kwargs"][name] for name in names if name in given["kwargs"]), None)


def _places(path: Any, fs: Any) -> list[tuple[str, str]]:
    """Return the places of a path, or of several, on a file system. Azure's needs the account, which no path tells."""
    account = getattr(fs, "account_name", None)
    if not account or "abfs" not in fs.protocol:
        return places_of(path, fs)
    paths = cast("list[Any]", path) if isinstance(path, list) else [path]
    found = [str(fs._strip_protocol(each)).partition("/") for each in paths]  # noqa: SLF001  what its own methods do
    return [(f"abfss://{container}@{account}.dfs.core.windows.net", key or "/") for container, _, key in found]


def _of(given: Given, index: int, *names: str) -> list[tuple[str, str]]:
    return _places(_argument(given, index, *names), given["fs"])


def _get(run: Run, given: Given) -> None:
    if not _is_folder(_argument(given, 1, "lpath")):
        tell(run, "input", _of(given, 0, "rpath"))


def _put(run: Run, given: Given) -> None:
    if not _is_folder(_argument(given, 0, "lpath")):
        tell(run, "output", _of(given, 1, "rpath"))


def _is_folder(path: Any) -> bool:
    """Whether a local path is a folder: then the method has made one, or nothing."""
    return isinstance(path, str) and os.path.isdir(path)  # noqa: PTH112  pathlib costs 8 ms of import


def _read(run: Run, given: Given) -> None:
    answer = given["answer"]
    size = len(answer) if isinstance(answer, bytes) else None
    tell(run, "input", _of(given, 0, "path", "url"), size=size)


def _write(run: Run, given: Given) -> None:
    value = _argument(given, 1, "value", "data")
    size = len(value) if isinstance(value, bytes) else None
    tell(run, "output", _of(given, 0, "path", "url"), size=size)


def _copy(run: Run, given: Given) -> None:
    source = _of(given, 0, "path1", "src")
    target = _of(given, 1, "path2", "dst")
    if any(namespace == "file" for namespace, _ in source + target):  # named by content, so as if read and written
        tell(run, "input", source)
        tell(run, "output", target)
        return
    for each in source:
        for other in target:
            run.touch_copy(each, other)


def _move(run: Run, given: Given) -> None:
    _copy(run, given)
    for namespace, name in _of(given, 0, "path1"):
        if namespace == "file":
            run.touch("input", namespace, name)  # it is gone, so its path must do
    _remove(run, given)


def _remove(run: Run, given: Given) -> None:
    for namespace, name in _of(given, 0, "path", "path1"):
        if namespace != "file":  # what a file held does not end with its path
            run.touch("output", namespace, name, gone=True)


_NOTES: dict[str, Callable[[Run, Given], None]] = {
    **dict.fromkeys(("cat_file", "_cat_file"), _read),
    **dict.fromkeys(("get_file", "_get_file"), _get),
    **dict.fromkeys(("pipe_file", "_pipe_file"), _write),
    **dict.fromkeys(("put_file", "_put_file"), _put),
    **dict.fromkeys(("cp_file", "_cp_file"), _copy),
    **dict.fromkeys(("mv", "_mv_file"), _move),
    **dict.fromkeys(("rm", "rm_file", "_rm", "_rm_file"), _remove),
}

HOOK = FsspecHook()
