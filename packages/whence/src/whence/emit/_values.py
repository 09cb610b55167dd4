"""Text to value: sizes, waits, switches and sink URLs, as people write them in the environment or in a file.

Must not: read the environment or touch the disk. Raises `ConfigError` with the setting's name and what is allowed; a
message never holds a URL's credentials.
"""

from __future__ import annotations

import os.path
from base64 import b64encode
from typing import TYPE_CHECKING, cast
from urllib.parse import SplitResult, unquote, urlsplit

from whence.emit._datahub_urls import PREFIX, datahub_of
from whence.emit._settings import KIB, MIB, PATH_PRESETS, SQL_TEXTS, SinkSettings
from whence.emit._sink_urls import FOLDER_PREFIX, FOLDERS, kafka_of, split_urls, store_of
from whence.errors import ConfigError, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNITS = {"": 1, "b": 1, "kib": KIB, "mib": MIB, "gib": KIB * MIB, "kb": 1000, "mb": 1000**2, "gb": 1000**3}
_ON = frozenset({"1", "true", "yes", "on"})
_OFF = frozenset({"0", "false", "no", "off", ""})
_FILE_HOSTS = frozenset({"", "localhost"})
LINEAGE_PATH = "/api/v1/lineage"


def text_of(setting: str, value: object) -> str:
    """Read a text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise ConfigError(setting, value, f"{setting} is {shown(value)}; a text that is not empty is needed")


def secret_of(setting: str, value: object) -> str | None:
    """Read a secret that can travel in an HTTP header; the empty text means none."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value.strip()
    raise ConfigError(
        setting, None, f"{setting} (not shown) has characters that no HTTP header can carry; printable ASCII is needed"
    )


def switch_of(setting: str, value: object) -> bool:
    """Read a switch: true, yes, on, 1 or false, no, off, 0."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _ON | _OFF:
        return value.strip().lower() in _ON
    raise ConfigError(setting, value, f"{setting} is {shown(value)}; true or false is needed")


def sql_text_of(setting: str, value: object) -> str:
    """Read what events say of statements."""
    word = value.strip().lower() if isinstance(value, str) else value
    if word in SQL_TEXTS:
        return cast("str", word)
    raise ConfigError(setting, value, f"{setting} is {shown(value)}; choose one of {', '.join(SQL_TEXTS)}")


def path_rules_of(setting: str, value: object) -> tuple[str, ...]:
    """Read path rules: commas in a text, else a sequence; each is a preset or a template with a place in front."""
    parts: Sequence[object] = value.split(",") if isinstance(value, str) else cast("Sequence[object]", value)
    if not isinstance(parts, (list, tuple)):
        raise ConfigError(setting, value, f"{setting} is {shown(value)}; a text or a list of texts is needed")
    rules = tuple(part.strip() if isinstance(part, str) else "" for part in parts)
    for rule, part in zip(rules, parts, strict=True):
        places = [side.strip() for side in rule.split("->")]
        if rule not in PATH_PRESETS and not all("://" in place or place.startswith("/") for place in places):
            allowed = f"{', '.join(PATH_PRESETS)}, a template such as s3://lake/{{table}}/**, or /mnt/lake -> s3://lake"
            raise ConfigError(setting, part, f"{setting} holds {shown(part)}; a rule is one of {allowed}")
    return rules


def size_of(setting: str, value: object) -> int:
    """Read a number of bytes, at least 1: 65536, "64 KiB", "256MiB", "1GB"."""
    if isinstance(value, str):
        digits = value.strip().rstrip("bBiIkKmMgG ")
        unit = _UNITS.get(value.strip()[len(digits) :].strip().lower())
        value = int(digits) * unit if digits.isdecimal() and unit else value
    return _whole(setting, value, 'a number of bytes above 0 is needed, such as 65536 or "256MiB"')


def count_of(setting: str, value: object) -> int:
    """Read a count, at least 1."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    return _whole(setting, value, "a whole number above 0 is needed")


