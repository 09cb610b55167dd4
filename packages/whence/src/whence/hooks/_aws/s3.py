"""What calls to S3 read, write, copy and delete, for the hooks that see them succeed: botocore and aiobotocore.

A table from operation to what it means. Of a call only operation, bucket, key and sizes are looked at, never a body.
An upload in parts counts when it is completed; until then its parts are remembered by upload id, for a bounded number
of uploads. It must not send anything or import botocore. Source: the S3 API reference; botocore's handlers for the
forms of `CopySource`.
"""

# ruff: noqa: ARG001  every note has one signature
from __future__ import annotations

from whence._capture.active import active
from whence.context import current_run
from whence.hooks._inside import inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.context import Run

    Place = tuple[str, str]
    Params = dict[str, Any]

_MAX_UPLOADS = 256
_BYTES: tuple[type, ...] = (bytes, bytearray)


class _Upload:
    """An upload in parts that is under way."""

    __slots__ = ("parts", "size", "sources")

    def __init__(self) -> None:
        self.parts = 0
        self.size: int | None = 0  # of the parts that came from the program
        self.sources: dict[Place, None] = {}  # objects whose parts were copied


_uploads: dict[str, _Upload] = {}


def called(operation: str, params: Params, answer: Any, size: int | None) -> None:
    """Note a call that succeeded, for the current run; `size` is what `size_of` said before. May raise."""
    step = _STEPS.get(operation)
    note = _NOTES.get(operation)
    if (note is None and step is None) or "HTTPRequest" in answer:
        return  # the last: the CRT client only has a request written; nothing was sent
    outer = inside.get()
    if outer is not None:
        if operation == "GetObject":
            outer[0] += answer.get("ContentLength") or 0
        elif operation in _SENDS:
            outer[1] += size or 0
    elif step is not None:
        step(params, size)
    elif note is not None and (operation not in _LOOKS or _is_looking_told()):
        run = current_run()  # only now: of a request it begins with its first fact
        if run is not None:
            note(run, params, answer, size)


def _is_looking_told() -> bool:
    collector = active()
    return collector is not None and collector.weak_reads


def place(bucket: str, key: str) -> Place:
    """Return namespace and name of an object. An access point's ARN stands for the bucket that nobody tells."""
    if bucket.startswith("arn:"):
        bucket, _, point = bucket.partition("/")
        key = f"{point}/{key}"
    return f"s3://{bucket}", key.lstrip("/") or "/"


def copy_source(source: Any) -> Place | None:
    """Read `CopySource`: a mapping, or `bucket/key?versionId=...` with the key percent-encoded, or an ARN."""
    if isinstance(source, str):
        path = copy_key(source.partition("?versionId=")[0])
        mark = "/object/" if path.startswith("arn:") else "/"
        bucket, _, key = path.partition(mark)
    else:
        bucket, key = source["Bucket"], source["Key"]
    return place(bucket, key) if bucket and key else None


def size_of(operation: str, params: Params) -> int | None:
    """Return the size of what is about to be sent, where it can be known without reading it.

    Asked before the call, because botocore puts other bodies in the place of the caller's.
    """
    if operation not in _SENDS:
        return None
    body = params.get("Body")
    if body is None:
        return 0
    if isinstance(body, _BYTES):
        return len(body)
    if isinstance(body, str):
        return len(body) if body.isascii() else len(body.encode())
    known = params.get("ContentLength")
    if known is None and type(body).__module__ == "_io" and body.seekable():
        return _rest_of(body)
    return known


def _rest_of(file: Any) -> int | None:
    """Return the bytes between a file's position and its end, without moving it."""
    if hasattr(file, "getbuffer"):
        return len(file.getbuffer()) - file.tell()
    from os import fstat  # noqa: PLC0415  always loaded

    return fstat(file.fileno()).st_size - file.tell() if "b" in getattr(file, "mode", "") else None


def _get(run: Run, params: Params, answer: Any, size: int | None) -> None:
    namespace, name = place(params["Bucket"], params["Key"])
    run.touch("input", namespace, name, size=answer.get("ContentLength"), part="ContentRange" in answer)


def _select(run: Run, params: Params, answer: Any, size: int | None) -> None:
    run.touch("input", *place(params["Bucket"], params["Key"]))


