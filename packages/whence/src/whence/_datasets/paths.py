"""From the path of a file or object to the dataset that it is a piece of. The only place where this is decided.

Rules are tried in order; the first that fits names the dataset. A rule is the name of a preset, or a template:

    object                       every file and object is a dataset of its own
    folder                       a dataset is what lies in one folder
    table                        the default: partitions, dates, part files, what writers leave behind are cut off
    s3://lake/raw/{table}/**     what fits is named by its path up to the last {placeholder}
    /mnt/lake -> s3://lake       what lies in one place is named as if it lay in another; other rules come after it

In a template `{name}` and `*` stand for one step of the path or a part of it, `**` for any number of steps. It must not
look whether a path exists. Names of files by content (`file::/a.csv@sha256:...`) stay as they are. Sources of the
layouts: Hive, Spark (`part-00000-<uuid>`, `_SUCCESS`, `_temporary`), Iceberg, Delta and Hudi's folders, Snowflake and
Redshift UNLOAD, awswrangler, pyarrow, DuckDB's and polars' names of written pieces.
"""

from __future__ import annotations

import re
from functools import lru_cache

from whence.errors import ConfigError, shown
from whence.model import DatasetId

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

PRESETS = ("table", "folder", "object")

_UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_DATE = rf"{_YEAR}(?:-{_MONTH}(?:-{_DAY})?|_{_MONTH}_{_DAY}|{_MONTH}{_DAY})"
_TIME = r"(?:[T_-]?[0-2]\d[:_-]?[0-5]\d(?:[:_-]?[0-5]\d)?Z?)?"

_is_hive = re.compile(r"[A-Za-z_][\w.-]*=.*").fullmatch
_is_date = re.compile(_DATE + _TIME).fullmatch
_is_year = re.compile(_YEAR).fullmatch
_is_month = re.compile(_MONTH).fullmatch
_is_day = re.compile(_DAY).fullmatch
_is_hour = re.compile(r"[01]\d|2[0-3]").fullmatch
_DATE_STEPS = (_is_year, _is_month, _is_day, _is_hour)
_is_numbered = re.compile(
    r"(?:part|data|chunk|batch|shard|split|partition)[-_.]?[a-z]?[-_.]?\d+(?:[-_.].*)?"
    r"|\d{4}_part_\d+.*"
    r"|\d+(?:[-_]\d+)*(?:\..*)?",
    re.IGNORECASE,
).fullmatch
_has_uuid = re.compile(_UUID, re.IGNORECASE).search
_is_left_behind = re.compile(
    r"_(?:success|committed_.*|started_.*|metadata|common_metadata)|.*\.crc", re.IGNORECASE
).fullmatch
_dated_file = re.compile(rf"(.+?)[-_.]{_DATE}{_TIME}((?:\.[A-Za-z]\w*)+)").fullmatch
_WORKING = frozenset(("_temporary", "_delta_log", "_spark_metadata", ".hoodie", "_checkpoints"))
_WORKING_STARTS = (".spark-staging", ".hive-staging", "__magic")
_PLAIN_STEMS = frozenset(("data", "part", "output", "out", "result", "results", "file", "records", "rows"))
_ICEBERG = frozenset(("data", "metadata"))
_is_iceberg_file = re.compile(
    rf"\d{{5}}-\d+-{_UUID}(?:-\d+)?(?:-deletes)?\.(?:parquet|orc|avro)"
    rf"|\d+-{_UUID}\.(?:gz\.)?metadata\.json(?:\.gz)?|snap-\d+-\d+-{_UUID}\.avro|{_UUID}-m\d+\.avro|version-hint\.text"
).fullmatch