def _whole(setting: str, value: object, allowed: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ConfigError(setting, value, f"{setting} is {shown(value)}; {allowed}")


def seconds_of(setting: str, value: object) -> float:
    """Read a number of seconds, more than 0 and finite."""
    try:
        seconds = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else -1.0
    except ValueError:
        seconds = -1.0
    if 0 < seconds < float("inf"):
        return seconds
    raise ConfigError(setting, value, f"{setting} is {shown(value)}; a number of seconds above 0 is needed")


def folder_of(setting: str, value: object) -> str:
    """Read a folder's path; `~` is the home folder, a relative path counts from the working directory of now."""
    path = os.fspath(cast("os.PathLike[str]", value)) if isinstance(value, os.PathLike) else value
    return os.path.abspath(os.path.expanduser(text_of(setting, path)))


def sink_texts_of(setting: str, value: object) -> list[str | SinkSettings]:
    """Split a list of sinks: commas in a text, else a sequence of texts and `SinkSettings`."""
    if isinstance(value, SinkSettings):
        return [value]
    if isinstance(value, str):
        return list[str | SinkSettings](split_urls(value))
    if isinstance(value, (list, tuple)):
        return [_sink_text(setting, part) for part in cast("Sequence[object]", value)]
    raise ConfigError(
        setting, value, f"{setting} is {shown(value)}; sink URLs are needed, in a list or separated by commas"
    )


def _sink_text(setting: str, part: object) -> str | SinkSettings:
    if isinstance(part, (str, SinkSettings)):
        return part
    raise ConfigError(setting, part, f"{setting} holds {shown(part)}; each sink is a URL such as http://localhost:8300")


def sink_of(setting: str, url: str) -> SinkSettings:
    """Read one sink URL: `http://host:8300`, `https://user:password@host/base`, `file:events.jsonl`, `console:`."""
    url = f"{url}:" if url == "console" else url
    scheme = url.partition("://")[0]
    if scheme == "kafka" or scheme.startswith(PREFIX):
        return (kafka_of if scheme == "kafka" else datahub_of)(setting, url)
    if scheme in FOLDERS or scheme.startswith(FOLDER_PREFIX):
        return store_of(setting, url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad_sink(setting, url, "its host or port cannot be read") from None
    if parts.scheme == "file":
        return SinkSettings(url=f"file:{_file_path(setting, url, parts)}", kind="file")
    if parts.scheme == "console":
        return _console(setting, url, parts)
    if parts.scheme in {"http", "https"}:
        return _http(setting, url, parts, port)
    if not parts.scheme or "://" not in url:
        raise _bad_sink(setting, url, "it names no sink")
    plain = url.replace(f"//{parts.netloc}", f"//{parts.netloc.rpartition('@')[2]}", 1)
    return SinkSettings(url=plain, kind=parts.scheme, authorization=_basic(parts))


def _bad_sink(setting: str, url: str, fault: str) -> ConfigError:
    safe = url.rpartition("@")[2]
    allowed = (
        "allowed are http://host:8300, https://..., file:events.jsonl, console: and the schemes of installed sinks"
    )
    return ConfigError(setting, safe, f"{setting} holds the sink {shown(safe)}: {fault}; {allowed}")


def _file_path(setting: str, url: str, parts: SplitResult) -> str:
    if parts.netloc not in _FILE_HOSTS:
        raise _bad_sink(setting, url, f"{parts.netloc!r} would be a host; write file:{parts.netloc}{parts.path}")
    path = unquote(url[len("file:") :] if not parts.netloc and not url.startswith("file://") else parts.path)
    if not path:
        raise _bad_sink(setting, url, "it names no file")
    return os.path.abspath(path)


def _console(setting: str, url: str, parts: SplitResult) -> SinkSettings:
    stream = parts.path or parts.netloc or "stdout"
    if stream not in {"stdout", "stderr"}:
        raise _bad_sink(setting, url, "console: takes stdout or stderr")
    return SinkSettings(url=f"console:{stream}", kind="console")


def _http(setting: str, url: str, parts: SplitResult, port: int | None) -> SinkSettings:
    host = parts.hostname
    if not host:
        raise _bad_sink(setting, url, "it names no host")
    if parts.query or parts.fragment:
        raise _bad_sink(setting, url.partition("?")[0].partition("#")[0], "a query or fragment is not possible here")
    place = f"[{host}]" if ":" in host else host
    place = place if port is None else f"{place}:{port}"
    return SinkSettings(
        url=f"{parts.scheme}://{place}{parts.path.rstrip('/')}", kind=parts.scheme, authorization=_basic(parts)
    )


def _basic(parts: SplitResult) -> str | None:
    if not parts.username and not parts.password:
        return None
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return f"Basic {b64encode(pair.encode()).decode()}"