def _head(run: Run, params: Params, answer: Any, size: int | None) -> None:
    run.touch("input", *place(params["Bucket"], params["Key"]), size=answer.get("ContentLength"), weak=True)


def _list(run: Run, params: Params, answer: Any, size: int | None) -> None:
    prefix = params.get("Prefix") or ""
    run.touch("input", *place(params["Bucket"], prefix[: prefix.rfind("/") + 1]), weak=True)


def _put(run: Run, params: Params, answer: Any, size: int | None) -> None:
    if not params["Key"].endswith("/"):  # a folder's mark holds nothing
        run.touch("output", *place(params["Bucket"], params["Key"]), size=size)


def _copy(run: Run, params: Params, answer: Any, size: int | None) -> None:
    source = copy_source(params["CopySource"])
    if source is not None:
        run.touch_copy(source, place(params["Bucket"], params["Key"]))


def _rename(run: Run, params: Params, answer: Any, size: int | None) -> None:
    source = place(params["Bucket"], copy_key(params["RenameSource"]))
    run.touch_copy(source, place(params["Bucket"], params["Key"]))
    run.touch("output", *source, gone=True)


def copy_key(text: str) -> str:
    """Read a percent-encoded path or key."""
    if "%" in text:
        from urllib.parse import unquote  # noqa: PLC0415  loaded with botocore

        text = unquote(text)
    return text.lstrip("/")


def _delete(run: Run, params: Params, answer: Any, size: int | None) -> None:
    if not params.get("VersionId"):  # an old version's end changes nothing that is read
        run.touch("output", *place(params["Bucket"], params["Key"]), gone=True)


def _delete_many(run: Run, params: Params, answer: Any, size: int | None) -> None:
    failed = {error.get("Key") for error in answer.get("Errors") or ()}
    for each in params["Delete"]["Objects"]:
        if each["Key"] not in failed and not each.get("VersionId"):
            run.touch("output", *place(params["Bucket"], each["Key"]), gone=True)


def _upload_part(params: Params, size: int | None) -> None:
    upload = _upload(params["UploadId"])
    upload.parts += 1
    upload.size = None if size is None or upload.size is None else upload.size + size


def _copy_part(params: Params, size: int | None) -> None:
    upload = _upload(params["UploadId"])
    source = copy_source(params["CopySource"])
    upload.parts += 1
    if source is not None:
        upload.sources[source] = None


def _complete(run: Run, params: Params, answer: Any, size: int | None) -> None:
    upload = _uploads.pop(params["UploadId"], None)
    target = place(params["Bucket"], params["Key"])
    whole: Params = params.get("MultipartUpload") or {}
    parts: list[Any] = whole.get("Parts") or []
    is_seen = upload is not None and upload.parts == len(parts)  # else others sent parts that were not seen
    sources = upload.sources if upload is not None else {}
    for source in sources:
        run.touch_copy(source, target)
    if not is_seen or not sources or upload is None or upload.size != 0:
        run.touch("output", *target, size=upload.size if upload is not None and is_seen and not sources else None)


def _abort(params: Params, size: int | None) -> None:
    _uploads.pop(params["UploadId"], None)


def _upload(upload_id: str) -> _Upload:
    upload = _uploads.get(upload_id)
    if upload is None:
        if len(_uploads) >= _MAX_UPLOADS:
            _uploads.pop(next(iter(_uploads)), None)
        upload = _uploads[upload_id] = _Upload()
    return upload


_SENDS = frozenset(("PutObject", "UploadPart"))
_NOTES: dict[str, Callable[[Run, Params, Any, int | None], None]] = {
    "GetObject": _get,
    "SelectObjectContent": _select,
    "HeadObject": _head,
    "ListObjects": _list,
    "ListObjectsV2": _list,
    "PutObject": _put,
    "CopyObject": _copy,
    "RenameObject": _rename,
    "DeleteObject": _delete,
    "DeleteObjects": _delete_many,
    "CompleteMultipartUpload": _complete,
}
_STEPS: dict[str, Callable[[Params, int | None], None]] = {  # what only counts when an upload is completed
    "UploadPart": _upload_part,
    "UploadPartCopy": _copy_part,
    "AbortMultipartUpload": _abort,
}
_LOOKS = frozenset(("HeadObject", "ListObjects", "ListObjectsV2"))
