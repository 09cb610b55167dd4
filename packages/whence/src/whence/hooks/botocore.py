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
    """Installs and removes the wrapper."""

    requires = "botocore.client"

    def __init__(self) -> None:
        self._patches = Patches("botocore")

    def install(self) -> None:
        """Watch every client. Repeating it has no effect."""
        self._patches.switch_on()
        self._patches.put(sys.modules["botocore.client"].BaseClient, "_make_api_call", self._make_api_call)

    def uninstall(self) -> None:
        """Leave botocore as it was."""
        self._patches.take_out()

    def _make_api_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches, run_here, size_before, s3, athena = self._patches, get, size_of, called, athena_called

        def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
            size = None
            if run_here() is not None:
                try:
                    size = size_before(operation_name, api_params)
                except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                    patches.failed(failure)
            answer = original(self, operation_name, api_params)
            if patches.is_on:
                try:
                    service = self._service_model.service_name
                    if service == "s3":
                        if run_here() is not None:
                            s3(operation_name, api_params, answer, size)
                    elif service in {"athena", "glue"}:
                        athena(self, operation_name, api_params, answer)
                except Exception as failure:  # noqa: BLE001  border
                    patches.failed(failure)
            return answer

        return _make_api_call


def athena_called(client: Any, operation: str, params: Any, answer: Any) -> None:
    """Hand a call to Athena on; what it means is decided elsewhere, and loaded with the first one."""
    if not _athena:
        from whence.hooks._aws import athena as module  # noqa: PLC0415  only who uses Athena pays for it

        _athena.append(module.called)
    _athena[0](client, operation, params, answer)


HOOK = BotocoreHook()
