"""The URL of a DataHub sink, and the names that DataHub's users know: DATAHUB_ENV, DATAHUB_GMS_URL.

    datahub+http://gms:8080                                        datahub+https://<token>@acme.acryl.io/gms
    datahub+http://gms:8080?env=DEV&platform_instance=eu&platform_instance.s3=&async=false

The query stays in the URL that is shown and that names the sink's position: it holds no secret, and the same server
with another environment is another sink.

Must not: take a word for an environment that is none without saying so.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from whence.emit._settings import SinkSettings
from whence.errors import ConfigError, shown
from whence.model import ENVS

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "datahub+"
_GMS_URL = "DATAHUB_GMS_URL"
_ALIASES = {"STAGING": "STG", "STAGE": "STG", "PRODUCTION": "PROD", "DEVELOPMENT": "DEV"}
_OPTIONS = ("env", "platform_instance", "async")
_ALLOWED = "a DataHub sink is datahub+http://host:8080, with ?env=, platform_instance= or async=false behind it"


def datahub_of(setting: str, url: str) -> SinkSettings:
    """Read the URL of a DataHub sink."""
    bare, _, query = url.partition("?")
    try:
        parts = urlsplit(bare)
        port = parts.port
    except ValueError:
        raise _bad(setting, bare, "its host or port cannot be read") from None
    host = parts.hostname
    if parts.scheme not in {"datahub+http", "datahub+https"} or not host:
        raise _bad(setting, bare, "it names no host")
    options = _options(setting, query.partition("#")[0])
    place = f"[{host}]" if ":" in host else host
    place = place if port is None else f"{place}:{port}"
    plain = f"{parts.scheme}://{place}{parts.path.rstrip('/')}"
    return SinkSettings(
        url=f"{plain}?{urlencode(options, safe='-._~')}" if options else plain,
        kind=parts.scheme,
        authorization=_authorization(parts),
        options=options,
    )


def env_of(setting: str, value: object) -> str:
    """Read an environment of DataHub (a fabric), whatever its case; STAGING, which is none, is STG."""
    word = str(value).strip().upper()
    word = _ALIASES.get(word, word)
    if word in ENVS:
        return word
    near = get_close_matches(word, sorted(ENVS), n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(sorted(ENVS))}"
    raise ConfigError(setting, value, f"{setting} is {shown(value)}, which is no environment of DataHub; {hint}")


def completed(
    sink: SinkSettings, found: Mapping[str, Any], origins: Mapping[str, str], environ: Mapping[str, str]
) -> SinkSettings:
    """Give a sink the environment and the token that the settings hold for all; what its URL says comes first.

    DATAHUB_GMS_TOKEN is for the server of DATAHUB_GMS_URL, and for no other beside it.
    """
    gms_url = environ.get(_GMS_URL, "").strip()
    is_bound = origins.get("datahub_token", "").endswith("DATAHUB_GMS_TOKEN") and bool(gms_url)
    is_theirs = not is_bound or _place(sink.url) == _place(gms_url_of(gms_url))
    token = found.get("datahub_token") if is_theirs else None
    return replace(
        sink,
        options={"env": found.get("datahub_env", "PROD"), **sink.options},
        authorization=sink.authorization or (f"Bearer {token}" if token else None),
    )


def remarks(origins: Mapping[str, str], environ: Mapping[str, str]) -> list[str]:
    """Say what a person who knows DataHub's names should know about how they were understood."""
    said: list[str] = []
    word = environ.get("DATAHUB_ENV", "").strip().upper()
    if word in _ALIASES and origins.get("datahub_env", "").endswith("DATAHUB_ENV"):
        said.append(f"DATAHUB_ENV is {word}, which is no environment of DataHub: {_ALIASES[word]} is used")
    if environ.get("DATAHUB_SILENT_FAIL", "").strip().lower() in {"false", "0", "no", "off"}:
        said.append("DATAHUB_SILENT_FAIL is off, but nothing of Whence raises into a program: ask whence.flush()")
    origin = origins.get("sinks", "")
    if environ.get(_GMS_URL, "").strip() and origin.endswith(("OPENLINEAGE_URL", "MARQUEZ_ENDPOINT")):
        variable = origin.removeprefix("environment ")
        said.append(f"{_GMS_URL} is not used, because {variable} comes first: name both in WHENCE_SINKS")
    return said


def _place(url: str) -> str:
    return urlsplit(url.removeprefix(PREFIX)).netloc.rpartition("@")[2].lower()


def gms_url_of(url: str) -> str:
    """Return a sink's URL of what DATAHUB_GMS_URL says; old habits put the API's path behind it."""
    url = url.strip().rstrip("/").removesuffix("/aspects").removesuffix("/config")
    return url if url.startswith(PREFIX) else f"{PREFIX}{url}"


def _options(setting: str, query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name == "env":
            value = env_of(f"{setting}: env", value)  # noqa: PLW2901
        elif name == "async" and value not in {"true", "false"}:
            raise ConfigError(setting, value, f"{setting}: async is {shown(value)}; true or false is needed")
        elif name.partition(".")[0] not in _OPTIONS or (name.partition(".")[1] and "platform_instance" not in name):
            raise ConfigError(
                setting, name, f"{setting} holds a DataHub sink with the unknown part {shown(name)}; {_ALLOWED}"
            )
        options[name] = value
    return options


def _bad(setting: str, url: str, fault: str) -> ConfigError:
    safe = url.rpartition("@")[2]
    return ConfigError(setting, safe, f"{setting} holds the sink {shown(safe)}: {fault}; {_ALLOWED}")


def _authorization(parts: SplitResult) -> str | None:
    """Return the header of the URL's credentials: a name alone is a token, with a password it is a login."""
    name, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not name and not password:
        return None
    if not password or not name:
        return f"Bearer {name or password}"
    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"
