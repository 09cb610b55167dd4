"""The sink for folders: `s3://bucket/prefix`, `gs://`, `az://`, `memory://`, `folder+file:///var/lineage`.

Each batch becomes one object of lines (one event each) per day, such as
`dt=2026-11-21/20261121T100000.123456Z-<hash>.jsonl.gz`. Name and content follow from the events alone: the time is the
earliest of theirs, the hash that of their bytes. So names sort by time, two processes never meet in one name, and a
batch that is sent again replaces itself. Where a re-sent batch is cut differently, an event may lie in two objects,
byte-equal, as everywhere.

Must not: read, list or remove anything in the folder, or take longer than one time-out per object where the library can
be told so. Local folders need no library: a file is written through to the disk under another name, then renamed. The
sender's threads run in a context of their own, so the hooks see no lineage in what happens here.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from gzip import compress
from hashlib import blake2b
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from whence.emit._folder import write_all
from whence.emit._sink_urls import FOLDER_PREFIX
from whence.emit._values import seconds_of
from whence.emit.sinks._interface import Fault, Outcome, Retry, SinkSpec, Taken
from whence.errors import MissingExtraError, SinkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence.emit._settings import SinkSettings

_GZIP_LEVEL = 6
_HASH_BYTES = 8
_TEXT = 300
_GATHER_S = 5.0
_UNDATED = "undated"
_PERSON_TO_MEND = ("NoCredentials", "PartialCredentials", "ProfileNotFound", "NoRegion", "ParamValidation", "Refresh")
_STATUS_TO_MEND = frozenset({301, 307, 400, 401, 403, 404, 405})
_S3_OPTIONS = ("endpoint_url", "region_name")


class Store(Protocol):
    """Where objects go."""

    def put(self, name: str, content: bytes) -> None:
        """Store an object under a name with slashes, whole or not at all, replacing one of that name."""
        ...

    def look(self) -> str:
        """Say how the place is, or raise, without writing anything."""
        ...


class ObjectFolderSink:
    """Writes batches as objects."""

    def __init__(self, settings: SinkSettings) -> None:
        self._place = settings.url
        self._gzip = settings.gzip
        options = dict(settings.options)
        self.gather_s = seconds_of(f"{settings.url}?every_s", options.pop("every_s", _GATHER_S))
        """At most one object in this time, unless there are many events: objects cost money one by one."""
        self._store = open_store(replace(settings, options=options))

    def send(self, batch: Sequence[bytes]) -> list[Outcome]:
        """Write one object for each day that the events are of."""
        days: dict[str, list[int]] = {}
        for number, event in enumerate(batch):
            days.setdefault(_day_of(event_time(event)), []).append(number)
        outcomes: list[Outcome] = [Taken()] * len(batch)
        for numbers in days.values():
            outcome = self._put([batch[number] for number in numbers])
            for number in numbers:
                outcomes[number] = outcome
        return outcomes

    def _put(self, events: Sequence[bytes]) -> Outcome:
        name, content = packed(events, gzip=self._gzip)
        try:
            self._store.put(name, content)
        except Exception as fault:  # noqa: BLE001 - each library has errors of its own
            return Retry(f"{self._place} cannot be written: {_said(fault)}", fault=_fault_of(fault))
        return Taken()

    def look(self) -> str:
        """Say how the place is, or raise."""
        return self._store.look()

    def close(self) -> None:
        """Do nothing: nothing is held between batches but the library's own connections, which it closes itself."""


class LocalStore:
    """A folder on this machine."""

    def __init__(self, path: str) -> None:
        self._path = path

    def put(self, name: str, content: bytes) -> None:
        """Write a file through to the disk, then give it its name."""
        path = f"{self._path}/{name}"
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        draft = f"{folder}/.{os.path.basename(path)}.{os.getpid()}"
        try:
            fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
            try:
                write_all(fd, content)
                os.fsync(fd)
            finally:
                os.close(fd)
            os.replace(draft, path)
        except OSError:
            with suppress(OSError):
                os.unlink(draft)
            raise
        fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def look(self) -> str:
        """Say whether files can be made: in the folder, or in the nearest one above that is there."""
        path = self._path
        while not os.path.exists(path):
            path = os.path.dirname(path)
        if not os.path.isdir(path) or not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(f"nothing may be written in {path}")
        return "can be written" if path == self._path else "will be created"


class S3Store:
    """A prefix in a bucket, over botocore alone.

    Not over s3fs: that looks hosts up in a thread pool, which Python has closed by the time a process ends, so the last
    events of a short program would have to wait for the next one.
    """

    def __init__(self, settings: SinkSettings) -> None:
        session, config = import_module("botocore.session"), import_module("botocore.config")
        self._bucket, _, prefix = settings.url.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        options = dict(settings.options)
        self._arguments = {name: options.pop(name) for name in list(options) if name[:1].isupper()}
        if unknown := sorted(options.keys() - {"profile", *_S3_OPTIONS}):
            known = f"profile, {', '.join(_S3_OPTIONS)} and those of PutObject, such as StorageClass"
            raise SinkError(settings.url, f"{settings.url} has the unknown parameter {unknown[0]!r}; known are {known}")
        bounded = config.Config(**_one_attempt(settings), user_agent_extra="whence")
        self._client: Any = session.Session(profile=options.pop("profile", None)).create_client(
            "s3", config=bounded, **options
        )

    def put(self, name: str, content: bytes) -> None:
        """Put one object."""
        self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=content, **self._arguments)

    def look(self) -> str:
        """Ask for the bucket; whether it may be written only a write can tell."""
        self._client.head_bucket(Bucket=self._bucket)
        return f"the bucket {self._bucket} is there"


