"""The aiobotocore hook: S3 and Athena through asynchronous clients, and so through s3fs and what reads with it.

One wrapper on the class, as for botocore, whose own wrapper asynchronous clients pass by. The run comes with the
context: of the task, or, through fsspec's loop in a thread of its own, of the thread that called fsspec.
"""

from __future__ import annotations

import sys

from whence.context import get
from whence.hooks._aws.s3 import called, size_of
from whence.hooks._patches import Patches
from whence.hooks.botocore import athena_called

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class AiobotocoreHook:
    """Installs and removes the wrapper."""

    requires = "aiobotocore.client"

    def __init__(self) -> None:
        self._patches = Patches("aiobotocore")

    def install(self) -> None:
        """Watch every client. Repeating it has no effect."""
        self._patches.switch_on()
        self._patches.put(sys.modules["aiobotocore.client"].AioBaseClient, "_make_api_call", self._make_api_call)

    def uninstall(self) -> None:
        """Leave aiobotocore as it was."""
        self._patches.take_out()

    def _make_api_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches, run_here, size_before, s3, athena = self._patches, get, size_of, called, athena_called

        async def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
            size = None
            if run_here() is not None:
                try:
                    size = size_before(operation_name, api_params)
                except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                    patches.failed(failure)
            answer = await original(self, operation_name, api_params)
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


HOOK = AiobotocoreHook()
