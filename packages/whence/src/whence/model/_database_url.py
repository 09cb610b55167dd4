"""Database URLs, read without ever keeping a secret.

User and password are cut off before anything else is looked at, and of the query only keys that name a place are
kept, so that no value made here, no repr and no error message can leak a credential. Where a password holds unescaped
`@`, `/` or `?`, more is cut rather than less. The form is SQLAlchemy's:
`dialect+driver://user:password@host:port/database?key=value`. It must not resolve hosts, open files, or know what the
parts mean on a platform. `urllib.parse` is not used: it costs 5 ms.
"""

from __future__ import annotations

from whence.errors import NamingError
from whence.model._record import Record, put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# the query keys that say where data lies; every other key is dropped unread
PLACE_KEYS = frozenset(
    {
        "catalog",
        "catalog_name",
        "database",
        "dbname",
        "host",
        "port",
        "region_name",
        "schema",
        "schema_name",
        "service_name",
    }
)
_ODBC_KEYS = {"server": "host", "address": "host", "addr": "host", "database": "database"}
_HEX = "0123456789abcdefABCDEF"


class DatabaseUrl(Record):
    """Where a database is: dialect, driver, host, port, database, and query keys that name a place. No credentials."""

    __slots__ = ("database", "dialect", "driver", "host", "port", "query")
    dialect: str
    driver: str | None
    host: str | None
    port: int | None
    database: str | None
    query: Mapping[str, str]

    def __init__(
        self,
        drivername: str,
        *,
        host: str | None = None,
        port: int | None = None,
        database: str | None = None,
        query: Mapping[str, str | tuple[str, ...]] | None = None,
    ) -> None:
        dialect, _, driver = drivername.lower().partition("+")
        put(self, "dialect", dialect)
        put(self, "driver", driver or None)
        put(self, "host", host.lower() if host else None)
        put(self, "port", port)
        put(self, "database", database or None)
        put(self, "query", dict(_places((query or {}).items())))

    def __hash__(self) -> int:
        return hash((self.dialect, self.host, self.port, self.database))

    @property
    def drivername(self) -> str:
        """The dialect with its driver, as SQLAlchemy writes it."""
        return f"{self.dialect}+{self.driver}" if self.driver else self.dialect


def parse_database_url(url: str) -> DatabaseUrl:
    """Read a database URL in SQLAlchemy's form; `jdbc:` before it is skipped.

    Hosts are written small, because the network does not tell them apart. Of several hosts the first one counts.
    Raises NamingError, when the text is no such URL; the error does not show it.
    """
    scheme, mark, rest = url.strip().removeprefix("jdbc:").partition("://")
    if not mark or not scheme.replace("+", "").replace("_", "").replace("-", "").isalnum():
        raise NamingError(None, "this is no database URL; write dialect+driver://host:port/database")
    rest = _without_userinfo(rest)
    place, _, query = rest.partition("?")
    authority, _, path = place.partition("/")
    host, port = split_host(authority)
    options = [(key, unquote(value)) for key, _, value in (item.partition("=") for item in query.split("&"))]
    return DatabaseUrl(scheme, host=host, port=port, database=unquote(path), query=_first_of_each(options))


def split_host(authority: str) -> tuple[str | None, int | None]:
    """Return (host, port) of `host:port`; an IPv6 host keeps its brackets, a port that is no number is none."""
    first = authority.partition(",")[0]
    if first.startswith("["):
        host, _, port = first.partition("]")
        host, port = host + "]", port.removeprefix(":")
    else:
        host, _, port = first.partition(":")
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= len("65535") else None
    return unquote(host) or None, number


def unquote(text: str) -> str:
    """Undo percent-encoding (UTF-8); what is no valid escape stays."""
    if "%" not in text:
        return text
    first, *rest = text.split("%")
    data = bytearray(first.encode("utf-8", "surrogatepass"))
    for piece in rest:
        if len(piece[:2]) == len("20") and piece[0] in _HEX and piece[1] in _HEX:
            data.append(int(piece[:2], 16))
            data += piece[2:].encode("utf-8", "surrogatepass")
        else:
            data += b"%" + piece.encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "replace")


_IN_KEYS = str.maketrans("_-.", "aaa")


def _without_userinfo(rest: str) -> str:
    """Cut off what may be user and password: all up to the first @, or to a later one in host or path.

    An @ further on is no sign of a user when the host part has no colon: `bigquery://project/set?user=a@b`. But a `?`
    with no key behind it, or no host before it, stood in a password that nobody encoded.
    """
    authority = rest[: min(_find(rest, "/"), _find(rest, "?"))]
    if "@" not in authority and ":" not in authority:
        return rest
    tail = rest.partition("@")[2] if "@" in rest else rest
    place, mark, query = tail.partition("?")
    if "@" in query and (place[:1] in ("", "/") or not _begins_with_key(query)):
        return query.rpartition("@")[2]
    return place.rpartition("@")[2] + mark + query


def _begins_with_key(query: str) -> bool:
    key, mark, _ = query.partition("=")
    return bool(mark) and key.translate(_IN_KEYS).isalnum()


def _find(text: str, mark: str) -> int:
    at = text.find(mark)
    return at if at >= 0 else len(text)


def _first_of_each(options: Iterable[tuple[str, str]]) -> dict[str, str]:
    first: dict[str, str] = {}
    for key, value in options:
        first.setdefault(key, value)
    return first


def _places(options: Iterable[tuple[str, str | tuple[str, ...]]]) -> Iterable[tuple[str, str]]:
    """Yield the options that name a place; an ODBC string gives its server and database."""
    for key, value in options:
        text = value if isinstance(value, str) else "".join(value[:1])  # SQLAlchemy gives a tuple for a repeated key
        if key in PLACE_KEYS:
            yield key, text
        elif key == "odbc_connect":
            yield from _odbc_places(text)


def _odbc_places(text: str) -> Iterable[tuple[str, str]]:
    """Yield host, port and database of an ODBC connection string such as `SERVER=tcp:h,1433;DATABASE=d;PWD=...`."""
    for item in _odbc_items(text):
        key, _, value = item.partition("=")
        place = _ODBC_KEYS.get(key.strip().lower())
        if place == "host":
            host, _, port = value.strip().removeprefix("tcp:").partition(",")
            yield "host", host.strip()
            yield "port", port.strip()
        elif place:
            yield place, value.strip().strip("{}")


def _odbc_items(text: str) -> Iterable[str]:
    """Split an ODBC string at semicolons outside braces: a password in braces may hold one."""
    item, braced = "", False
    for char in text:
        if char == ";" and not braced:
            yield item
            item = ""
            continue
        braced = char == "{" or (braced and char != "}")
        item += char
    yield item