class PathRules:
    """Path rules in order. Pure: the same path has the same dataset, always."""

    def __init__(self, rules: Iterable[str] = ("table",)) -> None:
        self._templates: list[re.Pattern[str]] = []
        self._moves: list[tuple[str, str]] = []
        self._preset = ""
        for rule in rules:
            if "->" in rule:
                self._moves.append(_move(rule))
            elif rule in PRESETS:
                self._preset = self._preset or rule  # it fits every path
            elif not self._preset:
                self._templates.append(_template(rule))

    def dataset(self, namespace: str, name: str, *, magic: str = "*") -> tuple[str, str]:
        """Return namespace and name of the dataset that a file or object belongs to.

        `magic` are the characters that make a name a pattern; but for the star they are common in names of objects.
        """
        if name.startswith("file::"):
            return namespace, name
        start = "" if namespace == "file" else namespace
        path = f"{start}/{name.lstrip('/')}"
        for old, new in self._moves:
            if path.startswith(old) and path[len(old) : len(old) + 1] in ("", "/"):
                return self._named(*_split(new + path[len(old) :]), magic)
        return self._named(namespace, name, magic)

    def _named(self, namespace: str, name: str, magic: str) -> tuple[str, str]:
        start = "" if namespace == "file" else namespace
        path = f"{start}/{name.lstrip('/')}"
        for template in self._templates:
            found = template.fullmatch(path)
            if found is not None:
                kept = found["dataset"][len(start) + 1 :].strip("/")
                return namespace, _rooted(name, kept)
        parts = name.strip("/").split("/")
        plain = _without_pattern(parts, magic)
        if self._preset == "object":
            kept = parts
        elif self._preset == "folder":
            kept = plain if name.endswith("/") or plain is not parts else parts[:-1]
        else:
            kept = _table(plain)
        return namespace, _rooted(name, "/".join(kept))

    def dataset_id(self, dataset: DatasetId, *, is_folder: bool = False) -> DatasetId:
        """Do the same for a dataset's id, whose name has lost the slash that told a folder."""
        name = dataset.name.rstrip("/") + "/" * is_folder
        return DatasetId(*self.dataset(dataset.namespace, name, magic="*?[{"))


def folder_of(name: str, depth: int) -> str:
    """Return the first steps of a path."""
    return _rooted(name, "/".join(name.strip("/").split("/")[:depth]))


def _rooted(name: str, kept: str) -> str:
    """Return what is kept of a name with the slash in front that the name has; "/" when nothing is left."""
    return f"/{kept}" if name.startswith("/") or not kept else kept


# --- the preset `table`


def _table(parts: list[str]) -> list[str]:  # noqa: PLR0911  one case after another
    """Cut off all that only says which piece of a table this is."""
    around = _around_work(parts)
    if around:
        return _without_partitions(around)
    if len(parts) < 2:  # noqa: PLR2004  a lone file in its bucket
        return parts
    *folders, last = parts
    table = _without_partitions(folders)
    if _is_iceberg_file(last):
        return table[:-1] if table[-1:] and table[-1] in _ICEBERG else table
    stem = last.partition(".")[0]
    if _is_numbered(last) or _has_uuid(last) or _is_left_behind(last) or _is_partition(last) or _is_date(stem):
        return table
    if len(table) == len(folders):
        return [*folders, _undated(last)]
    if "=" in folders[-1] or stem.lower() in _PLAIN_STEMS or stem in table[-1:]:
        return table
    return [*table, _undated(last)]


def _around_work(parts: list[str]) -> list[str]:
    """Return what lies around a folder in which writers work or keep their log, nothing when there is none."""
    if _WORKING.isdisjoint(parts) and not any(part[:1] in "._" for part in parts):
        return []
    for position, part in enumerate(parts):
        if part in _WORKING or part.startswith(_WORKING_STARTS):
            return parts[:position]
    return []


def _without_pattern(parts: list[str], magic: str) -> list[str]:
    """Cut a pattern such as `events/*/*.parquet` where the pattern starts."""
    for position, part in enumerate(parts):
        for character in magic:
            if character in part:
                return parts[:position]
    return parts


