"""Node ids: how one string addresses a dataset, a job, a run or a field, as Marquez writes them.

    dataset:<namespace>:<name>    job:<namespace>:<name>    run:<uuid>    datasetField:<namespace>:<name>:<field>

A `#<uuid>` at the end names a version. Namespaces and names hold colons themselves (`postgres://h:5432`,
`arn:aws:glue:...`), so the written form can be read in more than one way: `split_candidates` lists all of them and
the store says which exists. A caller who wants no doubt writes `%3A` for the colons inside a part
(`escape_node_part`). This module must not decide which reading is right.
"""

from __future__ import annotations

from whence.errors import NamingError, shown
from whence.model._record import Record, put
from whence.model._uuid_text import is_uuid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Candidate = tuple[str, str, str] | tuple[str, str, str, str]

NODE_KINDS = ("dataset", "datasetField", "job", "run")
MAX_NODE_ID_LENGTH = 16_384  # characters
MAX_NODE_ID_COLONS = 64  # a field id with n colons can be read in (n - 2)(n - 1)/2 ways


class NodeId(Record):
    """A node id taken apart. A run has its id as `name` and an empty namespace; only a dataset field has `field`."""

    __slots__ = ("field", "kind", "name", "namespace", "version")
    kind: str
    namespace: str
    name: str
    field: str | None
    version: str | None

    def __init__(
        self, kind: str, namespace: str, name: str, field: str | None = None, version: str | None = None
    ) -> None:
        put(self, "kind", kind)
        put(self, "namespace", namespace)
        put(self, "name", name)
        put(self, "field", field)
        put(self, "version", version)

    def _values(self) -> tuple[str | None, ...]:
        return self.kind, self.namespace, self.name, self.field, self.version

    def __str__(self) -> str:
        parts = [self.kind, self.namespace, self.name, self.field]
        text = ":".join(part for part in parts if part)
        return f"{text}#{self.version}" if self.version else text


def dataset_node_id(namespace: str, name: str) -> str:
    """Return the node id of a dataset."""
    return f"dataset:{namespace}:{name}"


def field_node_id(namespace: str, name: str, field: str) -> str:
    """Return the node id of a field of a dataset."""
    return f"datasetField:{namespace}:{name}:{field}"


def job_node_id(namespace: str, name: str) -> str:
    """Return the node id of a job."""
    return f"job:{namespace}:{name}"


def run_node_id(run_id: str) -> str:
    """Return the node id of a run."""
    return f"run:{run_id}"


def escape_node_part(part: str) -> str:
    """Return a namespace, name or field that can be read in one way only: `%`, `:` and `#` percent-encoded."""
    return part.replace("%", "%25").replace(":", "%3A").replace("#", "%23")


def unescape_node_part(part: str) -> str:
    """Undo escape_node_part, whatever the case of its digits; other percent signs stay."""
    if "%" not in part:
        return part
    pieces = part.split("%")
    return pieces[0] + "".join(_ESCAPES.get(piece[:2].lower(), "%" + piece[:2]) + piece[2:] for piece in pieces[1:])


_ESCAPES = {"25": "%", "3a": ":", "23": "#"}


def parse_node_id(node_id: str) -> NodeId:
    """Take a node id apart in its likeliest reading (the first of split_candidates).

    Raises NamingError when it is no node id.
    """
    bare, version = split_version(node_id)
    first = split_candidates(bare)[0]
    return NodeId(*first, version=version) if len(first) == 4 else NodeId(*first, None, version)  # noqa: PLR2004  (with a field)


def split_version(node_id: str) -> tuple[str, str | None]:
    """Return (node id without version, version or None). Only a UUID after the last `#` is a version."""
    bare, mark, version = node_id.rpartition("#")
    if mark and is_uuid(version.lower()):
        return bare, version.lower()
    return node_id, None


def split_candidates(node_id: str) -> list[Candidate]:
    """List every reading of a node id, the likeliest first: (kind, namespace, name) or (kind, namespace, name, field).

    The likeliest namespace is the one that looks like one of the naming table (`scheme://host:port`, an ARN, `file`).
    A version is left out. A part with percent escapes is listed decoded and, if that differs, as written. Raises
    NamingError when it is no node id.
    """
    if len(node_id) > MAX_NODE_ID_LENGTH:
        raise NamingError(
            node_id[:80], f"a node id of {len(node_id)} characters; at most {MAX_NODE_ID_LENGTH} are read"
        )
    kind, mark, rest = split_version(node_id)[0].partition(":")
    if not mark or kind not in NODE_KINDS:
        raise NamingError(
            node_id, f"{shown(node_id)} is no node id; one starts with dataset:, datasetField:, job: or run:"
        )
    if rest.count(":") > MAX_NODE_ID_COLONS:
        raise NamingError(
            node_id, f"{shown(node_id)} holds more than {MAX_NODE_ID_COLONS} colons; write those inside a part as %3A"
        )
    if kind == "run":
        readings: list[Candidate] = [("run", "", rest)] if rest else []
    else:
        readings = list(_readings(kind, rest))
    if not readings:
        form = "datasetField:<namespace>:<name>:<field>" if kind == "datasetField" else f"{kind}:<namespace>:<name>"
        raise NamingError(node_id, f"{shown(node_id)} lacks a part; write {'run:<uuid>' if kind == 'run' else form}")
    return readings


def _readings(kind: str, rest: str) -> Iterator[Candidate]:
    """Yield the readings of what follows the kind, in order of likelihood, each once."""
    seen: set[Candidate] = set()
    for namespace, name in sorted(_pairs(rest), key=_unlikelihood):
        if kind != "datasetField":
            plain: list[Candidate] = [(kind, namespace, name)]
        else:
            plain = [(kind, namespace, table, field) for table, field in reversed(list(_pairs(name)))]
        for candidate in plain:
            for reading in (_decoded(candidate), candidate):
                if reading not in seen:
                    seen.add(reading)
                    yield reading


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield every split of the text at a colon into two parts that are not empty."""
    at = text.find(":")
    while at >= 0:
        if 0 < at < len(text) - 1:
            yield text[:at], text[at + 1 :]
        at = text.find(":", at + 1)


def _decoded(candidate: Candidate) -> Candidate:
    if len(candidate) == 4:  # noqa: PLR2004  (what tells the two tuples apart)
        kind, namespace, name, field = candidate
        return kind, unescape_node_part(namespace), unescape_node_part(name), unescape_node_part(field)
    kind, namespace, name = candidate
    return kind, unescape_node_part(namespace), unescape_node_part(name)


def _unlikelihood(pair: tuple[str, str]) -> int:
    """Rank a namespace and name: 0 is a whole namespace of the naming table, larger is less likely."""
    namespace, name = pair
    if name.startswith("//"):
        return 4  # the namespace was cut inside its own ://
    if namespace.startswith("arn:"):
        return 0 if namespace.count(":") == "arn:aws:glue:region:account".count(":") else 2
    _, mark, host = namespace.partition("://")
    if not mark:
        return 3 if ":" in namespace else 1
    _, colon, port = host.rpartition(":")
    if not colon:
        return 1
    return 0 if port.isdigit() or port == "None" else 2
