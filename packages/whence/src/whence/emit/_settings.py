"""The settings: which sinks, where the spool lies, what is told, every bound and every wait.

Must not: read the environment, a file or a clock (`_environment.py` is the one place that takes a mapping of the
environment), or show a secret: `api_key` and `authorization` are left out of every repr and masked in `rows()`. Source:
`docs/reference/settings.md`, the names of openlineage-python 1.54 (`OPENLINEAGE_*`) and of the Marquez seeds
(`OL_NAMESPACE`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

KIB = 1024
MIB = 1024 * KIB
HIDDEN = "(set, not shown)"
PATH_PRESETS = ("table", "folder", "object")
SQL_TEXTS = ("redacted", "fingerprint", "off", "full")


@dataclass(frozen=True, kw_only=True, slots=True)
class SinkSettings:
    """One place where events go. `url` holds no credentials: `authorization` is the whole header value they became."""

    url: str
    kind: str
    """The URL's scheme, which names the sink: http, https, file, console, or one that a third party brings."""
    authorization: str | None = field(default=None, repr=False)
    timeout_s: float = 10.0
    """The most that one exchange may take, from connecting to the last byte of the answer."""
    gzip: bool = True
    options: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, hash=False)
    """What is handed to the sink's client library as it is; may hold secrets."""

    @property
    def is_local(self) -> bool:
        """Whether this sink belongs to the process: its events go there straight from memory, not over the spool."""
        return self.kind == "console"


class SettingRow(NamedTuple):
    """One line of `whence config show`."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that the library can be told; made by `settings_from`, which knows the origin of each value."""

    sinks: tuple[SinkSettings, ...]
    spool_dir: str
    """Absolute. Processes that share a folder share one queue, so they must share their sinks."""
    namespace: str = "default"
    """The namespace of jobs that name none."""
    disabled: bool = False
    sql_text: str = "redacted"
    """What events say of statements: the text without literals and comments, a hash of that, nothing, or all of it."""
    path_rules: tuple[str, ...] = ("table",)
    """How files and objects become datasets: presets and templates, the first that fits; see `_datasets.paths`."""
    weak_reads: bool = False
    """Whether what was only looked at (HEAD, a listing) counts as read."""
    aws_lookup: bool = False
    """Whether the background asks Glue for tables of Athena whose place or columns did not pass by."""
    api_key: str | None = field(default=None, repr=False)
    """Sent as a Bearer token to every http sink whose URL has no credentials of its own."""
    kafka: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, hash=False)
    """Settings of the client library for every Kafka sink; may hold secrets."""
    datahub_env: str = "PROD"
    """The environment (fabric) of datasets and jobs in every DataHub sink whose URL names none."""
    datahub_token: str | None = field(default=None, repr=False)
    """Sent as a Bearer token to every DataHub sink whose URL has no credentials of its own."""
    gzip: bool = True
    timeout_s: float = 10.0
    spool_max_bytes: int = 256 * MIB
    event_max_bytes: int = 16 * MIB
    memory_max_events: int = 10_000
    memory_max_bytes: int = 64 * MIB
    """Memory holds events only while the spool folder cannot be written."""
    batch_max_events: int = 100
    batch_max_bytes: int = MIB
    poll_s: float = 0.25
    """How often the drainer looks for new events: the most that an event waits before it is sent."""
    sync_s: float = 1.0
    """How often the background writes the spool through to the disk: what a power cut can cost."""
    backoff_min_s: float = 0.5
    backoff_max_s: float = 30.0
    fault_wait_s: float = 60.0
    """How long a sink rests after an answer that only a person can mend (401, 403, 404 ...)."""
    retry_after_max_s: float = 600.0
    event_tries: int = 8
    """How often one event may fail while its neighbours pass before it goes to the dead letters."""
    dead_max_bytes: int = 64 * MIB
    exit_timeout_s: float = 2.0
    window_s: float = 60.0
    """How long the requests of one route of a service are one run."""
    progress_s: float = 300.0
    """How often a run that goes on tells what it did so far, if that is more than it told."""
    warnings: tuple[str, ...] = ()
    """What a person should know about these settings, such as a variable that looks misspelled."""
    origins: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, compare=False)

    def rows(self) -> tuple[SettingRow, ...]:
        """List each setting with its value as text and its origin; secrets are said to be set and not shown."""
        skipped = {"warnings", "origins"}
        return tuple(
            SettingRow(each.name, self._shown(each.name), self.origins.get(each.name, "default"))
            for each in fields(self)
            if each.name not in skipped
        )

    def _shown(self, name: str) -> str:
        value = getattr(self, name)
        if name == "sinks":
            return ", ".join(sink.url for sink in self.sinks) or "none"
        if name == "path_rules":
            return ", ".join(self.path_rules)
        if name in {"api_key", "datahub_token", "kafka"}:
            return HIDDEN if value else "none"
        return str(value).lower() if isinstance(value, bool) else str(value)
