"""The table of built-in sinks by URL scheme, how a sink is opened, and the name of its files in the spool folder.

Must not: load a sink's module before the sink is opened.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

from whence._plugins import Builtin, load_plugin

if TYPE_CHECKING:
    from whence.emit._settings import SinkSettings
    from whence.emit.sinks._interface import Sink, SinkSpec

GROUP = "whence.sinks"
BUILTIN = {
    "http": Builtin("whence.emit.sinks._openlineage:SPEC"),
    "https": Builtin("whence.emit.sinks._openlineage:SPEC"),
    "file": Builtin("whence.emit.sinks._file:SPEC"),
    "console": Builtin("whence.emit.sinks._console:SPEC"),
    "datahub+http": Builtin("whence.emit.sinks.datahub:SPEC"),
    "datahub+https": Builtin("whence.emit.sinks.datahub:SPEC"),
    "kafka": Builtin("whence.emit.sinks._kafka:SPEC", extra="kafka", libraries=("confluent_kafka",)),
    "folder": Builtin("whence.emit.sinks._object_folder:SPEC"),
}
_KEY_TEXT = 60


def load_sink(settings: SinkSettings) -> SinkSpec:
    """Load what is known of this sink, and its module. Raises a `PluginError`."""
    return cast("SinkSpec", load_plugin(GROUP, settings.kind, BUILTIN))


def open_sink(settings: SinkSettings) -> Sink:
    """Open the sink of these settings. Raises a `PluginError`, or what the sink raises when it cannot be made."""
    return load_sink(settings).open(settings)


def sink_key(settings: SinkSettings) -> str:
    """Give the name of this sink's files in the spool folder: readable, unique, without credentials."""
    text = re.sub(r"[^A-Za-z0-9.]+", "-", settings.url).strip("-")[:_KEY_TEXT]
    return f"{text}-{blake2b(settings.url.encode(), digest_size=4).hexdigest()}"
