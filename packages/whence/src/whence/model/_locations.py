"""Tables that lie in files: the dataset is its location, the table's name in a catalogue an alias of it.

OpenLineage has no row for Iceberg, Delta or Hive tables: Spark's integration puts the physical location first and the
catalogue's name into the symlinks facet, and so does this module. It must not ask a catalogue.
"""

from __future__ import annotations

from whence.model._events import Dataset
from whence.model._facets import symlinks_facet
from whence.model._naming import dataset_for_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

    from whence.model._identity import DatasetId


def table_at_location(location: str | PathLike[str], table: DatasetId) -> Dataset:
    """Return the dataset of a table that lies in files (Iceberg, Delta, Hive): named by location, the table its alias.

    `table` is its name in the catalogue, for example a Glue table or `hive://metastore:9083` and `db.table`.
    """
    place = dataset_for_path(location)
    return Dataset(place.namespace, place.name, {"symlinks": symlinks_facet([table])})
