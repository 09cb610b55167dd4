"""From arguments, environment and file to `Settings`: each value has one origin, in this order, everywhere.

Arguments come first, then the environment, then the file, then the default. `settings_from` is pure: it takes the
environment as a mapping and changes nothing. `load_settings` is its shell: it reads `os.environ` and the configuration
file.

Must not: write to the environment, or guess: an unknown key in arguments or file is refused with the nearest valid one.
An unknown `WHENCE_*` variable may belong to the server, so it only earns a warning, and only when it nearly is one of
ours.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from difflib import get_close_matches
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from whence.emit import _datahub_urls as datahub
from whence.emit import _values as values
from whence.emit._settings import Settings, SinkSettings
from whence.emit._sink_urls import options_of
from whence.errors import ConfigError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_SINK = "http://127.0.0.1:8300"
CONFIG_FILE = "whence.toml"


class _Source(NamedTuple):
    """How a setting is read, and which variables name it, the first one winning."""

    read: Callable[[str, object], Any]
    variables: tuple[str, ...]


def _source(read: Callable[[str, object], Any], *variables: str) -> _Source:
    return _Source(read, variables)


_SOURCES: dict[str, _Source] = {
    "sinks": _source(values.sink_texts_of, "WHENCE_SINKS", "OPENLINEAGE_URL", "MARQUEZ_ENDPOINT", "DATAHUB_GMS_URL"),
    "spool_dir": _source(values.folder_of, "WHENCE_SPOOL_DIR"),
    "namespace": _source(values.text_of, "WHENCE_NAMESPACE", "OPENLINEAGE_NAMESPACE", "OL_NAMESPACE"),
    "disabled": _source(values.switch_of, "WHENCE_DISABLED", "OPENLINEAGE_DISABLED"),
    "sql_text": _source(values.sql_text_of, "WHENCE_SQL_TEXT"),
    "path_rules": _source(values.path_rules_of, "WHENCE_PATH_RULES"),
    "weak_reads": _source(values.switch_of, "WHENCE_WEAK_READS"),
    "aws_lookup": _source(values.switch_of, "WHENCE_AWS_LOOKUP"),
    "api_key": _source(values.secret_of, "WHENCE_API_KEY", "OPENLINEAGE_API_KEY"),
    "kafka": _source(options_of, "WHENCE_KAFKA"),
    "datahub_env": _source(datahub.env_of, "DATAHUB_ENV"),
    "datahub_token": _source(values.secret_of, "DATAHUB_GMS_TOKEN"),
    "gzip": _source(values.switch_of, "WHENCE_GZIP"),
    "timeout_s": _source(values.seconds_of, "WHENCE_TIMEOUT_S"),
    "spool_max_bytes": _source(values.size_of, "WHENCE_SPOOL_MAX_BYTES"),
    "event_max_bytes": _source(values.size_of, "WHENCE_EVENT_MAX_BYTES"),
    "memory_max_events": _source(values.count_of, "WHENCE_MEMORY_MAX_EVENTS"),
    "memory_max_bytes": _source(values.size_of, "WHENCE_MEMORY_MAX_BYTES"),
    "batch_max_events": _source(values.count_of, "WHENCE_BATCH_MAX_EVENTS"),
    "batch_max_bytes": _source(values.size_of, "WHENCE_BATCH_MAX_BYTES"),
    "poll_s": _source(values.seconds_of, "WHENCE_POLL_S"),
    "sync_s": _source(values.seconds_of, "WHENCE_SYNC_S"),
    "backoff_min_s": _source(values.seconds_of, "WHENCE_BACKOFF_MIN_S"),
    "backoff_max_s": _source(values.seconds_of, "WHENCE_BACKOFF_MAX_S"),
    "fault_wait_s": _source(values.seconds_of, "WHENCE_FAULT_WAIT_S"),
    "retry_after_max_s": _source(values.seconds_of, "WHENCE_RETRY_AFTER_MAX_S"),
    "event_tries": _source(values.count_of, "WHENCE_EVENT_TRIES"),
    "dead_max_bytes": _source(values.size_of, "WHENCE_DEAD_MAX_BYTES"),
    "exit_timeout_s": _source(values.seconds_of, "WHENCE_EXIT_TIMEOUT_S"),
    "window_s": _source(values.seconds_of, "WHENCE_WINDOW_S"),
    "progress_s": _source(values.seconds_of, "WHENCE_PROGRESS_S"),
}

SETTING_NAMES = tuple(_SOURCES)
_VARIABLES = frozenset(name for source in _SOURCES.values() for name in source.variables) | {"WHENCE_CONFIG"}


def settings_from(
    args: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    file: Mapping[str, Any] | None = None,
    *,
    file_name: str = "whence.toml",
) -> Settings:
    """Make `Settings` from what was given; an argument that is None counts as not given, so does an empty variable.

    `sinks` is a text of URLs separated by commas, or a list of URLs and `SinkSettings`. Raises `ConfigError` naming the
    setting, the value, what is allowed, and for an unknown key the nearest valid one.
    """
    args, environ, file = args or {}, environ or {}, file or {}
    found: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for where, given in (("argument", args), (file_name, file)):
        _refuse_unknown(where, given)
    for name, source in _SOURCES.items():
        value, origin = _first_given(name, source, args, environ, file, file_name)
        if origin is not None:
            found[name] = source.read(_label(name, origin), value)
            origins[name] = origin
    found["sinks"] = _sinks(found, origins, environ)
    if "spool_dir" not in found:
        found["spool_dir"] = _default_folder(found["sinks"], environ)
    return Settings(**found, origins=origins, warnings=(*_warnings(environ), *datahub.remarks(origins, environ)))


def load_settings(args: Mapping[str, Any] | None = None, *, path: str | os.PathLike[str] | None = None) -> Settings:
    """Make `Settings` from arguments, the process's environment and a file: `path`, `WHENCE_CONFIG` or ./whence.toml.

    A file that was named must be there; ./whence.toml is read when it exists. Raises `ConfigError`.
    """
    named = os.fspath(path) if path is not None else os.environ.get("WHENCE_CONFIG") or None
    return settings_from(
        args, os.environ, _read_file(named or CONFIG_FILE, must=bool(named)), file_name=named or CONFIG_FILE
    )


def _read_file(name: str, *, must: bool) -> dict[str, Any]:
    try:
        with open(name, "rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        if must:
            raise ConfigError("WHENCE_CONFIG", name, f"the configuration file {shown(name)} is not there") from None
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigError(
            "WHENCE_CONFIG", name, f"the configuration file {shown(name)} cannot be read: {fault}"
        ) from fault


def _refuse_unknown(where: str, given: Mapping[str, Any]) -> None:
    for key in given:
        if key not in _SOURCES:
            near = get_close_matches(key, SETTING_NAMES, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(SETTING_NAMES)}"
            raise ConfigError(key, None, f"{where} has the unknown setting {key!r}; {hint}")


def _first_given(
    name: str,
    source: _Source,
    args: Mapping[str, Any],
    environ: Mapping[str, str],
    file: Mapping[str, Any],
    file_name: str,
) -> tuple[object, str | None]:
    if args.get(name) is not None:
        return args[name], "argument"
    for variable in source.variables:
        if environ.get(variable, "").strip():
            return environ[variable], f"environment {variable}"
    if name in file:
        return file[name], f"file {file_name}"
    return None, None


def _label(name: str, origin: str) -> str:
    """Say a setting by the name under which the reader gave it."""
    return origin.removeprefix("environment ") if origin.startswith("environment ") else name


def _sinks(
    found: Mapping[str, Any], origins: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[SinkSettings, ...]:
    """Turn the texts into sinks that know their time-out, compression and credentials; a sink named twice is one."""
    origin = origins.get("sinks", "default")
    given = cast("list[str | SinkSettings]", found.get("sinks", [DEFAULT_SINK]))
    api_key = found.get("api_key") if _key_belongs(origin, origins, environ) else None
    made: dict[str, SinkSettings] = {}
    for each in given:
        if isinstance(each, SinkSettings):
            made[each.url] = each
            continue
        text = datahub.gms_url_of(each) if origin.endswith("DATAHUB_GMS_URL") else each
        sink = values.sink_of(_label("sinks", origin), text)
        if sink.kind.startswith(datahub.PREFIX):
            sink = _bounded(datahub.completed(sink, found, origins, environ), found)
        elif sink.kind in {"http", "https"}:
            sink = _http_sink(sink, found, environ if origin.endswith("OPENLINEAGE_URL") else {}, api_key)
        elif sink.kind not in {"file", "console"}:
            sink = _bounded(sink, found)
        if made.get(sink.url, sink).options != sink.options:
            raise ConfigError("sinks", sink.url, f"sinks holds {shown(sink.url)} twice, with parameters that differ")
        made[sink.url] = sink
    return tuple(made.values())


def _bounded(sink: SinkSettings, found: Mapping[str, Any]) -> SinkSettings:
    """Give a sink its time-out and compression, and a Kafka sink the settings for all of these."""
    known = {name: found[name] for name in ("timeout_s", "gzip") if name in found}
    shared: Mapping[str, str] = found.get("kafka", {}) if sink.kind == "kafka" else {}
    return replace(sink, options={**shared, **sink.options}, **known)


def _http_sink(
    sink: SinkSettings, found: Mapping[str, Any], environ: Mapping[str, str], api_key: str | None
) -> SinkSettings:
    sink = _bounded(sink, found)
    endpoint = environ.get("OPENLINEAGE_ENDPOINT", "").strip().strip("/")
    url = f"{sink.url}/{endpoint}" if endpoint else sink.url
    bearer = f"Bearer {api_key}" if api_key else None
    return replace(sink, url=url, authorization=sink.authorization or bearer)


def _key_belongs(origin: str, origins: Mapping[str, str], environ: Mapping[str, str]) -> bool:
    """Say whether the key may go to these sinks.

    OPENLINEAGE_API_KEY is for OPENLINEAGE_URL, and for no other host beside it.
    """
    if not origins.get("api_key", "").endswith("OPENLINEAGE_API_KEY"):
        return True
    return origin.endswith("OPENLINEAGE_URL") or not environ.get("OPENLINEAGE_URL", "").strip()


def _default_folder(sinks: tuple[SinkSettings, ...], environ: Mapping[str, str]) -> str:
    """Give the folder of these sinks under the user's state.

    Programs with other sinks never share a queue by accident.
    """
    mark = blake2b("\n".join(sorted(sink.url for sink in sinks)).encode(), digest_size=6).hexdigest()
    state, home = environ.get("XDG_STATE_HOME", ""), environ.get("HOME", "")
    if state.startswith("/"):
        base = f"{state}/whence"
    elif home.startswith("/") and home.strip("/"):
        base = f"{home}/.local/state/whence"
    else:
        base = f"{environ.get('TMPDIR') or '/tmp'}/whence-{os.getuid()}"  # noqa: S108 - the spool makes it 0700 and checks its owner
    return f"{base}/spool/{mark}"


def _warnings(environ: Mapping[str, str]) -> tuple[str, ...]:
    ours = sorted(name for name in _VARIABLES if name.startswith("WHENCE_"))
    said: list[str] = []
    for name in sorted(environ):
        if name.startswith("WHENCE_") and name not in _VARIABLES:
            near = get_close_matches(
                name.removeprefix("WHENCE_"), [each.removeprefix("WHENCE_") for each in ours], n=1, cutoff=0.8
            )
            said.extend(f"the variable {name} is not known and not read; did you mean WHENCE_{each}?" for each in near)
    return tuple(said)
