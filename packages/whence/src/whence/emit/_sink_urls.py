"""The URLs of the sinks that have more to say than a host: Kafka's brokers and topic, folders in object stores.

    kafka://broker:9092,broker2:9092/topic?security.protocol=SSL
    s3://bucket/prefix?endpoint_url=http://localhost:9000      gs://, az://, memory://, folder+<any>://

A query's parameters are handed to the client library. They and the credentials go to `SinkSettings.options`, so that
the URL that is shown, logged and names the sink's position holds none of them.

Must not: load a client library or know which parameters it takes; it refuses unknown ones itself.
"""

from __future__ import annotations

import json
import os.path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from whence.emit._settings import SinkSettings
from whence.errors import ConfigError, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

KAFKA_TOPIC = "openlineage.events"
FOLDER_PREFIX = "folder+"
FOLDERS = ("s3", "gs", "gcs", "az", "abfs", "abfss", "memory", "folder+file")
"""Schemes that are folders by themselves; `folder+` makes one of any scheme that fsspec knows."""
_KAFKA_ALLOWED = "a Kafka sink is kafka://broker:9092,broker2:9092/topic"


def split_urls(text: str) -> list[str]:
    """Split at commas, save those between the brokers of one Kafka URL."""
    urls: list[str] = []
    for part in (each.strip() for each in text.split(",")):
        if urls and part and _is_open(urls[-1]) and not _names(part):
            urls[-1] += f",{part}"
        elif part:
            urls.append(part)
    return urls


def _is_open(url: str) -> bool:
    """Say whether more brokers may follow: a Kafka URL that has not come to its topic."""
    return url.startswith("kafka://") and "/" not in url.removeprefix("kafka://")


def _names(part: str) -> bool:
    """Say whether a part names a sink by itself."""
    scheme, mark, rest = part.partition(":")
    return part == "console" or (bool(mark) and (rest.startswith("//") or scheme in {"file", "console"}))


def kafka_of(setting: str, url: str) -> SinkSettings:
    """Read a Kafka URL; `user:password@` before the first broker become SASL's."""
    place, _, query = url.removeprefix("kafka://").partition("?")
    authority, _, path = place.partition("/")
    login, at, brokers = authority.rpartition("@")
    options = options_of(setting, query)
    if at:
        name, _, password = login.partition(":")
        options = {"sasl.username": unquote(name), "sasl.password": unquote(password)} | options
    topic = unquote(path.strip("/")) or KAFKA_TOPIC
    if not brokers.strip(",") or "/" in topic:
        safe = f"kafka://{brokers}/{path}"
        raise ConfigError(setting, safe, f"{setting} holds the sink {shown(safe)}; {_KAFKA_ALLOWED}")
    return SinkSettings(url=f"kafka://{brokers}/{topic}", kind="kafka", options=options)


def store_of(setting: str, url: str) -> SinkSettings:
    """Read the URL of a folder in an object store, or of a local one (`folder+file:///var/lineage`)."""
    bare, _, query = url.partition("?")
    parts = urlsplit(bare)
    if "@" in parts.netloc and not parts.scheme.endswith(("abfs", "abfss")):  # abfs://container@account is a place
        safe = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        raise ConfigError(
            setting, safe, f"{setting} holds the sink {shown(safe)} with credentials; give them to its library instead"
        )
    path = parts.path.rstrip("/")
    if parts.scheme == f"{FOLDER_PREFIX}file":
        if parts.netloc or not path:
            raise ConfigError(setting, bare, f"{setting} holds the sink {shown(bare)}; write folder+file:///a/folder")
        path = os.path.abspath(unquote(path))
    elif not parts.netloc:
        raise ConfigError(setting, bare, f"{setting} holds the sink {shown(bare)}, which names no bucket")
    return SinkSettings(url=f"{parts.scheme}://{parts.netloc}{path}", kind="folder", options=options_of(setting, query))


def options_of(setting: str, given: object) -> dict[str, str]:
    """Read settings of a client library: a mapping, or a text written as a URL's query or as a JSON object.

    A plus sign is itself, not a space: passwords have them.
    """
    if isinstance(given, str) and given.lstrip().startswith("{"):
        given = _object_of(setting, given)
    if isinstance(given, dict):
        return {str(name): _text(value) for name, value in cast("Mapping[object, object]", given).items()}
    if not isinstance(given, str):
        raise ConfigError(setting, None, f"{setting} (not shown) is no table of names and values")
    options: dict[str, str] = {}
    for part in filter(None, given.strip().split("&")):
        name, mark, value = part.partition("=")
        if not mark or not name:
            raise ConfigError(setting, None, f"{setting} (not shown) has a part that is not written name=value")
        options[unquote(name)] = unquote(value)
    return options


def _object_of(setting: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise ConfigError(setting, None, f"{setting} (not shown) begins like a JSON object and is none") from None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
