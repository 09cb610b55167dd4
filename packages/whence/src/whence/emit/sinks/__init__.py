"""The sinks: what one is, what it answers, and which there are.

A sink takes a batch of events (each its UTF-8 JSON bytes) and says for each what became of it: taken, refused for good,
or to be tried again. A built-in is a line in `BUILTIN`; third parties bring an entry point in the group `whence.sinks`
whose name is the URL scheme and whose object is a `SinkSpec`. Neither is loaded before a sender opens the sink.

Must not: keep events, wait between tries or write dead letters; the sender does.
"""

from whence.emit.sinks._interface import Fault, Outcome, Refused, Retry, Sink, SinkSpec, Taken
from whence.emit.sinks._table import BUILTIN, GROUP, load_sink, open_sink, sink_key

__all__ = [
    "BUILTIN",
    "GROUP",
    "Fault",
    "Outcome",
    "Refused",
    "Retry",
    "Sink",
    "SinkSpec",
    "Taken",
    "load_sink",
    "open_sink",
    "sink_key",
]
