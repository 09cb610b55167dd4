"""The aiobotocore hook: S3 and Athena through asynchronous clients, and so through s3fs and what reads with it.

One wrapper on the class, as for botocore, whose own wrapper asynchronous clients pass by. The run comes with the
context: of the task, or, through fsspec's loop in a thread of its own, of the thread that called fsspec.
"""

from __future__ import annotations

from whence.context import get
from whence.hooks.botocore import BotocoreHook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class AiobotocoreHook(BotocoreHook):
    """The same for asynchronous clients."""

    requires = "aiobotocore.client"
    client = "AioBaseClient"

    def _make_api_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches, run_here, before, after = self._patches, get, self._before, self._after

        async def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
            size = before(operation_name, api_params) if run_here() is not None else None
            answer = await original(self, operation_name, api_params)
            if patches.is_on:
                after(self, operation_name, api_params, answer, size)
            return answer

        return _make_api_call


HOOK = AiobotocoreHook()
