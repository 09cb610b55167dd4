"""Every error that Whence raises on purpose, so that a caller can tell them apart.

    WhenceError
    ├── EventError            an event that is no OpenLineage event: `path`, `value`
    ├── NamingError           a name, URL, URN or node id that cannot be read: `value`
    ├── ConfigError           a setting that is unknown, missing or wrong: `setting`, `value`
    ├── SpoolError            the spool folder cannot be used: `folder`
    ├── SinkError             a sink that cannot be made or has been closed: `sink`
    └── PluginError           a named part that did not load: `group`, `name`
        ├── MissingExtraError     its libraries are not installed: `extra`
        ├── BrokenPluginError     it is installed and failed while loading: `__cause__`
        └── UnknownPluginError    nobody has this name: `known`

Each message says what happened, with which value, what is allowed and what to do next. Values are cut short, because
they come from outside; a message never holds a password, since nothing here is handed one. All of them survive pickling
(`args` are the constructor's). This module must not import anything.
"""

from __future__ import annotations

_SHOWN = 80


def shown(value: object) -> str:
    """Return the value as a message may show it: its repr, at most 80 characters of it."""
    if isinstance(value, (str, bytes)):
        return repr(value) if len(value) <= _SHOWN else f"{value[:_SHOWN]!r}..."
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


class WhenceError(Exception):
    """The root of all errors that Whence raises on purpose. `message` says what happened and what to do."""

    def __init__(self, message: str, *arguments: object) -> None:
        super().__init__(*(arguments or (message,)))
        self.message = message

    def __str__(self) -> str:
        return self.message


class EventError(WhenceError):
    """An event breaks the structure that OpenLineage 2-0-2 demands.

    `path` is a JSON path into the event (`$.job.name`, `$.inputs[2].facets`), `value` is what was found there (None
    when missing).
    """

    def __init__(self, path: str, value: object, message: str) -> None:
        super().__init__(message, path, value, message)
        self.path = path
        self.value = value

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class NamingError(WhenceError):
    """A database URL, table name, URN or node id cannot be turned into a name. `value` never holds credentials."""

    def __init__(self, value: object, message: str) -> None:
        super().__init__(message, value, message)
        self.value = value


class ConfigError(WhenceError):
    """A setting is unknown, missing or wrong. `setting` is its name; `value` is None when it is missing or secret."""

    def __init__(self, setting: str, value: object, message: str) -> None:
        super().__init__(message, setting, value, message)
        self.setting = setting
        self.value = value


class SpoolError(WhenceError):
    """The spool folder cannot be used: full disk, read-only folder, a record that is not ours. `folder` is its path."""

    def __init__(self, folder: str, message: str) -> None:
        super().__init__(message, folder, message)
        self.folder = folder


class SinkError(WhenceError):
    """A sink cannot be made, or was used after it was closed. `sink` is its name."""

    def __init__(self, sink: str, message: str) -> None:
        super().__init__(message, sink, message)
        self.sink = sink


class PluginError(WhenceError):
    """A sink, hook, scanner or dialect asked for by name did not load. `group` says which kind, `name` which one."""

    def __init__(self, group: str, name: str, message: str) -> None:
        super().__init__(message, group, name, message)
        self.group = group
        self.name = name


class MissingExtraError(PluginError):
    """The libraries of a built-in part are not installed. `extra` names what to install them by."""

    def __init__(self, group: str, name: str, extra: str) -> None:
        super().__init__(group, name, f"{group} {name!r} needs the extra {extra!r}: run pip install 'whence[{extra}]'")
        self.args = (group, name, extra)
        self.extra = extra


class BrokenPluginError(PluginError):
    """A part is installed and failed while loading. Raised `from` the failure, which is never hidden as "unknown"."""


class UnknownPluginError(PluginError):
    """Nobody has this name, neither the built-in table nor an entry point. `known` lists the names there are."""

    def __init__(self, group: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(group, name, f"{group} {name!r} is unknown; known: {', '.join(known) or 'none'}")
        self.args = (group, name, known)
        self.known = known