class FsspecStore:
    """A folder in any store that fsspec knows, over an instance of its own (the host's may be set up otherwise)."""

    def __init__(self, settings: SinkSettings) -> None:
        url = settings.url.removeprefix(FOLDER_PREFIX)
        protocol = url.partition("://")[0]
        options = storage_options(settings)
        if protocol in ("s3", "s3a"):
            options["config_kwargs"] = {**_one_attempt(settings), **options.get("config_kwargs", {})}
        try:
            self._system: Any = import_module("fsspec").filesystem(protocol, skip_instance_cache=True, **options)
        except (ImportError, ValueError) as cause:  # the library for this store is missing, or nobody knows it
            if isinstance(cause, ModuleNotFoundError) and cause.name == "fsspec":
                raise
            raise SinkError(settings.url, f"{settings.url} cannot be used: {cause}") from cause
        self._root = cast("str", self._system._strip_protocol(url)).rstrip("/")  # noqa: SLF001 - its documented way
        self._bound = {"timeout": settings.timeout_s} if self._system.async_impl else {}

    # An asynchronous library (s3fs, gcsfs, adlfs) cannot be loaded, nor look a host up, once Python has begun to end:
    # what is left by then waits in the spool for the next process.

    def put(self, name: str, content: bytes) -> None:
        """Store an object in one call, which object stores make whole or not at all."""
        path = f"{self._root}/{name}"
        if not self._system.async_impl:
            self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._system.pipe_file(path, content, **self._bound)

    def look(self) -> str:
        """Say that it was opened: what more can be asked differs from store to store."""
        return "its library is there; nothing was asked"


def _one_attempt(settings: SinkSettings) -> dict[str, Any]:
    """Give botocore's settings for one attempt within the time-out: the sender waits and tries again."""
    waits = {"connect_timeout": settings.timeout_s, "read_timeout": settings.timeout_s}
    return {**waits, "retries": {"max_attempts": 0}}


def open_store(settings: SinkSettings) -> Store:
    """Open the store of a URL. Raises `MissingExtraError` when its library is not installed, else `SinkError`."""
    kind, path = settings.url.split("://", 1)
    try:
        if kind == "folder+file":
            return LocalStore(path)
        return S3Store(settings) if kind == "s3" else FsspecStore(settings)
    except ModuleNotFoundError as cause:
        if cause.name not in {"botocore", "fsspec"}:
            raise
        raise MissingExtraError("whence.sinks", kind, "s3" if kind == "s3" else "fsspec") from cause


def storage_options(settings: SinkSettings) -> dict[str, Any]:
    """Give the library's arguments: a dot in a name goes down into a table (`client_kwargs.region_name`)."""
    options: dict[str, Any] = {}
    for name, text in settings.options.items():
        *tables, last = name.split(".")
        place = options
        for table in tables:
            place = place.setdefault(table, {})
        place[last] = {"true": True, "false": False}.get(text, text)
    return options


def packed(events: Sequence[bytes], *, gzip: bool) -> tuple[str, bytes]:
    """Give the name and the content of the object for these events; equal events give equal ones."""
    lines = b"".join(event + b"\n" for event in events)
    times = [time for time in map(event_time, events) if time is not None]
    first = min(times, default=None)
    stamp = first.strftime("%Y%m%dT%H%M%S.%fZ") if first is not None else _UNDATED
    mark = blake2b(lines, digest_size=_HASH_BYTES).hexdigest()
    name = f"dt={_day_of(first)}/{stamp}-{mark}.jsonl"
    return (f"{name}.gz", compress(lines, _GZIP_LEVEL, mtime=0)) if gzip else (name, lines)


def event_time(event: bytes) -> datetime | None:
    """Read an event's time, in UTC; None when it has none that can be read."""
    try:
        time = datetime.fromisoformat(json.loads(event)["eventTime"])
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def _day_of(time: datetime | None) -> str:
    return time.strftime("%Y-%m-%d") if time is not None else _UNDATED


def _fault_of(fault: Exception) -> Fault:
    """Say whether waiting may help: rights, credentials and buckets that are not there are a person's to mend."""
    if isinstance(fault, (PermissionError, FileNotFoundError, NotADirectoryError, IsADirectoryError)):
        return Fault.SETTINGS
    answer = cast("dict[str, Any]", getattr(fault, "response", None) or {})
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    is_setting = status in _STATUS_TO_MEND or type(fault).__name__.startswith(_PERSON_TO_MEND)
    return Fault.SETTINGS if is_setting else Fault.DOWN


def _said(fault: Exception) -> str:
    text = (fault.strerror if isinstance(fault, OSError) else None) or str(fault)
    return f"{type(fault).__name__}: {' '.join(text.split())}"[:_TEXT]


SPEC = SinkSpec(name="folder", schemes=("folder",), open=ObjectFolderSink)
