"""DataHub's names of datasets and fields: URNs, written and read.

    urn:li:dataset:(urn:li:dataPlatform:<platform>,<name>,<env>)
    urn:li:schemaField:(<dataset urn>,<field>)

A URN holds no host, so that the way back needs the namespace for platforms that run on servers. `,`, `(`, `)` and `␟`
inside a part are percent-encoded as DataHub's UrnEncoder does, and nothing else is: a name that already holds such an
escape comes back decoded. It must not guess a platform instance. Source: datahub/utilities/urn_encoder.py,
datahub/emitter/mce_builder.py; the name forms are in the naming table.
"""

from __future__ import annotations

from whence.errors import NamingError, shown
from whence.model._database_url import unquote
from whence.model._identity import DatasetId
from whence.model._platforms import PLATFORMS, platform_for_namespace
from whence.model._record import Record, put
from whence.model._template import fill, match, part_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whence.model._platforms import Platform

ENVS = frozenset(
    (
        "CERT",
        "CORP",
        "DEV",
        "EI",
        "NON_PROD",
        "PRD",
        "PRE",
        "PROD",
        "QA",
        "RVW",
        "SANDBOX",
        "SBX",
        "SIT",
        "STG",
        "TEST",
        "TST",
        "UAT",
    )
)
"""The environments that DataHub knows."""
_PARTS = 3  # platform, name, environment
_PREFIX = "urn:li:dataset:(urn:li:dataPlatform:"
_ESCAPES = {",": "%2C", "(": "%28", ")": "%29", "␟": "%E2%90%9F"}


class DatasetUrn(Record):
    """A dataset URN taken apart, its parts decoded."""

    __slots__ = ("env", "name", "platform")
    platform: str
    name: str
    env: str

    def __init__(self, platform: str, name: str, env: str = "PROD") -> None:
        put(self, "platform", platform)
        put(self, "name", name)
        put(self, "env", env)

    def _values(self) -> tuple[str, str, str]:
        return self.platform, self.name, self.env

    def __str__(self) -> str:
        return f"{_PREFIX}{_encode(self.platform)},{_encode(self.name)},{self.env})"


def dataset_urn(
    dataset: DatasetId, *, env: str = "PROD", platform_instance: str | None = None, platform: str | None = None
) -> str:
    """Return the URN under which DataHub's own ingestion knows a dataset.

    >>> dataset_urn(DatasetId("postgres://db:5432", "shop.public.orders"))
    'urn:li:dataset:(urn:li:dataPlatform:postgres,shop.public.orders,PROD)'

    `platform` replaces the platform, for example "glue" for an Athena table. A namespace that is not in the naming
    table gives its scheme, else itself, as DataHub's OpenLineage endpoint does. Snowflake names are written small.
    """
    if env not in ENVS:
        raise NamingError(env, f"{shown(env)} is no DataHub environment; known: {', '.join(sorted(ENVS))}")
    row = platform_for_namespace(dataset.namespace)
    if row is None:
        urn_platform, name = dataset.namespace.partition("://")[0], dataset.name
    else:
        urn_platform, name = row.urn_platform, _urn_name(row, dataset)
    if platform_instance:
        name = f"{platform_instance}.{name}"
    return str(DatasetUrn(platform or urn_platform, name, env))


def field_urn(dataset: str, field: str) -> str:
    """Return the URN of a field of the dataset with this URN."""
    return f"urn:li:schemaField:({dataset},{_encode(field)})"


def parse_dataset_urn(urn: str) -> DatasetUrn:
    """Take a dataset URN apart. Raises NamingError when it has not exactly platform, name and environment."""
    body = urn.removeprefix(_PREFIX)
    parts = body[:-1].split(",")
    if (
        body == urn
        or not urn.endswith(")")
        or len(parts) != _PARTS
        or not all(parts)
        or "(" in body
        or ")" in body[:-1]
    ):
        raise NamingError(urn, f"{shown(urn)} is no dataset URN; write {_PREFIX}<platform>,<name>,<env>)")
    return DatasetUrn(unquote(parts[0]), unquote(parts[1]), parts[2])


def parse_field_urn(urn: str) -> tuple[DatasetUrn, str]:
    """Take a field URN apart: (its dataset, the field). Raises NamingError when it is none."""
    body = urn.removeprefix("urn:li:schemaField:(")
    dataset, comma, field = body[:-1].rpartition(",")
    if body == urn or not urn.endswith(")") or not comma or not field:
        raise NamingError(urn, f"{shown(urn)} is no field URN; write urn:li:schemaField:(<dataset urn>,<field>)")
    return parse_dataset_urn(dataset), unquote(field)


def dataset_for_urn(
    urn: str | DatasetUrn, *, namespace: str | None = None, platform_instance: str | None = None, **parts: str
) -> DatasetId:
    """Return the OpenLineage name of a dataset URN, as far as the URN tells it.

    >>> dataset_for_urn("urn:li:dataset:(urn:li:dataPlatform:s3,lake/raw/orders,PROD)")
    DatasetId('s3://lake', 'raw/orders')

    Platforms on servers need their `namespace`; parts that the URN has not (an Athena catalogue, an Oracle service) are
    given by name (`database=`). Raises NamingError when something is missing.
    """
    told = parse_dataset_urn(urn) if isinstance(urn, str) else urn
    name = told.name.removeprefix(f"{platform_instance}.") if platform_instance else told.name
    row = platform_for_namespace(namespace) if namespace else PLATFORMS.get(_ROW_OF.get(told.platform, ""))
    if row is None or row.urn_platform != told.platform:
        raise NamingError(str(told), f"a dataset of {told.platform} needs its namespace here; give namespace=")
    found = {**(match(row.urn_name, name) or {}), **parts}
    if namespace is None and not set(part_names(row.namespace)) <= found.keys():
        raise NamingError(
            str(told), f"a dataset of {told.platform} needs its namespace; give namespace={row.namespace!r}"
        )
    return DatasetId(namespace or fill(row.namespace, found), fill(row.dataset, found))


# DataHub platform -> row, where one platform stands for several rows the first that needs no server
_ROW_OF = {row.urn_platform: row.name for row in reversed(tuple(PLATFORMS.values()))}


def _urn_name(row: Platform, dataset: DatasetId) -> str:
    """Return the name in DataHub's form; a name that has not the platform's form stays as it is."""
    parts = row.parts_of(dataset.namespace, dataset.name)
    if row.name == "sqlite":
        parts["database"] = dataset.namespace.rpartition("/")[2].partition(".")[0]
    if not set(part_names(row.urn_name)) <= parts.keys():
        return dataset.name
    name = fill(row.urn_name, parts)
    return name.lower() if row.name == "snowflake" else name


def _encode(text: str) -> str:
    for char, escape in _ESCAPES.items():
        text = text.replace(char, escape)
    return text
