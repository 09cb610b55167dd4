"""The botocore hook: S3 and Athena through every client of every session, made before or after, and their resources.

One wrapper on the class through which every call passes (`BaseClient._make_api_call`), so boto3, s3transfer, PyAthena
and awswrangler are seen as well. A call that raised is no lineage, and a presigned URL never passes here. It must not
import botocore before the host does, keep an answer, or raise.
"""

from __future__ import annotations

import sys

from whence.context import get
from whence.hooks._aws.s3 import called, size_of
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_athena: list[Callable[..., None]] = []


class BotocoreHook:
    """Installs and removes the wrapper, and says what a call means; aiobotocore's hook only awaits in between."""

    requires = "botocore.client"
    client = "BaseClient"
    """The class through which every call of the library passes."""

    def __init__(self) -> None:
        self._patches = Patches(self.requires.partition(".")[0])

    def install(self) -> None:
        """Watch every client. Repeating it has no effect."""
        self._patches.switch_on()
        self._patches.put(getattr(sys.modules[self.requires], self.client), "_make_api_call", self._make_api_call)

    def uninstall(self) -> None:
        """Leave the library as it was."""
        self._patches.take_out()

    def _make_api_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches, run_here, before, after = self._patches, get, self._before, self._after

        def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
            size = before(operation_name, api_params) if run_here() is not None else None
            answer = original(self, operation_name, api_params)
            if patches.is_on:
                after(self, operation_name, api_params, answer, size)
            return answer

        return _make_api_call

    def _before(self, operation: str, params: Any) -> int | None:
        """Return what must be asked before a call of a run: botocore changes the parameters."""
        try:
            return size_of(operation, params)
        except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
            self._patches.failed(failure)
            return None

    def _after(self, client: Any, operation: str, params: Any, answer: Any, size: int | None) -> None:
        """Tell what a call that succeeded means."""
        try:
            service = client._service_model.service_name  # noqa: SLF001  one look-up less than `meta`
            if service == "s3":
                if get() is not None:
                    called(operation, params, answer, size)
            elif service in {"athena", "glue"}:
                athena_called(client, operation, params, answer)
        except Exception as failure:  # noqa: BLE001  border
            self._patches.failed(failure)


def athena_called(client: Any, operation: str, params: Any, answer: Any) -> None:
    """Hand a call to Athena on; what it means is decided elsewhere, and loaded with the first one."""
    if not _athena:
        from whence.hooks._aws import athena as module  # noqa: PLC0415  only who uses Athena pays for it

        _athena.append(module.called)
    _athena[0](client, operation, params, answer)


HOOK = BotocoreHook()