def _undated(file: str) -> str:
    """Return `orders.csv` for `orders_2024-01-02.csv`."""
    found = _dated_file(file)
    return file if found is None else found[1] + found[2]


def _without_partitions(folders: list[str]) -> list[str]:
    """Cut Hive partitions and dates from the end of a path."""
    return folders[: _depth_of_table(tuple(folders))]


@lru_cache(maxsize=1024)
def _depth_of_table(folders: tuple[str, ...]) -> int:
    """Return how many steps are left when partitions are cut; remembered, because many files lie in one folder."""
    end = len(folders)
    while end:
        steps = _partition_steps(folders[:end])
        if not steps:
            break
        end -= steps
    return end


def _is_partition(part: str) -> bool:
    return bool(("=" in part and _is_hive(part)) or _is_date(part))


def _partition_steps(folders: tuple[str, ...]) -> int:
    """Return how many steps at the end are one partition: `dt=1`, `2024-01-02`, `2024/01/02/13`; 0 when none is."""
    if _is_partition(folders[-1]):
        return 1
    for length in range(1, len(_DATE_STEPS) + 1):
        tail = folders[-length:]
        if len(tail) == length and all(check(part) for check, part in zip(_DATE_STEPS, tail, strict=False)):
            return length
    if len(folders) > 1 and _is_date(folders[-2]) and _is_hour(folders[-1]):
        return 2  # 2024-01-02/13
    return 0


# --- other names of places


def _move(rule: str) -> tuple[str, str]:
    """Return the two sides of `place -> place`. Raises ConfigError."""
    old, _, new = (part.strip() for part in rule.partition("->"))
    sides = tuple(side.removeprefix("file://").removesuffix("**").rstrip("/") for side in (old, new))
    for side in sides:
        if (not side.startswith("/") and "://" not in side) or "*" in side or "{" in side:
            raise ConfigError(
                "path_rules", rule, f"path_rules holds {shown(rule)}; write two places: /mnt/lake -> s3://lake"
            )
    return sides[0], sides[1]


def _split(path: str) -> tuple[str, str]:
    """Return namespace and name of a path with its place in front."""
    if path.startswith("/"):
        return "file", path
    scheme, _, rest = path.partition("://")
    authority, _, name = rest.partition("/")
    return f"{scheme}://{authority}", name or "/"


# --- templates

_MARKS = re.compile(r"\*\*|\*|\{\w+\}|[^*{]+|.")


def _template(rule: str) -> re.Pattern[str]:
    """Return the pattern of a template; its group `dataset` is what names the dataset. Raises ConfigError."""
    text = rule.removeprefix("file://")
    if not text.startswith("/") and "://" not in text:
        raise ConfigError(
            "path_rules",
            rule,
            f"path_rules holds {shown(rule)}; a rule is one of {', '.join(PRESETS)}, or a template such as "
            "s3://lake/raw/{table}/** or /data/{table}/**",
        )
    pieces = _MARKS.findall(text)
    last = max((at for at, piece in enumerate(pieces) if piece.startswith("{") and len(piece) > 1), default=None)
    if last is None:
        last = next((at for at, piece in enumerate(pieces) if piece.startswith("*")), len(pieces)) - 1
    while last + 1 < len(pieces) and not pieces[last + 1].startswith(("/", "*", "{")):
        last += 1  # a step of the path is kept whole
        head, slash, tail = pieces[last].partition("/")
        pieces[last : last + 1] = [head, slash + tail] if slash else [head]
    named, rest = "".join(map(_pattern, pieces[: last + 1])), "".join(map(_pattern, pieces[last + 1 :]))
    if rest.startswith("/"):
        rest = f"(?:{rest})?" if rest == "/.*" else rest
    return re.compile(f"(?P<dataset>{named}){rest}")


def _pattern(piece: str) -> str:
    if piece == "**":
        return ".*"
    if piece == "*" or (piece.startswith("{") and piece.endswith("}")):
        return "[^/]+"
    return re.escape(piece)
