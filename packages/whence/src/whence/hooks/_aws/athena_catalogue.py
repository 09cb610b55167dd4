"""What is known of Athena's tables besides their names: columns, location, Iceberg, Glue's own name.

A catalogue belongs to one set of credentials in one region, and learns from what passes by: Glue's and Athena's answers
about tables, and statements (`_athena_tables`). It asks nobody. It must not guess: without the account id there is no
Glue name, and a place in which several tables lie is none of them.
Sources: the API references of Glue (`Table`) and Athena (`TableMetadata`); OpenLineage's naming of Athena and Glue.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from whence._datasets.paths import PathRules
from whence.model import PLATFORMS, DatasetId, dataset_for_path, facet
from whence.sql import TABLE, Column, Schema, TableName

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

DEFAULT_CATALOG = "awsdatacatalog"
"""How Athena's own catalogue is written in names, as dbt and PyAthena do; Athena takes it in any letters."""
DEFAULT_DATABASE = "default"
_MAX_TABLES = 4096
_TABLE_RULE = PathRules()
_TEMPORARY = re.compile(r"temp_table_[0-9a-f]{32}")


def is_temporary(table: str) -> bool:
    """Whether a table is one that awswrangler makes, reads and drops: it only passes data on."""
    return _TEMPORARY.fullmatch(table) is not None


def catalog_name(catalog: str | None) -> str:
    """Return the catalogue's name as names hold it: Athena's own in one spelling, others as they are."""
    if not catalog or catalog.lower() == DEFAULT_CATALOG:
        return DEFAULT_CATALOG
    return catalog


class Known(NamedTuple):
    """What is known of one table besides its columns: where it lies, and how."""

    place: DatasetId | None
    is_iceberg: bool


class Catalogue:
    """The tables of one region as one set of credentials sees them. Any thread may tell and look."""

    def __init__(
        self,
        region: str,
        partition: str = "aws",
        account: str | None = None,
        path_rules: Iterable[str] = ("table",),
    ) -> None:
        self._rules = PathRules(path_rules)
        self.region = region
        self.partition = partition
        self.account = account
        self.namespace = PLATFORMS["athena"].namespace_for({"region": region})
        self.schema = Schema()
        self._known: dict[tuple[str, str], Known] = {}
        self._at: dict[DatasetId, tuple[str, str] | None] = {}  # place -> table; None: there are several

    def learn_glue(self, tables: Iterable[Mapping[str, Any]], *, is_own: bool) -> None:
        """Take tables as Glue tells them; `is_own`: nobody asked for another account's catalogue."""
        for table in tables:
            account = str(table.get("CatalogId") or "")
            if is_own and account.isdigit():
                self.account = account
            if (not is_own and account != self.account) or is_temporary(str(table["Name"])):
                continue  # a table of somebody else's catalogue bears the same names
            storage: Mapping[str, Any] = table.get("StorageDescriptor") or {}
            name = TableName(
                str(table["Name"]).lower(), str(table.get("DatabaseName") or DEFAULT_DATABASE).lower(), DEFAULT_CATALOG
            )
            self.learn(name, storage.get("Location"), is_iceberg=_is_iceberg(table))
            self._learn_columns(name, storage.get("Columns"), table.get("PartitionKeys"))

    def learn_metadata(self, catalog: str | None, database: str, tables: Iterable[Mapping[str, Any]]) -> None:
        """Take tables as Athena's GetTableMetadata and ListTableMetadata tell them."""
        for table in tables:
            name = TableName(str(table["Name"]).lower(), database.lower(), catalog_name(catalog))
            parameters: Mapping[str, Any] = table.get("Parameters") or {}
            self.learn(name, parameters.get("location"), is_iceberg=_is_iceberg(table))
            self._learn_columns(name, table.get("Columns"), table.get("PartitionKeys"))

    def learn(self, table: TableName, location: str | None, *, is_iceberg: bool) -> None:
        """Take where a table lies."""
        if catalog_name(table.catalog) != DEFAULT_CATALOG or not table.schema or not location:
            return
        key = table.schema, table.name
        place = self._place(location)
        if len(self._known) >= _MAX_TABLES:
            self.forget(*next(iter(self._known)))
        self._known[key] = Known(place, is_iceberg)
        if place is not None:  # where several tables lie, the place is none of them
            self._at[place] = key if self._at.get(place, key) == key else None

    def _place(self, location: str) -> DatasetId | None:
        """Return a location as the objects in it are called; one that looks like a piece of a table stays itself."""
        if not location.startswith("s3"):
            return None
        place = dataset_for_path(location)
        is_piece = _TABLE_RULE.dataset_id(place, is_folder=True) != place
        return place if is_piece else self._rules.dataset_id(place, is_folder=True)

    def forget(self, database: str, name: str) -> None:
        """Forget a table: it was deleted."""
        known = self._known.pop((database, name), None)
        self.schema.drop(TableName(name, database, DEFAULT_CATALOG))
        if known is not None and known.place is not None:
            self._at.pop(known.place, None)

    def _learn_columns(self, table: TableName, *lists: Iterable[Mapping[str, Any]] | None) -> None:
        columns = [Column(str(each["Name"]), each.get("Type")) for some in lists for each in some or ()]
        if columns and len(self.schema) < _MAX_TABLES:
            self.schema.put(table, columns)

    def is_unknown(self, table: TableName) -> bool:
        """Whether Glue could tell more of a table of Athena's own catalogue."""
        if catalog_name(table.catalog) != DEFAULT_CATALOG or not table.schema:
            return False
        is_complete = (table.schema, table.name) in self._known and self.account is not None
        return not is_complete or self.schema.columns(table) is None

    def table_facets(self, table: TableName) -> dict[str, Any]:
        """Return the facets that say how else a table is called, and how it is stored."""
        if catalog_name(table.catalog) != DEFAULT_CATALOG or table.form != TABLE or not table.schema:
            return {}
        known = self._known.get((table.schema, table.name))
        names = self._glue_names(table.schema, table.name)
        if known is not None and known.place is not None and self._at.get(known.place) is not None:
            names.append({"namespace": known.place.namespace, "name": known.place.name, "type": "LOCATION"})
        return _facets(names, is_iceberg=known is not None and known.is_iceberg)

    def place_facets(self, namespace: str, name: str) -> dict[str, Any]:
        """Return the same for a place in S3 where exactly one table lies."""
        key = self._at.get(DatasetId(namespace, name))
        known = None if key is None else self._known.get(key)
        if key is None or known is None:
            return {}
        names = [{"namespace": self.namespace, "name": f"{DEFAULT_CATALOG}.{key[0]}.{key[1]}", "type": "TABLE"}]
        return _facets(names + self._glue_names(*key), is_iceberg=known.is_iceberg)

    def _glue_names(self, database: str, table: str) -> list[dict[str, str]]:
        if self.account is None:
            return []
        name = PLATFORMS["glue"].dataset.format(database=database, table=table)
        namespace = f"arn:{self.partition}:glue:{self.region}:{self.account}"
        return [{"namespace": namespace, "name": name, "type": "TABLE"}]


def _is_iceberg(table: Mapping[str, Any]) -> bool:
    parameters: Mapping[str, Any] = table.get("Parameters") or {}
    return str(parameters.get("table_type", "")).lower() == "iceberg"


def _facets(names: list[dict[str, str]], *, is_iceberg: bool) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if names:
        facets["symlinks"] = facet("SymlinksDatasetFacet", identifiers=names)
    if is_iceberg:
        facets["storage"] = facet("StorageDatasetFacet", storageLayer="iceberg")
    return facets
