"""The s3transfer hook: uploads, downloads, copies and deletions that boto3 hands to its transfer manager.

The manager works in a pool, in many calls an object. So its methods are wrapped on the thread of the caller, whose run
is remembered with the transfer, and the transfer's own end decides: noted before `result()` lets the caller go on, only
when it succeeded. Inside the pool no run is current, so that the calls of a transfer that fails later tell nothing.

CRT transfers (`preferred_transfer_client="crt"`) make one botocore call that only writes a request down and always
succeeds; here, too, only the end of the transfer counts.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

from whence.context import get, swap
from whence.hooks._aws.s3 import copy_source, place
from whence.hooks._inside import inside
from whence.hooks._owner import Owner
from whence.hooks._patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_NOTE = "_whence_transfer"


class _Transfer:
    """A transfer that is under way: whose it is and what it is."""

    __slots__ = ("future", "kind", "outer", "owner")

    def __init__(self, owner: Owner, kind: str, future: Any, outer: list[int] | None) -> None:
        self.owner = owner
        self.kind = kind
        self.future: Any = future
        self.outer = outer

    def tell(self) -> None:
        """Note what the transfer did; it has succeeded."""
        call = self.future.meta.call_args
        size: Any = getattr(self.future.meta, "size", None)
        if size is None and call.extra_args:
            size = call.extra_args.get("ContentLength")
        if self.outer is not None:
            if self.kind in ("upload", "download"):
                self.outer[self.kind == "upload"] += size or 0
            return
        run = self.owner.run()
        if run is None:
            return
        target = place(call.bucket, call.key)
        if self.kind == "download":
            run.touch("input", *target, size=size)
        elif self.kind == "upload":
            run.touch("output", *target, size=size)
        elif self.kind == "delete":
            run.touch("output", *target, gone=True)
        else:
            source = copy_source(call.copy_source)
            if source is not None:
                run.touch_copy(source, target, size=size)


class S3TransferHook:
    """Installs and removes the wrappers of the manager that boto3 uses."""

    requires = "s3transfer.manager"

    def __init__(self) -> None:
        self._patches = Patches("s3transfer")

    def install(self) -> None:
        """Watch every transfer manager. Repeating it has no effect."""
        self._patches.switch_on()
        manager = sys.modules["s3transfer.manager"].TransferManager
        for name in ("upload", "download", "copy", "delete"):
            self._patches.put(manager, name, _starting(self._patches, name))
        coordinator = sys.modules["s3transfer.futures"].TransferCoordinator
        self._patches.put(coordinator, "announce_done", _ending(self._patches))

    def uninstall(self) -> None:
        """Leave s3transfer as it was."""
        self._patches.take_out()


class CrtHook:
    """The same for the manager on top of AWS's common runtime."""

    requires = "s3transfer.crt"

    def __init__(self) -> None:
        self._patches = Patches("s3transfer.crt")

    def install(self) -> None:
        """Watch every transfer manager. Repeating it has no effect."""
        self._patches.switch_on()
        crt = sys.modules["s3transfer.crt"]
        for name in ("upload", "download", "delete"):
            self._patches.put(crt.CRTTransferManager, name, _starting(self._patches, name))
        self._patches.put(crt.CRTTransferCoordinator, "result", _result(self._patches))
        self._patches.put(crt.CRTTransferCoordinator, "set_done_callbacks_complete", _ending(self._patches))

    def uninstall(self) -> None:
        """Leave s3transfer as it was."""
        self._patches.take_out()


def _starting(patches: Patches, kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wrap what starts a transfer: remember whose it is."""
    run_here = get

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def transfer(self: Any, *args: Any, **kwargs: Any) -> Any:
            if run_here() is None or not patches.is_on:
                return original(self, *args, **kwargs)
            owner = Owner()
            before = swap(None)
            try:
                future = original(self, *args, **kwargs)
            finally:
                swap(before)
            try:
                coordinator = future._coordinator  # noqa: SLF001  where its end can be seen before others do
                setattr(coordinator, _NOTE, _Transfer(owner, kind, future, inside.get()))
                _settle(coordinator)
            except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                patches.failed(failure)
            return future

        return transfer

    return make


def _ending(patches: Patches) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wrap what tells others that a transfer has ended: note it before."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def ending(self: Any) -> Any:
            if _NOTE in vars(self):
                try:
                    _settle(self)
                except Exception as failure:  # noqa: BLE001  border
                    patches.failed(failure)
            return original(self)

        return ending

    return make


def _result(patches: Patches) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wrap what waits for a transfer of the common runtime: it may return before the end is told."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def result(self: Any, timeout: float | None = None) -> Any:
            value = original(self, timeout)
            if _NOTE in vars(self):
                try:
                    _settle(self)
                except Exception as failure:  # noqa: BLE001  border
                    patches.failed(failure)
            return value

        return result

    return make


def _settle(coordinator: Any) -> None:
    """Note a transfer that has ended, once, if it succeeded."""
    if not coordinator.done():
        return
    transfer = _take(coordinator)
    if transfer is not None and _has_succeeded(coordinator):
        transfer.tell()


def _take(coordinator: Any) -> _Transfer | None:
    notes = cast("dict[str, Any]", vars(coordinator))
    return notes.pop(_NOTE, None)


def _has_succeeded(coordinator: Any) -> bool:
    status = getattr(coordinator, "status", None)
    if status is not None:
        return status == "success"
    finished = coordinator._crt_future  # noqa: SLF001  only CRT's coordinator has no status
    return coordinator._exception is None and finished is not None and finished.exception() is None  # noqa: SLF001


HOOK = S3TransferHook()
CRT = CrtHook()
